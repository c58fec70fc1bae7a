"""Why a video is predicted where it is: labelled videos that are like it, what counted, the words that spoke for it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..learning.classifier import Classifier
from ..learning.rows.basis import means, root, spreads
from ..learning.rows.dense import Vectors
from ..learning.rows.parts import Part
from ..learning.rows.sums import blocks
from ..learning.rows.text import Vocabulary
from ..records import Record

# So many rows are calculated with at once, so that they stay in a processor's cache.
AT_ONCE = 256
# Of kinds of so many numbers each is kept as a byte, which puts a cosine off by 3e-4, for errors of many cancel out; of
# others as two. Floats of 16 bits would be larger, and take ten times as long to calculate with.
WIDE = 512


class Neighbour(Record):
    """A labelled video that is like another one: cosine similarity, 1 for the same."""

    row: int
    similarity: float


class Why(Record):
    """What explains a prediction.

    folder: the first guess. nearest: labelled videos that are most like it, by row. shares: of each kind
    of evidence in the guess, from 0 to 1. words: those that spoke for the folder, the loudest first.
    """

    folder: str
    nearest: list[Neighbour]
    shares: dict[str, float]
    words: list[str]


class Likeness:
    """How like labelled videos are to others, by the kinds of evidence that a model goes by.

    Made once for a model and its labelled videos, asked as often as wanted. Likeness is the mean of the
    cosines of the kinds that both videos have, by the weights that these have in the model; cosines are of
    features centred on the labelled ones, which is close to what the heads see. A kind that the model knows
    by folder names alone is compared as these see it.
    """

    def __init__(
        self, classifier: Classifier, labelled: Mapping[str, Part], centred_as: "Likeness | None" = None
    ) -> None:
        """centred_as: of whose videos the middle is taken in place of that of these, which may be few and all alike."""
        self._classifier = classifier
        self._reads = {name: classifier.kind_of(name) for name in classifier.experts}
        compared = {
            name: kind for name, kind in self._reads.items()
            if kind in labelled and (name == kind or kind not in classifier.experts)
        }
        known = {name: labelled[kind] for name, kind in compared.items()}
        self._masks = {name: part.mask for name, part in known.items()}
        middles: Mapping[str, _Kind] = centred_as._kinds if centred_as is not None else {}
        self._kinds: dict[str, _Kind] = {
            name: _Kind(classifier.experts[name].preparation, part, middles.get(name)) for name, part in known.items()
        }

    @property
    def weights(self) -> dict[str, float]:
        """What each kind of numbers weighs that is compared."""
        weights = self._classifier.fusion.weights
        return {name: weights[name] for name, kind in self._kinds.items() if kind.width}

    def units(self, parts: Mapping[str, Part]) -> dict[str, np.ndarray]:
        """Each of these kinds of videos as it is compared: float32 [n, d], of length 1, zeros where there is none."""
        count, found = len(next(iter(parts.values())).X), {}
        for name in self.weights:
            kind, part = self._kinds[name], parts.get(self._reads[name])
            found[name] = np.zeros((count, kind.width), np.float32)
            if part is not None and part.mask.any():
                found[name][part.mask] = kind.units(part.X[part.mask])
        return found

    def weights_of(self, parts: Mapping[str, Part]) -> dict[str, np.ndarray]:
        """What each kind weighs for these videos, a row of each part, by what they have: float [n]."""
        videos = len(next(iter(parts.values())).X) if parts else 0
        nothing = np.zeros(videos, bool)
        weights = self._classifier.fusion.row_weights({
            name: parts[part].mask if part in parts else nothing for name, part in self._reads.items()
        })
        # Where folder names alone count in the guess, videos are still like one another by what can be compared.
        compared = sum((weights[name] for name in self._kinds), np.zeros(videos))
        return weights | {name: np.where(compared > 0, weights[name], 1.0) for name in self._kinds}

    def nearest(self, parts: Mapping[str, Part], count: int = 3) -> list[list[Neighbour]]:
        """For each video, a row of each part, the labelled ones that are most like it, best first."""
        videos = len(next(iter(parts.values())).X) if parts else 0
        rows = len(next(iter(self._masks.values()))) if self._masks else 0
        weights = self.weights_of(parts)
        total, whole = np.zeros((videos, rows)), np.zeros((videos, rows))
        for name, kind in self._kinds.items():
            part = parts.get(self._reads[name])
            if part is not None and videos and rows:
                shared = weights[name][:, None] * (part.mask[:, None] & self._masks[name])
                total += shared * kind.cosines(part)
                whole += shared
        likeness = np.where(whole > 0, total / np.where(whole > 0, whole, 1), -1)
        best = _largest(likeness, count)
        return [
            [Neighbour(row=int(row), similarity=float(likeness[video, row])) for row in found if whole[video, row] > 0]
            for video, found in enumerate(best)
        ]


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """The columns of the largest values of each row, largest first, of equals the first: int [n, count]."""
    if count < values.shape[1]:
        least = np.partition(values, -count, axis=1)[:, -count]
        # Equals of the least are put in order with the others, so that none of them is preferred by chance.
        near = [(row, np.flatnonzero(row >= end)) for row, end in zip(values, least, strict=True)]
        return np.array([some[np.argsort(-row[some], kind="stable")[:count]] for row, some in near])
    return np.argsort(-values, axis=1, kind="stable")[:, :count]


class _Kind:
    """The labelled rows of one kind of evidence, centred and of length 1, as whole numbers of steps of their own."""

    def __init__(self, preparation: Any, labelled: Part, middle: "_Kind | None" = None) -> None:
        """middle: where the middle of all is known."""
        self._preparation = preparation
        self._is_text = isinstance(preparation, Vocabulary)
        self._is_known = bool(labelled.mask.any())
        self._known = np.zeros((len(labelled.X), 0), np.int8)
        self._spread: np.ndarray | np.floating = np.float32(1)
        self._mean = np.zeros(0, np.float32)
        if not self._is_known:
            return
        if self._is_text:
            self._known = self._unit(labelled.X)
            return
        if middle is not None and middle.width:
            self._spread, self._mean = middle._spread, middle._mean
        else:
            there = Vectors(labelled.X, np.flatnonzero(labelled.mask), preparation.is_rooted, np.ones((), np.float32))
            self._spread = np.float32(1) if preparation.is_rooted else spreads(there)
            self._mean = (means(there) / self._spread).astype(np.float32)
        whole = np.int8 if len(self._mean) >= WIDE else np.int16
        self._known = np.zeros((len(labelled.X), len(self._mean)), whole)
        self._step = np.ones(len(labelled.X), np.float32)
        for some in blocks(len(labelled.X)):
            rows = self._unit(labelled.X[some])
            self._step[some] = np.maximum(np.abs(rows).max(axis=1), np.finfo(np.float32).tiny) / np.iinfo(whole).max
            self._known[some] = np.rint(rows / self._step[some, None])

    @property
    def width(self) -> int:
        """How many numbers it has; 0 of texts, and where nobody has any."""
        return 0 if self._is_text or not self._is_known else len(self._mean)

    def units(self, stored: np.ndarray) -> np.ndarray:
        """Such vectors centred, of length 1: float32 [n, d]."""
        return np.asarray(self._unit(stored), np.float32)

    def cosines(self, part: Part) -> np.ndarray:
        """Of each of these videos with each labelled one: float [n, m]; 0 where either has no such thing."""
        if not (part.mask.any() and self._is_known):
            return np.zeros((len(part.X), self._known.shape[0]))
        asked = self._unit(part.X)
        if self._is_text:
            return np.asarray((asked @ self._known.T).toarray())
        found = np.zeros((len(self._known), len(asked)), np.float32)
        for at in range(0, len(self._known), AT_ONCE):
            found[at : at + AT_ONCE] = self._known[at : at + AT_ONCE].astype(np.float32) @ asked.T
        found *= self._step[:, None]
        return np.clip(found.T, -1, 1)

    def _unit(self, stored: np.ndarray) -> Any:
        if self._is_text:
            return self._preparation.rows(stored)
        rows = (root(stored) if self._preparation.is_rooted else stored) / self._spread - self._mean
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def explanations(
    classifier: Classifier, likeness: Likeness, parts: Mapping[str, Part], *, neighbours: int = 3, words: int = 8
) -> list[Why]:
    """Why each of these videos, a row of each part, is predicted where it is; pure."""
    first = classifier.predict_proba(parts).argmax(axis=1)
    shares = classifier.shares(parts)
    nearest = likeness.nearest(parts, neighbours)
    texts = {name: part.X for name, part in parts.items() if part.rows == "text"}
    return [
        Why(
            folder=classifier.folders[column], nearest=nearest[row],
            shares={name: float(values[row]) for name, values in shares.items()},
            words=classifier.telling_words(
                {name: documents[row] for name, documents in texts.items()}, classifier.folders[column], words
            ),
        )
        for row, column in enumerate(first.tolist())
    ]
