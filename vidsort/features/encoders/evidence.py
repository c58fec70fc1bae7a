"""What every kind of evidence has: a config with a revision, what it wants of a file, and what it makes of that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ...steps import StepConfig

if TYPE_CHECKING:
    from ...media.reading.once import Wanted


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

    def require(self) -> None:
        """Raise SettingsError where something is not installed or not there, saying how to get it."""

    def download(self) -> str | None:
        """Get what is not there from the network, for who asked for it, and say where it is; None: nothing is needed.

        Raises SettingsError.
        """
        return None


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
    def wanted(self) -> "Wanted":
        """What a reading is asked for."""

    def encode(self, given: Any) -> Evidence:
        """What there is in what a reading gave of `wanted`."""


class FolderNames(Protocol):
    """Encodes what folders are called, to be compared with the vectors that one kind of evidence has of videos."""

    def folders(self, folders: Mapping[str, str]) -> np.ndarray:
        """Folders by their names, each with what it says of itself beyond it: float32 [n, d]."""


def document_of(**said: str) -> str:
    """What was read in a video as JSON, as words beside it are: the fields of `features/words/text.py`."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True)
