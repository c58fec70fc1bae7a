"""What every kind of evidence has: a config with a revision, what it wants of a file, and what it makes of that."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ...media.content import content_hash
from ...settings import base_dir
from ...steps import StepConfig

if TYPE_CHECKING:
    from ...media.reading.once import Wanted

# What of a folder decides what a model gives; one may be a checkout, with a readme and more beside it.
MODEL_FILES_AT = ("*", "*/*", "*/*/*")
MODEL_FILES = (".bin", ".data", ".json", ".model", ".onnx", ".onnx_data", ".txt")


class EvidenceConfig(StepConfig):
    """Base of the config of a kind of evidence; every field decides what comes out.

    `revision` is raised whenever the same bytes and fields give something else (other weights, other
    preprocessing): it is part of the modality's id, so that new vectors and old ones never mix. `usual_s` is
    how long a core looks at a clip of 15 s, to be told before anybody has measured it.
    """

    revision: ClassVar[int]
    usual_s: ClassVar[float] = 0.0

    @property
    def patience_s(self) -> float:
        """Seconds that looking at one video may take beyond what every kind is given."""
        return 0.0

    @property
    def model_dir(self) -> Path | None:
        """The folder of a model of one's own; None of one that is called by a name, or that vidsort brings along."""
        return None

    @property
    def model_hash(self) -> str:
        """Stands for what lies in that folder, so that another model in its place is another; empty without one."""
        folder = self.model_dir
        if folder is None:
            return ""
        found = (path for pattern in MODEL_FILES_AT for path in folder.glob(pattern) if path.suffix in MODEL_FILES)
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(path for path in found if path.is_file()):
            facts = path.stat()
            digest.update(path.relative_to(folder).as_posix().encode("utf-8", "surrogatepass") + b"\0")
            digest.update(_hashed(path, facts.st_size, facts.st_mtime_ns))
        return digest.hexdigest()

    def require(self) -> None:
        """Raise SettingsError where something is not installed or not there, saying how to get it."""

    def download(self) -> str | None:
        """Get what is not there from the network, for who asked for it, and say where it is; None: nothing is needed.

        Raises SettingsError.
        """
        return None


def folder_named(model: str) -> Path | None:
    """The folder that a setting means which begins with /, ./, ../ or ~; None for the name of a model.

    Relative to vidsort.toml, wherever a command or a notebook is run.
    """
    path = Path(model).expanduser()
    return base_dir() / path if path.is_absolute() or model.startswith(".") else None


@functools.lru_cache(maxsize=256)
def _hashed(path: Path, _size: int, _mtime_ns: int) -> bytes:
    return content_hash(path)


@dataclass(frozen=True)
class Evidence:
    """What one kind finds in one video.

    vector: float32 [d], of frames and image/text pairs L2-normalised, of other kinds as it is, as the amount
    tells something there; None where the video has no such thing. signatures: uint64 [6] of what was seen; None of a
    kind that sees no pictures. document: of a kind that reads, in place of a vector, see `document_of`.
    """

    vector: np.ndarray | None
    signatures: np.ndarray | None = None
    document: str | None = None


class Encoder(Protocol):
    """A kind of evidence in memory, made from its config."""

    @property
    def wanted(self) -> "Wanted | None":
        """What a reading is asked for; None: for nothing, as this encoder can make nothing of it."""

    def encode(self, given: Any) -> Evidence:
        """What there is in what a reading gave of `wanted`; raises VideoDecodeError where it cannot be had."""


class FolderNames(Protocol):
    """Encodes what folders are called, to be compared with the vectors that one kind of evidence has of videos."""

    def folders(self, folders: Mapping[str, str]) -> np.ndarray:
        """Folders by their names, each with what it says of itself beyond it: float32 [n, d]."""


def document_of(**said: str) -> str:
    """What was read in a video as JSON, as words beside it are: the fields of `features/words/text.py`."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True)
