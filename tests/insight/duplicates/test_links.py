"""Links: which pairs are one video, and that nothing is compared twice."""

import numpy as np
import pytest

from vidsort.features.encoders.prints import prints
from vidsort.insight.duplicates import links
from vidsort.insight.duplicates.links import LEAST_LIKELY, Prints, linked

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32


def shown(seed):
    cells = np.random.default_rng(seed).integers(0, 256, (4, 12, 8, 1), np.uint8)
    return [np.kron(one, np.ones((12, 12, 3), np.uint8)) for one in cells]


@pytest.fixture
def library():
    images, others = shown(1), shown(2)
    shots = {A: images, B: [image[:, ::-1] for image in images], C: others}
    found = {content: Prints(prints(shot), np.arange(len(shot))) for content, shot in shots.items()}
    return [A, B, C], np.full((3, 4), 0.5, np.float32), found


def test_a_mirrored_copy_is_linked_and_another_video_is_not(library):
    found, compared = linked(*library, links={}, known=set())
    assert compared == {A, B, C}
    assert list(found) == [(A, B)]
    assert found[A, B] >= LEAST_LIKELY


def test_what_was_compared_is_not_compared_again(library, monkeypatch):
    compared = []
    monkeypatch.setattr(links, "likeness", lambda one, other: compared.append((one, other)) or 0.0)
    kept = {(A, B): 0.95}
    assert linked(*library, links=kept, known={A, B, C}) == (kept, {A, B, C})
    assert not compared
    linked(*library, links=kept, known={A, B})
    assert len(compared) == 2


def test_a_link_to_what_has_gone_is_forgotten(library):
    contents, features, found = library
    assert linked(contents[1:], features[1:], found, links={(A, B): 0.95}, known={A, B, C}) == ({}, {B, C})


def test_what_has_no_prints_yet_is_linked_to_nothing(library):
    contents, features, found = library
    assert linked(contents, features, {A: found[A]}, links={}, known=set()) == ({}, {A, B, C})


def test_what_there_was_no_time_for_is_compared_the_next_time(library, monkeypatch):
    monkeypatch.setattr(links, "AT_ONCE", 1)
    compared, found, turns = set(), {}, 0
    while compared != {A, B, C}:
        before = len(compared)
        found, compared = linked(*library, links=found, known=compared, within_s=0)
        turns += 1
        assert len(compared) == before + 1
    assert turns == 3
    assert list(found) == [(A, B)]
