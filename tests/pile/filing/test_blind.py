"""Blind cards are drawn the same everywhere, and dealt among the others so that each card comes once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.pile.cursors import page_with_blind
from vidsort.pile.filing.blind import deal, first_turn, held_back, lot
from vidsort.pile.filing.drawn import Cards

NAMES = [f"{number}.mp4" for number in range(1000)]


def keys_of(names, put_off=0):
    last = len(names) - put_off
    return [(0.0 if place < last else 1.0 + place, float(place), name) for place, name in enumerate(names)]


def cards(names, turn=0, every=20):
    return Cards(tuple(sorted((lot("seed", name), name) for name in names)), {}, turn, every)


def paged(keys, limit, dealt):
    shown, cursor = [], None
    while True:
        found = page_with_blind(keys, limit, cursor, dealt)
        assert len(found.filenames) <= limit
        shown.append(found.filenames)
        cursor = found.next_cursor
        if cursor is None:
            return [name for names in shown for name in names]


def test_a_lot_is_the_same_in_every_process_and_spread_evenly():
    assert lot("seed", "7.mp4") == pytest.approx(0.83581, abs=1e-5)
    assert lot("seed", "7.mp4") != lot("another", "7.mp4")
    assert 20 < sum(lot("seed", name) < 0.05 for name in NAMES) < 85
    assert lot("seed", "\udcff.mp4") >= 0


def test_a_twentieth_of_what_would_be_filed_is_held_back():
    assert len(held_back(NAMES[:100], "seed", 0.05)) == 5
    assert len(held_back(NAMES[:2], "seed", 0.05)) == 1
    assert held_back(NAMES[:1], "seed", 0.05) == held_back(NAMES, "seed", 0.0) == []


def test_the_next_blind_card_is_nearer_with_each_decision():
    assert [first_turn(since, 20) for since in (0, 1, 19, 20, 500)] == [19, 18, 0, 0, 0]


def test_every_twentieth_card_is_blind_wherever_it_would_come():
    shown = paged(keys_of(NAMES), 50, cards(NAMES[500:540], turn=19))
    assert [place for place, name in enumerate(shown) if name in set(NAMES[500:540])][:4] == [19, 39, 59, 79]


def test_what_was_put_off_comes_last_and_what_is_left_blind_before_it():
    shown = paged(keys_of(NAMES[:30], put_off=3), 7, cards(NAMES[:10], turn=19))
    assert shown[-3:] == NAMES[27:30]
    assert set(shown) == set(NAMES[:30])


def test_all_cards_may_be_blind():
    shown, _, _, has_more = deal(keys_of(NAMES[:3]), 0, [(0.1, NAMES[1]), (0.2, NAMES[0])], 0, 1, 10, set(NAMES[:2]))
    assert (shown, has_more) == ([NAMES[1], NAMES[0], NAMES[2]], False)


@given(
    count=st.integers(0, 60), chosen=st.sets(st.integers(0, 59)), put_off=st.integers(0, 5), limit=st.integers(1, 25),
    turn=st.integers(0, 30), every=st.integers(1, 25),
)
def test_page_by_page_each_card_comes_once_and_the_others_in_their_order(count, chosen, put_off, limit, turn, every):
    names = NAMES[:count]
    keys, blind = keys_of(names, min(put_off, count)), [names[place] for place in chosen if place < count - put_off]
    shown = paged(keys, limit, cards(blind, turn, every))
    assert sorted(shown) == sorted(names)
    assert [name for name in shown if name not in blind] == [name for name in names if name not in blind]
