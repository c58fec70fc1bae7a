"""A video as a short row of length 1, in which what is alike points the same way; blind to folders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...learning.rows.basis import root, spreads
from ...learning.rows.parts import Part
from ...learning.rows.sums import blocks
from ...learning.rows.text import Vocabulary, learn_vocabulary, unit

# Directions, all of one spread: of pacs and exercise 24 and 48 gave groups less pure at the same share of the pile.
MOST_DIRECTIONS = 32
# As many more videos than directions there are at least, or any two of a few would be alike by chance.
VIDEOS_A_DIRECTION = 5
# So many videos tell the directions of all: they are looked for among all pairs, which takes a quarter of a second.
MOST_ASKED = 1000
# Groups are looked for by what is seen; of what is left by what is said, understood or else by its letters. Sound and
# motion joined to frames at a fifth made groups of pacs and exercise no purer, so they count where nothing else does.
SEEN = frozenset({"frames", "clip"})
UNDERSTOOD = "semantic"


def layers(parts: Mapping[str, Part]) -> list[tuple[str, ...]]:
    """The kinds of evidence to go by, one layer after the other; each only where some video has it."""
    there = [name for name, part in parts.items() if part.mask.any()]
    seen = tuple(name for name in there if name in SEEN)
    said = tuple(name for name in there if parts[name].rows == "text")
    if UNDERSTOOD in there:
        said = (UNDERSTOOD,)
    found = [layer for layer in (seen, said) if layer]
    return found or [(name,) for name in there]


@dataclass(frozen=True)
class Space:
    """How the kinds of one layer become rows; made of a sample of videos, good for all of their library.

    kinds: by name the directions, float32 [d, r], their values divided by their spread, and what prepares rows.
    """

    kinds: Mapping[str, "_Directions"]

    @classmethod
    def of(cls, parts: Mapping[str, Part]) -> "Space":
        """From the parts of a sample; a kind that too few of them have is left out."""
        made = {name: _Directions.of(part) for name, part in parts.items()}
        return cls({name: directions for name, directions in made.items() if directions is not None})

    def rows(self, parts: Mapping[str, Part]) -> np.ndarray:
        """Rows of length 1, float32 [n, r]; zeros for a video that has none of the kinds."""
        count = len(next(iter(parts.values())).X) if parts else 0
        columns = []
        for name, directions in self.kinds.items():
            values = np.zeros((count, directions.width), np.float32)
            part = parts.get(name)
            if part is not None and part.mask.any():
                values[part.mask] = directions.rows(part.X if part.mask.all() else part.X[part.mask])
            columns.append(values)
        return of_length_1(np.hstack(columns)) if columns else np.zeros((count, 0), np.float32)


@dataclass(frozen=True)
class _Directions:
    """The most varied directions of one kind: float32 [d, r], each scaled to one spread over the sample."""

    preparation: Vocabulary | None
    is_rooted: bool
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray

    @property
    def width(self) -> int:
        return int(self.weights.shape[1])

    @classmethod
    def of(cls, part: Part) -> "_Directions | None":
        there = part.X[part.mask]
        there = there[:: max(1, -(-len(there) // MOST_ASKED))]
        count = min(MOST_DIRECTIONS, len(there) // VIDEOS_A_DIRECTION)
        if count < 2:
            return None
        if part.rows == "text":
            vocabulary, weighed = learn_vocabulary(there)
            weights = _varied(unit(weighed), count)
            nothing = np.zeros(0, np.float32)
            return None if weights is None else cls(vocabulary, False, nothing, nothing, weights)
        values = root(there) if part.rows == "rooted" else np.asarray(there, np.float32)
        scale = np.ones(1, np.float32) if part.rows == "rooted" else spreads(values)
        mean = values.mean(axis=0)
        weights = _varied((values - mean) / scale, count)
        return None if weights is None else cls(None, part.rows == "rooted", mean, scale, weights)

    def rows(self, stored: np.ndarray) -> np.ndarray:
        """Of what is stored of videos that have it, rows of length 1: float32 [n, r]."""
        if self.preparation is not None:
            return of_length_1(np.asarray(self.preparation.rows(stored) @ self.weights))
        found = np.empty((len(stored), self.width), np.float32)
        for some in blocks(len(stored)):
            values = root(stored[some]) if self.is_rooted else np.asarray(stored[some], np.float32)
            found[some] = ((values - self.mean) / self.scale) @ self.weights
        return of_length_1(found)


def _varied(rows: Any, count: int) -> np.ndarray | None:
    """The `count` most varied directions of rows, dense or sparse, over their spread; None where they do not vary.

    From the products of rows with rows, which are fewer than numbers or tokens.
    """
    from scipy.linalg import eigh

    products = rows @ rows.T
    products = np.asarray(products.toarray() if hasattr(products, "toarray") else products, np.float64)
    size = len(products)
    # Those few alone take a third of the time of all.
    values, vectors = eigh(products, subset_by_index=(size - count, size - 1), overwrite_a=True, check_finite=False)
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > max(float(values[0]), 0.0) * 1e-6
    if not kept.any():
        return None
    # An eigenvector's sign is arbitrary; so that the same videos give the same rows, its largest entry is positive.
    vectors = vectors[:, kept]
    largest = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return np.ascontiguousarray(rows.T @ (vectors / values[kept]), np.float32)


def of_length_1(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1, float32; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
