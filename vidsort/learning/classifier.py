"""A trained classifier: what each kind of evidence says of videos in, calibrated probabilities of folders out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import ArtifactError
from .calibration import Calibration
from .fusion import Fusion, abstaining, is_there
from .heads import Layers, expand, forward, layers_of, logits
from .rows.dense import Numbers, prepared
from .rows.names import Named
from .rows.parts import Part
from .rows.text import Vocabulary, counts, learn_vocabulary, units

ROWS_AT_ONCE = 8192
# What counts for nothing in a guess is told after all that counts.
LITTLE = 1e-6
# Shares of folders that differ by less come of no evidence.
NOTHING_KNOWN = 1e-9


@dataclass(frozen=True)
class Expert:
    """What one kind of evidence knows of folders.

    preparation: from what is stored to the rows that the head takes. head: a fitted estimator on such
    rows, or the dense layers that one comes to. calibration: from its scores to probabilities.
    columns: int [m], which folders it has seen, a column of its answers each. reads: the kind of evidence that it
    goes by, where it is called otherwise; such a one goes by what folders are called, and has learned from no label.
    """

    preparation: Numbers | Vocabulary
    head: Any
    calibration: Calibration
    columns: np.ndarray
    reads: str = ""

    @classmethod
    def of_names(cls, named: Named, calibration: Calibration | None = None) -> "Expert":
        """One that goes by what folders are called; without a calibration as sure as it may be before any label."""
        head = [(named.weights, np.zeros(named.weights.shape[1], np.float32))]
        return cls(
            named.preparation, head, calibration or Calibration(named.inverse_temperature),
            np.arange(named.weights.shape[1]), named.reads,
        )

    def logs(self, part: Part, folders: int) -> np.ndarray:
        """Calibrated log-probabilities, float64 [n, folders]; -inf where nothing is known.

        Raises ArtifactError for vectors of another length, and for numbers that give no probabilities.
        """
        found = np.full((len(part.X), folders), -np.inf)
        if not part.mask.any():
            return found  # of what nobody has not even the length is known
        rows = self._rows(part)
        layers = self._layers
        scores = logits(self.head, rows, folders)[:, self.columns] if layers is None else forward(layers, rows)
        # Also false for what is no number; -inf says that a folder is impossible.
        if not (scores < np.inf).all():
            raise ArtifactError("The model finds no probabilities for these features: run `vidsort retrain`.")
        found[np.ix_(part.mask, self.columns)] = self.calibration.logs(scores)
        return found

    def _rows(self, part: Part) -> Any:
        vectors = part.X[part.mask]
        if isinstance(self.preparation, Vocabulary):
            return self.preparation.rows(vectors)
        if vectors.shape[1] != self.preparation.width:
            raise ArtifactError(
                f"The model knows features of length {self.preparation.width}, these have {vectors.shape[1]}: "
                "run `vidsort retrain`, so that both are of one kind."
            )
        return self.preparation.rows(vectors)

    @cached_property
    def _layers(self) -> Layers | None:
        return self.head if isinstance(self.head, list) else layers_of(self.head)

    @property
    def layers(self) -> Layers | None:
        """The head as dense layers; None for neighbours."""
        return self._layers


@dataclass(frozen=True)
class Classifier:
    """Probabilities of folders from what kinds of evidence say of videos.

    folders: names, sorted; the columns of every answer. experts: by kind of evidence, also of those
    that are not in force: they speak for videos that have nothing else. fusion: what each weighs.
    """

    folders: tuple[str, ...]
    experts: Mapping[str, Expert]
    fusion: Fusion

    def predict_proba(self, parts: Mapping[str, Part]) -> np.ndarray:
        """Calibrated probabilities, float64 [n, folders], of parts as they are stored, which all have n rows.

        A kind that is missing, or that a video lacks, leaves its weight to the others; one that the
        model has not learned does not count.
        """
        return self._concatenated(parts, self.fusion.apply, len(self.folders))

    def shares(self, parts: Mapping[str, Part]) -> dict[str, np.ndarray]:
        """The share of each kind of evidence in the first guess, float64 [n] from 0 to 1; all 0 for a mere guess.

        A kind's share is how far it lifts the folder above an even guess, times its weight.
        """
        def lifts(logs: Mapping[str, np.ndarray]) -> np.ndarray:
            first = self.fusion.scores(logs).argmax(axis=1)
            weights = self.fusion.row_weights({name: is_there(values) for name, values in logs.items()})
            rows = np.arange(len(first))
            found = [
                weights[name] * np.maximum(abstaining(values)[rows, first] + np.log(values.shape[1]), 0)
                for name, values in logs.items()
            ]
            return np.array(found).T

        lifted = self._concatenated(parts, lifts, len(self.experts))
        whole = lifted.sum(axis=1)
        return dict(zip(self.experts, (lifted / np.where(whole > 0, whole, 1)[:, None]).T, strict=True))

    def telling_words(self, documents: Mapping[str, str], folder: str, count: int = 8) -> list[str]:
        """The words that spoke for a folder, of the documents by kind, the loudest first; none where none counts.

        Words, hashtags (#), the author (@), the sound (♪) and the language (🗣), each with the pieces that it was
        cut into: as the loudest of those that go by words hears them, be it learned or the folder's name.
        """
        column, loudness = self.folders.index(folder), dict[str, float]()
        for name, expert in self.experts.items():
            kind, vocabulary, layers = self.kind_of(name), expert.preparation, expert.layers
            if kind in documents and isinstance(vocabulary, Vocabulary) and layers and column in expert.columns:
                place = int(np.flatnonzero(expert.columns == column)[0])
                sure = expert.calibration.inverse_temperature * (self.fusion.weights[name] or LITTLE)
                for word, loud in _telling(vocabulary, layers, place, documents[kind]).items():
                    loudness[word] = max(loudness.get(word, 0.0), sure * loud)
        return sorted(loudness, key=lambda word: (-loudness[word], word))[:count]

    def kind_of(self, name: str) -> str:
        """The kind of evidence that the expert of this name goes by."""
        return self.experts[name].reads or name

    def _concatenated(self, parts: Mapping[str, Part], asked: Any, width: int) -> np.ndarray:
        count = len(next(iter(parts.values())).X) if parts else 0
        found = [
            asked({
                name: expert.logs(parts[kind].at(np.arange(at, min(at + ROWS_AT_ONCE, count))), len(self.folders))
                if (kind := expert.reads or name) in parts
                else np.full((min(ROWS_AT_ONCE, count - at), len(self.folders)), -np.inf)
                for name, expert in self.experts.items()
            })
            for at in range(0, count, ROWS_AT_ONCE)
        ]
        return np.concatenate(found) if found else np.zeros((0, width))


@dataclass(frozen=True)
class Prepared:
    """A part as heads take it while they learn: rows [n, r], dense or sparse, and how they came about."""

    part: Part
    preparation: Numbers | Vocabulary
    rows: Any
    directions: np.ndarray

    def whole(self, fitted: Any) -> tuple[Numbers | Vocabulary, Any]:
        """The preparation and head that a model keeps: for rows in full features, or in those tokens that weigh."""
        if isinstance(self.preparation, Numbers):
            return self.preparation, expand(fitted, self.directions)
        return self.preparation.only(fitted.kept_), [(fitted.coef_.T.astype(np.float32), fitted.intercept_)]


NOTHING_READY: Mapping[str, Prepared] = {}


def prepare(part: Part) -> Prepared:
    """A part as heads learn from it; blind to folders, so that it may be made of videos left out, too."""
    if part.rows == "text":
        vocabulary, rows = learn_vocabulary(part.X)
        return Prepared(part, vocabulary, rows, np.empty((0, 0)))
    numbers, rows, directions = prepared(part.X, part.mask, is_rooted=part.rows == "rooted")
    return Prepared(part, numbers, rows, directions)


def is_guess(shares: np.ndarray) -> np.ndarray:
    """Whether anything is known of each video, float [n, folders]: bool [n]; else every folder is as likely."""
    return np.asarray((np.ptp(shares, axis=1) >= NOTHING_KNOWN) | (shares.shape[1] == 1))


def _telling(vocabulary: Vocabulary, layers: Layers, column: int, document: str) -> dict[str, float]:
    """The words of a document that lift one of the folders above the mean of all, and how far."""
    weights = layers[0][0]
    row = vocabulary.rows([document])
    lifts = row.data * (weights[row.indices, column] - weights[row.indices].mean(axis=1))
    times = counts(document)
    lift_of = {
        vocabulary.tokens[at]: lift / times[vocabulary.tokens[at]]
        for at, lift in zip(row.indices.tolist(), lifts.tolist(), strict=True)
    }
    loudness: dict[str, float] = {}
    for word, tokens in units(document):
        loudness[word] = loudness.get(word, 0.0) + sum(lift_of.get(token, 0.0) for token in tokens)
    return {word: loud for word, loud in loudness.items() if loud > 0}
