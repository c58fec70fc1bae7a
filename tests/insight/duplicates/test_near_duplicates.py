import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidsort.insight.duplicates import near_duplicates


def videos(count, *, seed=0, frames=4, width=64):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, width)).astype(np.float32)
    signatures = np.zeros((count, 6), np.uint64)
    signatures[:, :frames] = rng.integers(1, 2**63, size=(count, frames), dtype=np.uint64)
    return features / np.linalg.norm(features, axis=1, keepdims=True), signatures


def with_copy(features, signatures, row, *, bits=1, frames=None):
    """The same videos and a copy of one at the end, some of whose signatures differ in some bits."""
    copy = signatures[row].copy()
    for place in np.flatnonzero(copy)[:frames]:
        for bit in range(bits):
            copy[place] ^= np.uint64(1 << (bit * 11 + 3))
    return np.vstack([features, features[row]]), np.vstack([signatures, copy])


def test_different_videos_are_groups_of_their_own():
    assert near_duplicates(*videos(200)).tolist() == list(range(200))


def test_a_copy_in_another_quality_is_in_the_group_of_its_original():
    groups = near_duplicates(*with_copy(*videos(50), row=7, bits=3))
    assert groups[50] == groups[7] == 7
    assert len(set(groups.tolist())) == 50


def test_one_frame_in_common_makes_no_duplicate():
    features, signatures = videos(2)
    features[1] = features[0]
    signatures[1, 0] = signatures[0, 0]
    assert near_duplicates(features, signatures).tolist() == [0, 1]


def test_the_same_frames_with_other_features_make_no_duplicate():
    features, signatures = videos(2)
    signatures[1] = signatures[0]
    assert near_duplicates(features, signatures).tolist() == [0, 1]


def test_videos_without_a_telling_frame_are_never_duplicates_by_their_blankness():
    features, signatures = videos(3, frames=0)
    features[:] = features[0]
    assert near_duplicates(features, signatures).tolist() == [0, 1, 2]


def test_equal_contents_are_one_group_whatever_is_seen():
    features, signatures = videos(4, frames=0)
    assert near_duplicates(features, signatures, ["a", "b", "a", "c"]).tolist() == [0, 1, 0, 2]


def test_a_hundred_copies_of_one_video_are_one_group():
    features, signatures = videos(20)
    for _ in range(100):
        features, signatures = with_copy(features, signatures, row=3, bits=2, frames=2)
    groups = near_duplicates(features, signatures)
    assert len(set(groups[20:].tolist()) | {groups[3]}) == 1


def test_no_videos_are_no_groups():
    assert near_duplicates(np.empty((0, 0), np.float32), np.empty((0, 6), np.uint64)).tolist() == []


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_numbers_of_groups_are_dense_and_in_order_of_appearance(contents):
    features, signatures = videos(len(contents))
    groups = near_duplicates(features, signatures, contents).tolist()
    first = list(dict.fromkeys(groups))
    assert first == list(range(len(first)))
    assert all((contents[i] == contents[j]) == (groups[i] == groups[j]) for i in range(len(groups)) for j in range(i))
