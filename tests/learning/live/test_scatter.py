"""What is kept and changed row by row is what is learned from nothing."""

import numpy as np
import pytest
from labelled import clouds

from vidsort.learning.classifier import prepare
from vidsort.learning.heads import ShrinkageLDA, logits
from vidsort.learning.live.scatter import KeptLDA
from vidsort.learning.rows.parts import Part


def test_after_any_moves_the_scores_are_those_of_a_fit_from_nothing():
    vectors, y = clouds({"a": 12, "b": 9, "c": 6, "d": 3})
    mask = np.arange(len(y)) % 7 != 3
    rows = prepare(Part(vectors, mask, "frames")).rows
    kept, drawn = KeptLDA(rows, mask), np.random.default_rng(0)
    now: list[str | None] = [None] * len(y)
    for _ in range(12):
        chosen = drawn.choice(len(y), 9, replace=False).tolist()
        wanted = [None if drawn.random() < 0.3 else str(drawn.choice(list("abcd"))) for _ in chosen]
        kept.move({row: (now[row], folder) for row, folder in zip(chosen, wanted, strict=True)})
        for row, folder in zip(chosen, wanted, strict=True):
            now[row] = folder
        learned = np.array([row for row, folder in enumerate(now) if folder is not None and mask[row]])
        names = sorted({now[row] for row in learned})
        fitted = ShrinkageLDA().fit(rows[learned], np.array([names.index(now[row]) for row in learned]))
        folders, scores = kept.scores(np.arange(len(y)))
        expected = logits(fitted, rows, len(names))
        assert list(folders) == names
        assert scores == pytest.approx(expected, rel=0.02, abs=0.02 * np.abs(expected).max())
