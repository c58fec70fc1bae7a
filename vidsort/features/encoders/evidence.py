"""What every kind of evidence has: a config with a revision, what it wants of a file, and what it makes of that."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ...steps import StepConfig

if TYPE_CHECKING:
    from ...media.reading.once import Wanted


class EvidenceConfig(StepConfig):
    """Base of the config of a kind of evidence; every field decides what comes out.

    `revision` is raised whenever the same bytes and fields give something else (other weights, other
    preprocessing): it is part of the modality's id, so that new vectors and old ones never mix.
    """

    revision: ClassVar[int]


@dataclass(frozen=True)
class Evidence:
    """What one kind finds in one video.

    vector: float32 [d], of frames L2-normalised, of other kinds as it is, as the amount tells something
    there; None where the video has no such thing. signatures: uint64 [6] of what was seen; None of a
    kind that sees no pictures.
    """

    vector: np.ndarray | None
    signatures: np.ndarray | None = None


class Encoder(Protocol):
    """A kind of evidence in memory, made from its config."""

    @property
    def wanted(self) -> "Wanted":
        """What a reading is asked for."""

    def encode(self, given: Any) -> Evidence:
        """What there is in what a reading gave of `wanted`."""
