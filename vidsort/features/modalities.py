"""The kinds of evidence, a row each; what a config chooses of them, by ids under which vectors are kept.

A further kind is one file in `encoders/` and one row here; nothing outside this room counts them. Those of other
packages come behind: see `encoders/brought.py`. A
*modality* is a kind with its config: its id changes with the kind, each field and the revision.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from ..records import FeatureSet, Video
from .contents import Contents
from .encoders.body import BodyConfig, BodyEncoder
from .encoders.brought import brought
from .encoders.clip import ClipConfig, ClipEncoder, ClipNames
from .encoders.evidence import Encoder, EvidenceConfig, FolderNames
from .encoders.frames import FramesConfig, FramesEncoder
from .encoders.given import GivenConfig
from .encoders.motion import MotionConfig, MotionEncoder
from .encoders.ocr import OcrConfig, OcrEncoder
from .encoders.prints import PrintsConfig, PrintsEncoder
from .encoders.semantic import SemanticConfig, SemanticEncoder
from .encoders.sound import SoundConfig, SoundEncoder
from .encoders.speech import SpeechConfig, SpeechEncoder
from .encoders.words import WordsConfig


def video_bytes(contents: Contents) -> Mapping[Video, bytes]:
    """What is kept by the bytes of a video: all that is seen and heard in it."""
    return contents.hashes


def gathered_words(contents: Contents) -> Mapping[Video, bytes]:
    """What is kept by a text that goes with a video."""
    return contents.words.sources


def all_words(contents: Contents) -> Mapping[Video, bytes]:
    """What is kept by all that is said: beside a video, and where that was read, in it."""
    return contents.words.whole


class Kind(NamedTuple):
    """A kind of evidence: its config, the hash of what it reads of each video that has such a thing, its encoder.

    load: None where nothing is encoded. rows: how learning prepares what it gives; an encoder whose rows
    are text reads. essential: a video of which this could not be had has no features at all. understands: what
    encodes words that were gathered, where these are encoded, and folder names. names: what encodes folder names
    beside what is looked for in the videos themselves, where that can be. origin: of one that is not vidsort's, where
    it is from.
    """

    config: type[EvidenceConfig]
    reads: Callable[[Contents], Mapping[Video, bytes]]
    load: Callable[[Any], Encoder] | None
    rows: Literal["rooted", "scaled", "text"] = "scaled"
    essential: bool = False
    understands: Callable[[Any], SemanticEncoder] | None = None
    names: Callable[[Any], FolderNames] | None = None
    origin: str = ""

    @property
    def takes_names(self) -> bool:
        """Whether folder names can be compared with its vectors."""
        return self.understands is not None or self.names is not None

    @property
    def is_read(self) -> bool:
        """Whether it is text that is read in the videos themselves."""
        return self.rows == "text" and self.load is not None

    @property
    def is_given(self) -> bool:
        """Whether nothing looks for it, neither in the videos nor in words."""
        return self.rows != "text" and self.load is None and self.understands is None

    @property
    def is_gathered(self) -> bool:
        """Whether it is text that goes with the videos, taken as it is."""
        return self.rows == "text" and self.load is None


KINDS: dict[str, Kind] = {
    "frames": Kind(FramesConfig, video_bytes, FramesEncoder, "rooted", essential=True),
    "motion": Kind(MotionConfig, video_bytes, MotionEncoder, "scaled"),
    "sound": Kind(SoundConfig, video_bytes, SoundEncoder, "scaled"),
    "words": Kind(WordsConfig, gathered_words, None, "text"),
    "semantic": Kind(SemanticConfig, all_words, None, "scaled", understands=SemanticEncoder),
    "body": Kind(BodyConfig, video_bytes, BodyEncoder, "scaled"),
    "speech": Kind(SpeechConfig, video_bytes, SpeechEncoder, "text"),
    "ocr": Kind(OcrConfig, video_bytes, OcrEncoder, "text"),
    "clip": Kind(ClipConfig, video_bytes, ClipEncoder, "scaled", names=ClipNames),
    "given": Kind(GivenConfig, video_bytes, None, "rooted", origin="handed over"),
}
# Kept beside frames, of the same pictures, and never learned from: what tells that a video was edited.
PRINTS = "prints"
KINDS |= {
    name: Kind(found.config, video_bytes, found.load, found.rows, origin=found.origin)
    for name, found in brought({name: kind.config for name, kind in KINDS.items()} | {PRINTS: PrintsConfig}).items()
}
BESIDE: dict[str, Kind] = {PRINTS: Kind(PrintsConfig, video_bytes, PrintsEncoder)}


def kind_of(name: str) -> Kind:
    """A kind of evidence, or what is kept beside one."""
    return KINDS[name] if name in KINDS else BESIDE[name]


class Modality(NamedTuple):
    """A kind of evidence with its config."""

    kind: str
    config: EvidenceConfig

    @property
    def id(self) -> str:
        """Twelve hex digits that change with the kind, any field of its config, the config's revision and model."""
        model = f":{self.config.model_hash}" if self.config.model_dir is not None else ""
        return _digest(f"{self.kind}:{self.config.revision}:{self.config.config_id}{model}")

    @property
    def is_encoded(self) -> bool:
        """Whether it is looked for in the videos themselves."""
        return kind_of(self.kind).load is not None

    def load(self) -> Encoder:
        """The encoder in memory, of a kind that has one."""
        load = kind_of(self.kind).load
        if load is None:
            raise TypeError(f"{self.kind} are not encoded: nothing is to be looked for in the videos themselves.")
        return load(self.config)

    def load_understanding(self) -> SemanticEncoder:
        """What encodes gathered words, of a kind that does so; raises SettingsError where its extra is missing."""
        understands = KINDS[self.kind].understands
        if understands is None:
            raise TypeError(f"{self.kind} encodes no words.")
        return understands(self.config)

    def load_names(self) -> FolderNames:
        """What encodes folder names beside its vectors, of a kind that takes them; raises SettingsError without it."""
        names = KINDS[self.kind].understands or KINDS[self.kind].names
        if names is None:
            raise TypeError(f"Folder names cannot be compared with {self.kind}.")
        return names(self.config)


class ExtractConfig(*(kind.config for kind in KINDS.values())):  # type: ignore[misc]  # the table decides
    """What decides the features: which kinds of evidence, and the fields of each kind's config."""

    modalities: tuple[Literal[*KINDS], ...] = Field(  # type: ignore[valid-type]
        ("frames", "motion", "sound", "words"), min_length=1, description="the kinds of evidence to look for"
    )

    @property
    def chosen(self) -> dict[str, Modality]:
        """The chosen modalities by their ids, in the order of the table."""
        chosen = [modality_of(name, self) for name in KINDS if name in self.modalities]
        return {modality.id: modality for modality in chosen}

    @property
    def beside(self) -> dict[str, Modality]:
        """What is kept beside the chosen modalities, by its id."""
        kept = kept_beside(self.feature_set)
        return {} if kept is None else {kept.id: kept}

    @property
    def feature_set(self) -> FeatureSet:
        """The whole choice on record; of one modality its id is that modality's."""
        ids = list(self.chosen)
        return FeatureSet(
            id=ids[0] if len(ids) == 1 else _digest(" ".join(ids)),
            modalities={modality.kind: modality_id for modality_id, modality in self.chosen.items()},
            config=self.model_dump(mode="json"),
        )


def modality_of(name: str, config: EvidenceConfig) -> Modality:
    """A kind with its fields of a config that has those of all kinds, chosen or not."""
    kind = KINDS[name]
    return Modality(name, kind.config(**{field: getattr(config, field) for field in kind.config.model_fields}))


def kept_beside(feature_set: FeatureSet) -> Modality | None:
    """What is kept beside the frames of a feature set; None where these are not in it."""
    if "frames" not in feature_set.modalities:
        return None
    fields = {name: value for name, value in feature_set.config.items() if name in PrintsConfig.model_fields}
    return Modality(PRINTS, PrintsConfig.model_validate(fields))


def makeable(feature_set: FeatureSet) -> dict[str, Modality]:
    """Those modalities of a feature set, by their ids, that this version still gives as they were.

    A revision that was raised since, a field that has gone, or another model in its folder makes one that is only read
    from then on; of a folder that is not there now nothing says that it would be another.
    """
    found = {}
    for name, modality_id in feature_set.modalities.items():
        kind = KINDS.get(name)
        if kind is None:
            continue
        given = {field: value for field, value in feature_set.config.items() if field in kind.config.model_fields}
        try:
            modality = Modality(name, kind.config.model_validate(given))
        except ValidationError:
            continue
        folder = modality.config.model_dir
        if modality_id == modality.id or (folder is not None and not folder.is_dir()):
            found[modality_id] = modality
    return found


def to_json(modalities: Mapping[str, Modality]) -> str:
    """Modalities by their ids as a child process is told them."""
    return json.dumps({
        modality_id: [modality.kind, modality.config.model_dump(mode="json")]
        for modality_id, modality in modalities.items()
    })


def from_json(text: str) -> dict[str, Modality]:
    """What `to_json` wrote."""
    return {
        modality_id: Modality(kind, kind_of(kind).config.model_validate(config))
        for modality_id, (kind, config) in json.loads(text).items()
    }


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
