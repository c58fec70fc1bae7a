"""Names in order: what is told of them is what a sorted list would tell, whatever was put in and taken out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vidsort.library.names import InOrder, differing, in_order, is_among, of_stem

NAME = st.text(alphabet="ab.-/0", max_size=3)
NAMES = st.lists(st.text(alphabet="ab.-/0", max_size=4), unique=True).map(sorted)


class Names(RuleBasedStateMachine):
    """Names are put in and taken out; blocks of three, so that they are parted and emptied."""

    def __init__(self):
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(in_order, "BLOCK", 3)
        self.before, self.names = InOrder(), InOrder()
        self.listed_before, self.listed = [], []

    def teardown(self):
        self.patched.undo()

    @rule(names=NAMES)
    def begin(self, names):
        self.before, self.listed_before = self.names, self.listed
        self.names, self.listed = InOrder(names), list(names)

    @rule(name=NAME, shall_be_there=st.booleans())
    def put(self, name, shall_be_there):
        made = self.names.put(name, shall_be_there=shall_be_there)
        wanted = sorted({*self.listed, name} if shall_be_there else {*self.listed} - {name})
        assert (made is self.names) == (wanted == self.listed)
        self.before, self.listed_before = self.names, self.listed
        self.names, self.listed = made, wanted

    @rule(start=st.integers(-30, 30), stop=st.none() | st.integers(-30, 30), step=st.sampled_from([None, 1, 2, -1, -3]))
    def cut(self, start, stop, step):
        assert self.names[start:stop:step] == tuple(self.listed[start:stop:step])

    @rule(name=NAME)
    def ask(self, name):
        assert (name in self.names) == (name in self.listed) == is_among(self.names, name)
        assert list(of_stem(self.names, name)) == [each for each in self.listed if each.startswith(f"{name}.")]

    @invariant()
    def is_the_sorted_list(self):
        assert list(self.names) == self.listed
        assert [self.names[at] for at in range(len(self.names))] == self.listed
        assert self.names == tuple(self.listed)
        assert all(self.names.blocks)

    @invariant()
    def the_one_before_is_as_it_was(self):
        assert list(self.before) == self.listed_before

    @invariant()
    def what_differs_is_told(self):
        then, now = set(self.listed_before), set(self.listed)
        assert differing(self.before, self.names) == (then - now, now - then)


TestNames = Names.TestCase


def test_a_view_with_one_name_more_shares_all_other_blocks():
    names = InOrder(f"{number:06}" for number in range(0, 20_000, 2))
    more = names.put("000003", shall_be_there=True)
    assert sum(one is not other for one, other in zip(names.blocks, more.blocks, strict=True)) == 1
    assert len(more) == len(names) + 1


def test_a_place_beyond_the_last_name_is_refused():
    for names, at in ((InOrder(), 0), (InOrder(["1.mp4"]), 1), (InOrder(["1.mp4"]), -2)):
        with pytest.raises(IndexError, match="There is no name"):
            names[at]


def test_other_names_and_what_are_no_names_are_not_equal():
    assert InOrder(["1.mp4"]) != ("2.mp4",)
    assert InOrder(["1.mp4"]) != ("1.mp4", "2.mp4")
    assert InOrder(["1.mp4"]) != {"1.mp4"}
    assert 1 not in InOrder(["1.mp4"])


@given(NAMES, NAME)
def test_sorted_names_are_found_by_name_and_by_stem(names, name):
    assert is_among(names, name) == (name in names)
    assert list(of_stem(names, name)) == [each for each in names if each.startswith(f"{name}.")]


@given(*[st.sets(st.integers(10, 40).map(str)).map(lambda names: tuple(sorted(names)))] * 2, st.integers(1, 5))
def test_what_differs_between_two_lists_is_in_one_of_them_alone(then, now, piece):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(in_order, "PIECE", piece)
        gone, come = differing(then, now)
    assert gone == set(then) - set(now)
    assert come == set(now) - set(then)
