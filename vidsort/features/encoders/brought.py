"""Kinds of evidence that other packages bring, by entry points of the group `vidsort.encoders`.

The name of an entry point is the kind's. What it names is a class of the form of `Brought`: made from its config, it
says what it wants of a file and what it makes of that. What one of them fails at costs a video this kind and nothing
else; one that cannot be loaded, or is not of that form, is left out with a warning.
"""

import functools
import importlib.metadata
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol, get_args

import numpy as np

from ...errors import ArtifactError, VideoDecodeError
from ...store.database import checked_document
from .evidence import Encoder, Evidence, EvidenceConfig

if TYPE_CHECKING:
    from ...media.reading.once import Wanted

GROUP = "vidsort.encoders"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
Rows = Literal["rooted", "scaled", "text"]
log = logging.getLogger(__name__)


class Brought(Protocol):
    """The form of an encoder of another package.

    config: a subclass of `EvidenceConfig`, whose fields begin with the kind's name. rows: how learning takes what comes
    out: "rooted" (what a network says; heads race for it), "scaled" (numbers of any units), "text" (documents).
    """

    config: ClassVar[type[EvidenceConfig]]
    rows: ClassVar[Rows]

    def __init__(self, config: Any) -> None: ...

    @property
    def wanted(self) -> "Wanted":
        """Frames, runs of frames or sound: `FramesWanted`, `RunsWanted`, `SoundWanted` of `vidsort.media.reading`."""

    def encode(self, given: Any) -> Evidence:
        """What there is in what a reading gave; `Evidence(None)` where there is none."""


class Found(NamedTuple):
    """A kind that was found: its config, what makes its encoder, how its rows are taken, and where it is from."""

    config: type[EvidenceConfig]
    load: Callable[[Any], Encoder]
    rows: Rows
    origin: str


def brought(taken: Mapping[str, type[EvidenceConfig]]) -> dict[str, Found]:
    """The kinds of other packages by name, beside those that are there, with their configs; imports their modules."""
    found: dict[str, Found] = {}
    for point in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name):
        try:
            encoder = point.load()
            why = _misfit(point.name, encoder, {**taken, **{name: one.config for name, one in found.items()}})
        except Exception as error:  # noqa: BLE001  (whatever another package raises when it is imported)
            why = f"{type(error).__name__}: {error!s:.200}"
        if why:
            log.warning("The kind of evidence %s (%s) is left out (%s): mend or remove its package.", point.name,
                        point.value, why)
            continue
        found[point.name] = Found(
            encoder.config, functools.partial(Guarded, point.name, encoder), encoder.rows, point.value
        )
    return found


def _misfit(name: str, encoder: Any, taken: Mapping[str, type[EvidenceConfig]]) -> str:
    """Why this is no encoder for a kind of this name; empty where it is one."""
    if not NAME.fullmatch(name):
        return "its name is not of small letters, digits and _"
    if name in taken:
        return "there is one of this name"
    config = getattr(encoder, "config", None)
    if not (isinstance(config, type) and issubclass(config, EvidenceConfig)):
        return "its config is no EvidenceConfig"
    if not isinstance(getattr(config, "revision", None), int):
        return "its config has no revision"
    strange = [field for field in config.model_fields if not field.startswith(f"{name}_")]
    if strange:
        return f"the field {strange[0]} of its config does not begin with {name}_"
    others = {field for other in taken.values() for field in other.model_fields}
    if not others.isdisjoint(config.model_fields) or not _goes_with(config, taken.values()):
        return "its config is one of another kind, or made of one"
    if getattr(encoder, "rows", None) not in get_args(Rows):
        return f"its rows are none of {', '.join(get_args(Rows))}"
    return "" if callable(getattr(encoder, "encode", None)) else "it has no encode"


def _goes_with(config: type[EvidenceConfig], others: Iterable[type[EvidenceConfig]]) -> bool:
    """Whether a class can be made of all of them, as the config of an extraction is."""
    try:
        type("Together", (*others, config), {})
    except TypeError:
        return False
    return True


class Guarded:
    """An encoder of another package, held to its form: what it raises is one kind's failure, in a sentence."""

    def __init__(self, name: str, encoder: Callable[[Any], Brought], config: EvidenceConfig) -> None:
        self._name, self._length = name, 0
        self._is_text = encoder.rows == "text"  # type: ignore[attr-defined]  # the class, as `_misfit` knows it
        self._encoder: Brought | None = None
        # What it wants of a file; None where it cannot be made, which costs the other kinds nothing.
        self.wanted: Wanted | None = None
        try:
            made = encoder(config)
            self.wanted = _wanted(made.wanted)
            self._encoder = made
        except Exception as error:  # noqa: BLE001  (see the class)
            self._why = f"{name} failed ({type(error).__name__}: {error!s:.200})"

    def encode(self, given: Any) -> Evidence:
        """What it makes of it; raises VideoDecodeError for whatever it raises, and for what can be no evidence."""
        if self._encoder is None:
            # Not the video's own fault: with an OSError as its cause it is tried again by the next extraction.
            raise VideoDecodeError(self._why) from OSError(self._why)
        try:
            found = self._encoder.encode(given)
            return Evidence(None, document=_read(found.document)) if self._is_text else Evidence(self._kept(found))
        except Exception as error:  # see the class
            raise VideoDecodeError(f"{self._name} failed ({type(error).__name__}: {error!s:.200})") from error

    def _kept(self, found: Evidence) -> np.ndarray | None:
        vector = _checked(found.vector)
        if vector is not None:
            if self._length not in (0, len(vector)):
                raise ValueError(f"it gives {len(vector)} numbers here and {self._length} before")
            self._length = len(vector)
        return vector


def _wanted(asked: Any) -> "Wanted":
    """What is asked of a file; raises TypeError for what no reading gives."""
    from ...media.reading.once import Wanted

    if not isinstance(asked, Wanted):
        raise TypeError(f"wanted is of the type {type(asked).__name__}, which nothing reads")
    return asked


def _read(document: Any) -> str | None:
    """The document as it is kept; raises ValueError for what is none."""
    if document is None:
        return None
    try:
        # As the database keeps it.
        document.encode("utf-8")
        return checked_document(document)
    except (ArtifactError, AttributeError, UnicodeError) as error:
        raise ValueError("it gives no document: make one by document_of") from error


def _checked(vector: Any) -> np.ndarray | None:
    """The vector as it is kept; raises ValueError for what is none."""
    if vector is None:
        return None
    # As halves, in which vectors are kept; what is too large for them is infinite.
    with np.errstate(over="ignore"):
        kept = np.asarray(vector, np.float32).astype(np.float16)
    if kept.ndim != 1 or not len(kept) or not np.isfinite(kept).all():
        raise ValueError("it gives no vector of finite numbers up to 65 504")
    return np.asarray(vector, np.float32)
