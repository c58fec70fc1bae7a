"""What is promised of a pile: by answers of which the truth is known, and never more than they bear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.pile.filing.promise import CUTS, FEWEST_ANSWERS, FEWEST_FILED, answers_of, promised

NONE = answers_of(np.zeros(0), np.zeros(0, bool), np.zeros(0, int))


def drawn(seed, count, hard=1.0):
    """Confidences as a classifier gives them, and whether each is right: as calibrated as can be, if `hard` is 1."""
    rng = np.random.default_rng(seed)
    errors = np.exp(rng.uniform(np.log(1e-4), 0, count)) * 0.7
    return 1 - errors, rng.random(count) >= np.minimum(errors * hard, 1)


def labelled(seed, count, hard=1.0):
    confidence, right = drawn(seed, count, hard)
    return answers_of(confidence, right, np.arange(count))


def test_with_much_evidence_much_is_filed_and_little_with_little():
    pile = drawn(1, 1000)[0]
    counts = [promised(pile, labelled(2, count), NONE, 0.02).count for count in (20, 60, 200, 2000)]
    assert counts[0] == 0
    assert sorted(counts) == counts
    assert counts[-1] > 400


@pytest.mark.parametrize("rate", [0.02, 0.05])
def test_a_promise_holds_in_nearly_all_replays(rate):
    kept = []
    for seed in range(60):
        pile, right = drawn(seed, 300)
        found = promised(pile, labelled(1000 + seed, 150), NONE, rate)
        surest = np.argsort(-pile, kind="stable")[: found.count]
        kept.append((~right[surest]).sum() <= rate * found.count)
    assert np.mean(kept) >= 0.95


def test_where_the_confidences_are_too_high_the_evidence_says_so():
    pile = drawn(1, 1000)[0]
    believed, warned = (promised(pile, labelled(2, 1500, hard), NONE, 0.02).count for hard in (1, 6))
    assert warned < believed


def test_blind_cards_tell_of_a_pile_that_is_harder():
    pile = drawn(1, 1000)[0]
    believed = promised(pile, labelled(2, 300), NONE, 0.05).count
    warned = promised(pile, labelled(2, 300), labelled(3, 200, hard=20), 0.05).count
    assert warned < believed


def test_a_pile_that_is_harder_than_what_was_labelled_is_told_and_less_is_promised():
    sure = answers_of(np.full(200, 0.999), np.ones(200, bool), np.arange(200))
    hard = np.linspace(0.5, 0.97, 300)
    found = promised(hard, sure, NONE, 0.05)
    assert found.harder > 0.9
    assert found.evidence < 10
    assert found.count == 0
    assert promised(drawn(1, 300)[0], labelled(2, 300), NONE, 0.05).harder < 0.15


def test_copies_of_a_video_are_one_piece_of_evidence():
    confidence, right = drawn(1, 100)
    once = answers_of(confidence, right, np.arange(100))
    often = answers_of(np.repeat(confidence, 5), np.repeat(right, 5), np.repeat(np.arange(100), 5))
    assert often.count == pytest.approx(once.count)
    pile = drawn(2, 300)[0]
    first, second = (promised(pile, each, NONE, 0.05) for each in (once, often))
    assert (first.count, first.enough) == (second.count, second.enough)
    assert first.upper_bound == pytest.approx(second.upper_bound)


def test_too_little_is_told_with_what_would_be_enough():
    assert promised(drawn(1, 300)[0], labelled(2, FEWEST_ANSWERS - 1), NONE, 0.02).enough == FEWEST_ANSWERS
    sure = answers_of(np.full(40, 0.995), np.ones(40, bool), np.arange(40))
    little = promised(np.full(300, 0.995), sure, NONE, 0.01)
    assert little.count == 0
    assert 40 < little.enough <= 400
    assert promised(np.full(50, 0.3), labelled(2, 200), NONE, 0.02).enough is None
    assert promised(np.zeros(0), labelled(2, 200), NONE, 0.02).count == 0


def test_a_large_pile_is_looked_at_by_fewer_cuts_and_never_thought_better_of():
    pile = drawn(1, 20 * CUTS)[0]
    found = promised(pile, labelled(2, 3000), NONE, 0.05)
    assert found.count > CUTS
    assert found.upper_bound <= 0.05


# What is promised may change only where somebody meant it to.
@pytest.mark.parametrize(
    ("count", "rate", "filed"), [(100, 0.02, 155), (100, 0.05, 240), (400, 0.02, 205), (400, 0.05, 262)]
)
def test_it_files_as_many_as_it_did(count, rate, filed):
    found = promised(drawn(5, 300)[0], labelled(6, count), NONE, rate)
    assert found.count == filed


@given(
    pile=st.lists(st.floats(0, 1), max_size=60),
    answers=st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 40)), max_size=60),
    rate=st.floats(0, 1),
)
def test_whatever_is_known_a_promise_keeps_its_bounds(pile, answers, rate):
    confidence, right, groups = (np.array([each[place] for each in answers]) for place in range(3))
    given_answers = answers_of(confidence, right.astype(bool), groups)
    found = promised(np.array(pile), given_answers, NONE, rate)
    assert found.count == 0 or FEWEST_FILED <= found.count <= len(pile)
    assert 0 <= found.harder <= 1
    assert 0 <= found.expected_wrong <= 1
    if found.count:
        assert found.expected_wrong <= found.upper_bound + 1e-9
    turned = promised(np.array(pile[::-1]), given_answers, NONE, rate)
    assert turned == found
    assert promised(np.array(pile), given_answers, NONE, min(1, rate + 0.1)).count >= found.count
