"""Where videos lie and what has changed of it, whatever moves where."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from vidsort.library import Snapshot
from vidsort.live.labels import PILE, Elsewhere, Rows, change_between, learned_of, sampled

FOLDERS = ("", "a", "b", "c")
PLACES = st.sets(st.tuples(st.sampled_from(FOLDERS), st.integers(0, 12).map(lambda number: f"{number:02}.mp4")))


def snapshot(found: set[tuple[str, str]], folders: tuple[str, ...] = FOLDERS) -> Snapshot:
    by = {folder: tuple(sorted(name for at, name in found if at == folder)) for folder in folders}
    return Snapshot(by.pop(""), by)


@given(before=PLACES, after=PLACES)
def test_a_change_is_what_makes_the_one_of_the_other(before, after):
    change = change_between(snapshot(before), snapshot(after))
    if before == after:
        assert change is None
    else:
        assert (before - set(change.left)) | set(change.came) == after
        assert len(change.left) + len(change.came) == len(before ^ after)
        assert change.is_of_labels == any(folder for folder, _ in before ^ after)


def test_a_folder_more_or_fewer_changes_labels_a_video_more_in_the_pile_does_not():
    assert change_between(snapshot(set(), ("", "a")), snapshot(set(), ("", "a", "b"))).is_of_labels
    assert change_between(snapshot({("a", "1.mp4")}, ("", "a")), snapshot({("", "1.mp4")}, ("",))).folders == []
    assert not change_between(snapshot(set()), snapshot({("", "1.mp4")})).is_of_labels


@given(st.lists(PLACES, min_size=2, max_size=6))
def test_a_row_follows_its_video_wherever_it_goes_and_comes_back(turns):
    """As long as each name is in one place, the row of it is the one that it began with."""
    turns = [{name: folder for folder, name in sorted(turn, key=lambda _: random.Random(0).random())} for turn in turns]
    turns = [{(folder, name) for name, folder in turn.items()} for turn in turns]
    first = sorted(turns[0])
    rows, row_of = Rows(first), {name: row for row, (_, name) in enumerate(first)}
    known: dict[int, str | None] = rows.folder_of()
    for before, after in itertools.pairwise(turns):
        change = change_between(snapshot(before), snapshot(after))
        if change is not None:
            moved, unknown = rows.follow(change.left, change.came)
            known |= moved
            assert {name for _, name in unknown} == {name for _, name in change.came} - row_of.keys()
        assert {name: known[row] for name, row in row_of.items()} == {
            name: next((folder or None for folder, one in after if one == name), None) for name in row_of
        }


def test_of_two_videos_of_one_name_the_one_in_the_pile_is_guessed():
    rows = Rows([("a", "1.mp4"), (PILE, "1.mp4"), ("b", "2.mp4")])
    assert rows.names() == ["", "1.mp4", "2.mp4"]
    moved, unknown = rows.follow([(PILE, "1.mp4")], [("b", "1.mp4")])
    assert (moved, unknown) == ({1: "b"}, [])


def test_what_lies_elsewhere_than_a_model_learned_it_is_counted():
    elsewhere = Elsewhere(["a", "a", "b", None], {0: "a", 1: "a", 2: "b", 3: None})
    assert len(elsewhere) == 0
    # One moved, one taken out, one new; then all back.
    elsewhere.follow({0: "b", 1: None, 3: "a"})
    assert len(elsewhere) == 3
    elsewhere.follow({0: "a", 1: "a", 3: None})
    assert len(elsewhere) == 0
    assert len(Elsewhere([None, None], {0: "b", 1: None})) == 1


@given(
    counts=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), max_size=6), pile=st.integers(0, 90),
    most=st.integers(1, 120),
)
def test_a_sample_is_all_that_fits_else_even_and_has_one_of_each_folder(counts, pile, most):
    there = {PILE: [f"{number:03}.mp4" for number in range(pile)]} | {
        folder: [f"{folder}{number:03}.mp4" for number in range(count)] for folder, count in counts.items()
    }
    found = sampled(there, most)
    assert found.keys() == there.keys()
    if sum(map(len, there.values())) <= most:
        assert found == there
    for folder, names in found.items():
        assert set(names) <= set(there[folder])
        assert folder == PILE or bool(names) == bool(there[folder])
    assert sum(map(len, found.values())) <= most + len(counts)
    assert len(found[PILE]) <= max(0, most - sum(len(found[folder]) for folder in counts))


def test_a_folder_that_is_not_learned_from_is_as_if_it_were_not_there():
    before = snapshot({("", "1.mp4"), ("a", "2.mp4"), ("b", "3.mp4")}, ("", "a", "b"))
    assert learned_of(before, ()) is before
    assert learned_of(before, ("c",)) is before
    assert learned_of(before, ("B",)) == snapshot({("", "1.mp4"), ("a", "2.mp4")}, ("", "a"))
