"""A folder page by page: all pages together are the folder once, in order, whatever comes and goes meanwhile."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.errors import ConflictError, InvalidNameError
from vidsort.pile.cursors import key_of
from vidsort.shelves import arranged
from vidsort.shelves.arranged import Shelves
from vidsort.shelves.folder_orders import FOLDER_ORDERS

NAMES = sorted(f"{number}.mp4" for number in range(10, 50))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A folder with the names above, each of a time that some others have, too."""
    folder = tmp_path_factory.mktemp("videos") / "food"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).touch()
        os.utime(folder / name, (number % 7, number % 7))
    return folder.parent


def numbers(seed: int) -> dict[str, float]:
    """Of most of the names."""
    chosen = random.Random(seed)
    return {name: chosen.choice([0.25, 0.5, chosen.random()]) for name in NAMES if chosen.random() < 0.8}


def make_shelves(data_dir, known: dict[str, float]) -> Shelves:
    return Shelves(data_dir, dict.fromkeys(("distance", "doubt"), lambda _folder, _names: dict(known)))


def all_pages(shelves: Shelves, names, order: str, limit: int) -> list[str]:
    seen, cursor = [], None
    while True:
        shown = shelves.page("food", names, order, limit, cursor)
        seen += shown.filenames
        cursor = shown.next_cursor
        if cursor is None:
            return seen


def expected(data_dir, names, order: str, known: dict[str, float]) -> list[str]:
    if order == "filename":
        return sorted(names)
    if order == "newest":
        known = {name: (data_dir / "food" / name).stat().st_mtime for name in names}
    return sorted(names, key=lambda name: (-known.get(name, -1.0), name))


@pytest.mark.parametrize("order", FOLDER_ORDERS)
@given(limit=st.integers(1, 50), seed=st.integers(0, 1000), here=st.sets(st.sampled_from(NAMES)))
def test_the_pages_together_are_the_folder_exactly_once_in_order(data_dir, order, limit, seed, here):
    known, names = numbers(seed), tuple(sorted(here))
    seen = all_pages(make_shelves(data_dir, known), names, order, limit)
    assert seen == expected(data_dir, names, order, known)


@pytest.mark.parametrize("order", FOLDER_ORDERS)
@given(limit=st.integers(1, 9), seed=st.integers(0, 1000))
def test_what_moves_between_two_pages_takes_nobodys_turn_and_repeats_nobody(data_dir, order, limit, seed):
    chosen, known = random.Random(seed), numbers(seed)
    first, shelves, names = dict(known), make_shelves(data_dir, known), tuple(sorted(chosen.sample(NAMES, 30)))
    stayed, seen, cursor = set(names), [], None
    while True:
        shown = shelves.page("food", names, order, limit, cursor)
        seen += shown.filenames
        cursor = shown.next_cursor
        if cursor is None:
            break
        # What is learned meanwhile is for who begins anew.
        known.update(numbers(chosen.randint(0, 1000)))
        gone = set(chosen.sample(names, min(2, len(names))))
        stayed -= gone
        names = tuple(sorted((set(names) - gone) | set(chosen.sample(NAMES, 1))))
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)
    assert seen == expected(data_dir, seen, order, first)


@pytest.mark.parametrize("most", [0, 2000])
@pytest.mark.parametrize("order", FOLDER_ORDERS)
def test_whatever_comes_and_goes_the_order_is_as_if_made_anew(data_dir, order, most, monkeypatch):
    monkeypatch.setattr(arranged, "MOST_CHANGED", most)
    chosen, known = random.Random(7), numbers(3)
    shelves = make_shelves(data_dir, known)
    for _ in range(30):
        names = tuple(sorted(chosen.sample(NAMES, chosen.randint(0, 40))))
        shown = shelves.page("food", names, order, 50, None)
        assert shown.filenames == expected(data_dir, names, order, known)


def test_a_folder_is_looked_at_as_a_whole_for_a_first_page_only(data_dir):
    asked = []
    shelves = Shelves(data_dir, {"distance": lambda folder, _: asked.append(folder) or {}})
    for _ in range(3):
        all_pages(shelves, tuple(NAMES), "unlike", 5)
    assert asked == ["food"] * 3


def test_no_more_orders_are_kept_than_are_said(data_dir):
    shelves = make_shelves(data_dir, {})
    for number in range(2 * arranged.MOST_ARRANGED):
        shelves.page(f"folder {number}", ("1.mp4",), "filename", 5, None)
    assert len(shelves._kept) == arranged.MOST_ARRANGED


def test_a_cursor_of_another_order_or_of_none_is_refused(data_dir):
    shelves = make_shelves(data_dir, {})
    cursor = shelves.page("food", tuple(NAMES), "filename", 5, None).next_cursor
    assert key_of(cursor, None) == (NAMES[4],)
    with pytest.raises(ConflictError, match="another order"):
        shelves.page("food", tuple(NAMES), "newest", 5, cursor)
    with pytest.raises(InvalidNameError, match="cursor"):
        shelves.page("food", tuple(NAMES), "newest", 5, "x")


@pytest.mark.parametrize("order", FOLDER_ORDERS)
def test_a_move_costs_the_key_of_what_moved_and_a_page_none(data_dir, order, monkeypatch):
    keyed = []
    real = arranged.Shelf._key
    monkeypatch.setattr(arranged.Shelf, "_key", lambda self, name: (keyed.append(name), real(self, name))[1])
    shelves = make_shelves(data_dir, numbers(5))
    all_pages(shelves, tuple(NAMES[:30]), order, 4)
    assert sorted(keyed) == NAMES[:30]
    keyed.clear()
    all_pages(shelves, tuple(NAMES[1:31]), order, 4)
    assert keyed == [NAMES[30]]
