"""Words that are kept up to date: each document is taken apart once, and weighed anew with each label."""

from collections.abc import Sequence

import numpy as np

from ..heads import TokenFolders
from ..rows.text import learn_vocabulary


class Documents:
    """The same as `TokenFolders` fitted on the labelled ones of these documents, whose words alone are known."""

    def __init__(self, documents: Sequence[str]) -> None:
        vocabulary, rows = learn_vocabulary(documents)
        # 1 + log of each count; which words are rare is for labelled documents to say, as in training.
        rows.data /= vocabulary.weights[rows.indices]
        self._rows, self._squares = rows, rows.multiply(rows).tocsr()

    def scores(self, labelled: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """What each document says of folders, float64 [n, k], by those rows, int [m], that have labels, int [m].

        Columns are the labels that there are, sorted.
        """
        from scipy.sparse import diags_array

        rows = self._rows[labelled]
        having = np.bincount(rows.indices, minlength=rows.shape[1])
        weights = np.where(having > 0, np.log((1 + len(labelled)) / (1 + having)) + 1, 0).astype(np.float32)
        fitted = TokenFolders().fit((rows @ diags_array(weights)).tocsr(), labels)
        kept = np.zeros_like(weights)
        kept[fitted.kept_] = weights[fitted.kept_]
        spoken = np.zeros((len(weights), len(fitted.classes_)))
        spoken[fitted.kept_] = weights[fitted.kept_, None] * fitted.coef_.T
        lengths = np.sqrt(self._squares @ np.square(kept))
        return np.asarray((self._rows @ spoken) / np.where(lengths > 0, lengths, 1)[:, None])
