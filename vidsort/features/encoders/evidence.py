"""What every kind of evidence has: a config with a revision, and what its encoder finds in a video."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from ...steps import StepConfig

if TYPE_CHECKING:
    from ...media import Frames


class EvidenceConfig(StepConfig):
    """Base of the config of a kind of evidence; every field decides what comes out.

    `revision` is raised whenever the same bytes and fields give something else (other weights, other
    preprocessing): it is part of the modality's id, so that new vectors and old ones never mix.
    """

    revision: ClassVar[int]


@dataclass(frozen=True)
class Evidence:
    """What one kind finds in one video; times in seconds.

    vector: float32 [d], L2-normalised; None where the video has no such thing. signatures: uint64 [6]
    and frames: of what was seen; None of a kind that sees no pictures.
    """

    vector: np.ndarray | None
    signatures: np.ndarray | None = None
    frames: "Frames | None" = None
    decode_s: float = 0.0
    encode_s: float = 0.0


class Encoder(Protocol):
    """A kind of evidence in memory, made from its config."""

    def find(self, path: Path, *, time_limit_s: float) -> Evidence:
        """What there is in a video; raises OSError, or VideoDecodeError with the reason."""
