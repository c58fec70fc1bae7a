"""Folders that look like two are told, with which of their videos would be the other one."""

import numpy as np

from vidsort.insight.proposing.halves import halves
from vidsort.learning.rows.parts import Part

# Twenty kinds of video beside those of the folder in question, in folders of their own.
OTHERS = [kind for kind in range(4, 24) for _ in range(10)]


def pictures(kinds: list[int], seed: int = 0) -> Part:
    """Rows of length 1 as of frames; those of one kind are alike."""
    rng = np.random.default_rng(seed)
    rows = np.abs(np.eye(24, 60)[kinds] * 3 + rng.normal(0, 0.3, (len(kinds), 60))).astype(np.float32)
    return Part.whole(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def found_in(kinds: list[int], folders: list[str]) -> list:
    return halves({"frames": pictures(kinds + OTHERS)}, folders + [f"kind {kind}" for kind in OTHERS])


def test_a_folder_of_two_kinds_is_told_with_which_videos_are_the_other():
    (found,) = found_in([0] * 18 + [1] * 8, ["pets"] * 26)
    assert found.folder == "pets"
    # One that is less like its kind than the others are to each other may be left on the other side.
    assert len(found.rows) >= 7
    assert set(found.rows) <= set(range(18)) or set(found.rows) <= set(range(18, 26))
    assert len(found.rows) + found.rest == 26
    assert found_in([0] * 18 + [1] * 8, ["pets"] * 18 + ["sea"] * 8) == []


def test_a_few_odd_ones_are_no_second_folder_and_what_is_all_alike_is_one():
    assert found_in([0] * 30 + [1] * 4, ["pets"] * 34) == []


def test_of_few_videos_or_none_nothing_is_told():
    assert halves({"frames": pictures([0, 0, 1, 1])}, ["a", "a", "a", "b"]) == []
    assert halves({}, []) == []


def test_videos_that_lack_the_evidence_are_on_neither_side():
    part = pictures([0] * 18 + [1] * 8 + OTHERS)
    lacking = Part(part.X, np.arange(len(part.X)) % 4 > 0, "frames", part.rows)
    folders = ["both"] * 26 + [f"kind {kind}" for kind in OTHERS]
    (found,) = halves({"frames": lacking}, folders)
    assert not [row for row in found.rows if row % 4 == 0]
    assert len(found.rows) + found.rest == 19
