"""Sets of links: sure ones chain, weak ones do not; what a person dismissed stays away until another copy comes."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidsort.insight.duplicates.sets import SURE, joined, set_id, sets_of, subjects, without

A, B, C, D, E = (bytes([number]) * 4 for number in range(5))
WEAK = SURE - 0.03


def test_sure_links_chain():
    assert sets_of({(A, B): 0.99, (B, C): 0.95, (D, E): 0.99}) == [[A, B, C], [D, E]]


def test_a_weak_link_joins_one_video_and_never_two_sets():
    assert sets_of({(A, B): 0.99, (C, D): 0.99, (B, C): WEAK}) == [[A, B], [C, D]]
    assert sets_of({(A, B): 0.99, (B, C): WEAK}) == [[A, B, C]]


def test_nothing_is_joined_by_way_of_a_weak_link():
    assert sets_of({(A, B): 0.99, (B, C): WEAK, (C, D): WEAK - 0.01}) == [[A, B, C]]
    assert sets_of({(A, B): WEAK}) == [[A, B]]


def test_a_dismissed_pair_does_not_come_back_and_a_set_with_a_new_member_does():
    links = {(A, B): 0.99}
    dismissed = set(subjects([A, B]))
    assert sets_of(without(links, dismissed)) == []
    more = links | {(A, C): 0.99, (B, C): 0.99}
    assert sets_of(without(more, dismissed)) == [[A, B, C]]
    assert set_id([A, B]) != set_id([A, B, C])
    assert set_id([A, B]) == set_id([B, A])


def test_a_set_is_one_group_and_others_stay_as_they_are():
    contents = [one.hex() for one in (A, B, C, D, E)]
    assert joined(np.array([0, 1, 2, 2, 3]), contents, [[A, C]]).tolist() == [0, 1, 0, 0, 2]
    assert joined(np.arange(5), contents, []).tolist() == [0, 1, 2, 3, 4]
    assert not len(joined(np.zeros(0, int), [], [[A, B]]))


@given(st.dictionaries(
    st.sampled_from(list(itertools.combinations([bytes([number]) for number in range(8)], 2))), st.floats(0.8, 1)
))
def test_every_content_is_in_at_most_one_set_and_every_sure_pair_in_the_same(links):
    sets = sets_of(links)
    members = [content for one in sets for content in one]
    assert len(members) == len(set(members))
    assert all(len(one) > 1 for one in sets)
    for (one, other), likely in links.items():
        if likely >= SURE:
            assert any({one, other} <= set(found) for found in sets)
