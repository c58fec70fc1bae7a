"""What one kind of evidence says of many videos, as the feature store hands it to learning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

# How a kind's rows are prepared: square roots of length 1; numbers of one spread each; documents to tokens.
Preparation = Literal["rooted", "scaled", "text"]


@dataclass(frozen=True)
class Part:
    """What one kind of evidence says of videos, a row each.

    X: float32 [n, d], C-contiguous, zeros where there is nothing; of rows that are text an object array
    [n] of documents, empty where there is none. mask: bool [n], which rows have it. modality: the id
    that it is kept by. rows: how learning prepares them. failed: of rows that have it not, but should,
    the reason.
    """

    X: np.ndarray
    mask: np.ndarray
    modality: str
    rows: Preparation = "rooted"
    failed: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def whole(cls, X: np.ndarray, rows: Preparation = "rooted") -> "Part":  # noqa: N803  (the customary name)
        """A part that every row has."""
        return cls(X, np.ones(len(X), bool), rows, rows)

    def at(self, rows: np.ndarray) -> "Part":
        """These rows of it, int [m] or bool [n]."""
        numbers = np.arange(len(self.X))[rows]
        reasons = {new: self.failed[old] for new, old in enumerate(numbers.tolist()) if old in self.failed}
        return Part(self.X[numbers], self.mask[numbers], self.modality, self.rows, reasons)
