"""Kinds of evidence that are numbers: centred, and in a few directions while heads learn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .basis import means, root, span, spreads
from .sums import blocks


@dataclass(frozen=True)
class Numbers:
    """How vectors of one kind are prepared: rooted or not, less `mean`, by `scale` (float32 [] or [d])."""

    is_rooted: bool
    mean: np.ndarray
    scale: np.ndarray

    def rows(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors as they are stored, float32 [n, d], as heads know them: float32 [n, d]."""
        return np.asarray(((root(vectors) if self.is_rooted else vectors) - self.mean) / self.scale, np.float32)

    @property
    def width(self) -> int:
        """The length of the vectors."""
        return len(self.mean)

    @property
    def is_sound(self) -> bool:
        """Whether these are numbers that can be calculated with."""
        numbers = (self.mean, self.scale)
        return (
            all(values.dtype.kind == "f" for values in numbers) and bool(np.isfinite(self.mean).all())
            and bool((self.scale > 0).all()) and self.mean.ndim == 1 and self.scale.shape in ((), self.mean.shape)
        )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """What a model file keeps of it."""
        return {"mean": self.mean, "scale": self.scale}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], is_rooted: bool) -> "Numbers":
        """What `to_arrays` gave; raises KeyError."""
        return cls(is_rooted, arrays["mean"], arrays["scale"])


@dataclass(frozen=True)
class Vectors:
    """Those vectors of one kind that there are, rooted, or each number by its spread; made as they are asked for."""

    vectors: np.ndarray
    there: np.ndarray
    is_rooted: bool
    by: np.ndarray

    def __len__(self) -> int:
        return len(self.there)

    def __getitem__(self, some: slice) -> np.ndarray:
        found = self.vectors[self.there[some]]
        return root(found) if self.is_rooted else np.asarray(found / self.by)


def prepared(
    vectors: np.ndarray, mask: np.ndarray, is_rooted: bool
) -> tuple[Numbers, np.ndarray, np.ndarray]:
    """How vectors are prepared, these rows in an exact basis, float32 [n, r], and its directions, float32 [d, r].

    vectors: float32 [n, d]; mask: bool [n], rows that have any; the others come to zeros.
    """
    there, one = np.flatnonzero(mask), np.ones((), np.float32)
    bare = Vectors(vectors, there, is_rooted, one)
    values = bare if is_rooted else Vectors(vectors, there, is_rooted, spreads(bare))
    basis = span(values)
    rows = np.zeros((len(vectors), basis.directions.shape[1]), np.float32)
    for some in blocks(len(there)):
        rows[there[some]] = basis.rows(values[some])
    mean, scale = (basis.mean, np.float32(basis.scale)) if is_rooted else (means(bare), values.by * basis.scale)
    return Numbers(is_rooted, np.asarray(mean, np.float32), np.asarray(scale, np.float32)), rows, basis.directions
