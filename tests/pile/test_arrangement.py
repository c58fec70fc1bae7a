"""The pile kept in order while videos come and go, are put off, and are guessed anew."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pages import NAMES, PREDICTIONS, TIMES, prediction

from vidsort.pile import arrangement
from vidsort.pile.arrangement import Arrangement
from vidsort.pile.order import ORDERS
from vidsort.pile.predictions import Predictions


@dataclass(frozen=True)
class Guessed(Predictions):
    """Predictions of which these are others than before."""

    others: Sequence[str] = ()

    def changed_since(self, before):
        return () if before is self else self.others


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A root with the names above and thirty more, empty, each of its own time."""
    root = tmp_path_factory.mktemp("videos")
    for name, modified_s in (TIMES | {f"{number}.mp4": number % 7 for number in range(10, 40)}).items():
        (root / name).touch()
        os.utime(root / name, (modified_s, modified_s))
    return root


def arranged(data_dir, order, names, skipped=None, predictions=PREDICTIONS, folder=None) -> Arrangement:
    arrangement = Arrangement(data_dir, ORDERS[order], folder, predictions)
    arrangement.follow(names, skipped or {})
    return arrangement


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_put_off_comes_last_in_every_order_the_first_one_first(data_dir, order):
    keys = arranged(data_dir, order, NAMES, {"2.mp4": 20.0, "1.mp4": 10.0}).keys
    assert [key[-1] for key in keys][2:] == ["1.mp4", "2.mp4"]


def test_only_those_that_are_predicted_in_a_folder(data_dir):
    keys = arranged(data_dir, "filename", NAMES, folder="food").keys
    assert [key[-1] for key in keys] == ["1.mp4", "3.mp4"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("folder", [None, "a"])
@given(seed=st.integers(0, 2**32))
def test_whatever_comes_goes_is_put_off_and_guessed_anew_the_order_is_as_if_made_anew(data_dir, order, folder, seed):
    chosen = random.Random(seed)
    names = [f"{number}.mp4" for number in range(10, 40)]
    said = {name: prediction(name, chosen.choice("ab"), chosen.choice([0.1, 0.5, 0.9])) for name in names[:20]}
    predictions, here = Guessed("", said), set(chosen.sample(names, 15))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrangement, "FEW", chosen.choice([0, arrangement.FEW]))
        kept = arranged(data_dir, order, sorted(here), {}, predictions, folder)
        for _ in range(5):
            changed = {name: chosen.random() < 0.5 for name in chosen.sample(names, 4)}
            here = {name for name in here | set(changed) if changed.get(name, True)}
            skipped = {name: float(chosen.randint(1, 3)) for name in chosen.sample(names, chosen.randint(0, 5))}
            kept.follow(changed, skipped)
            assert kept.keys == arranged(data_dir, order, sorted(here), skipped, predictions, folder).keys
            others = chosen.sample(names, chosen.randint(0, 8))
            said = said | {name: prediction(name, chosen.choice("ab"), chosen.choice([0.2, 0.9])) for name in others}
            predictions = Guessed("", said, others)
            assert kept.guess(predictions, here.intersection)
            assert kept.keys == arranged(data_dir, order, sorted(here), skipped, predictions, folder).keys


def test_of_predictions_of_which_nobody_knows_what_they_changed_nothing_is_taken(data_dir):
    kept = arranged(data_dir, "confident", NAMES)
    before = list(kept.keys)
    assert not kept.guess(Predictions("other", {}), list)
    assert kept.keys == before
