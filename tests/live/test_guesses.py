"""What is guessed is kept in one file that is whole or ignored, and says what has changed since when."""

import dataclasses
import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.live.guesses import NEWS, Guesses, guesses_path, read_guesses, remove_guesses, write_guesses

NAMES = ("1.mp4", "2.mp4", "3.mp4", "ü \udcff.mp4")
FOLDERS = ("a", "b", "c", "d")


def begun() -> Guesses:
    return Guesses.none("token", "base", "model", NAMES)


def shares(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, float)


def test_the_best_three_are_kept_best_first():
    found = begun().refitted(FOLDERS, np.array([0, 2]), shares((0.1, 0.2, 0.3, 0.4), (0.7, 0.1, 0.1, 0.1)), 2, "now")
    assert found.top.tolist() == [[3, 2, 1], [-1] * 3, [0, 2, 3], [-1] * 3]
    assert found.top[2, 0] == 0
    assert found.shares[0].tolist() == pytest.approx([0.4, 0.3, 0.2])
    assert (found.sequence, found.changed.tolist(), found.labels, found.at) == (1, [1, 0, 1, 0], 2, "now")


def test_what_is_as_before_but_for_a_hair_stays_and_what_is_sorted_keeps_what_was_said():
    first = begun().refitted(FOLDERS[:2], np.array([0, 1, 2]), shares((0.6, 0.4), (0.9, 0.1), (0.3, 0.7)), 1, "")
    hair = NEWS / 2
    again = first.refitted(FOLDERS[:2], np.array([0, 1]), shares((0.6 + hair, 0.4 - hair), (0.5, 0.5 - 1e-6)), 2, "")
    assert again.changed.tolist() == [1, 2, 1, 0]
    assert again.shares[0].tolist() == first.shares[0].tolist()
    assert again.shares[2].tolist() == first.shares[2].tolist()


def test_folders_that_come_and_go_never_change_what_a_number_means():
    first = begun().refitted(("b", "c"), np.array([0]), shares((0.6, 0.4)), 1, "")
    second = first.refitted(("a", "c"), np.array([1]), shares((0.6, 0.4)), 1, "")
    assert second.folders == ("b", "c", "a")
    assert second.top.tolist()[:2] == [[0, 1, -1], [2, 1, -1]]


def test_of_what_nothing_is_known_nothing_is_said():
    first = begun().refitted(("a", "b"), np.array([0, 1]), shares((0.5, 0.5), (0.6, 0.4)), 1, "")
    assert first.top[:2].tolist() == [[-1] * 3, [0, 1, -1]]
    silent = first.silenced(0, "")
    assert (silent.top == -1).all()
    assert silent.changed.tolist() == [0, 2, 0, 0]


@given(st.integers(1, 6), st.data())
def test_what_is_read_is_what_was_written(count, data):
    rows = np.array(sorted(data.draw(st.sets(st.sampled_from(range(4)), min_size=1))))
    drawn = data.draw(st.lists(st.lists(st.floats(0.01, 1), min_size=count, max_size=count), min_size=len(rows),
                               max_size=len(rows)))
    values = np.array(drawn) / np.array(drawn).sum(axis=1, keepdims=True)
    found = dataclasses.replace(begun().refitted(tuple("abcdef"[:count]), rows, values, 3, "now"), refit_s=0.25)
    for before in (None, begun(), found):
        again = Guesses.from_bytes(found.to_bytes(), before)
        for name in ("names", "folders", "sequence", "refit_s"):
            assert getattr(again, name) == getattr(found, name)
        for name in ("top", "shares", "changed"):
            assert np.array_equal(getattr(again, name), getattr(found, name))


def test_a_damaged_file_is_told_and_nothing_is_read_of_it(tmp_path, caplog):
    path = guesses_path(tmp_path)
    assert read_guesses(path) is None
    write_guesses(tmp_path, begun().refitted(FOLDERS, np.array([0]), shares((0.1, 0.2, 0.3, 0.4)), 1, ""))
    whole = path.read_bytes()
    assert read_guesses(path) is not None
    with caplog.at_level(logging.WARNING):
        for at in range(0, len(whole), 97):
            path.write_bytes(whole[:at])
            assert read_guesses(path) is None
    assert "left out" in caplog.text
    for wrong in ({"folders": ("../a", "b", "c", "d")}, {"top": np.full((4, 3), 9, np.int16)}, {"names": NAMES[:2]},
                  {"shares": np.full((4, 3), np.nan, np.float32)}, {"changed": np.zeros(4)}):
        made = Guesses(**(vars(begun()) | {"folders": FOLDERS} | wrong))
        with pytest.raises(ValueError, match="ValueError"):
            Guesses.from_bytes(made.to_bytes())


def test_nothing_is_left_of_it_once_it_is_removed(tmp_path):
    write_guesses(tmp_path, begun())
    (tmp_path / "live" / ".guesses.npz.0a0b").write_bytes(b"of a kill")
    remove_guesses(tmp_path)
    assert list((tmp_path / "live").iterdir()) == []
    remove_guesses(tmp_path / "nowhere")
