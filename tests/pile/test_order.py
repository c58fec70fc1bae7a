"""The orders in which a person reviews."""

import pytest
from test_pages import NAMES, PREDICTIONS, TIMES

from vidsort.pile.order import FIRST_ORDER, ORDERS

EXPECTED = {
    "confident": "2314", "telling": "4132", "unsure": "1324", "filename": "1234", "newest": "1342", "oldest": "2431",
    "folder": "2314", "alike": "4132",
}
RANKS = {"4.mp4": 0.0, "1.mp4": 1.0, "3.mp4": 2.0, "2.mp4": -1.0}


@pytest.mark.parametrize("name", ORDERS)
def test_each_order_and_videos_of_which_nothing_is_known_last(name):
    order = ORDERS[name]
    number_of = RANKS if order.needs == "rank" else TIMES
    sorts = sorted(NAMES, key=lambda video: (*order.key(PREDICTIONS.by_video.get(video), number_of[video]), video))
    assert sorts == [f"{number}.mp4" for number in EXPECTED[name]]


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_needs_what_its_row_says_and_nothing_else(name):
    order, prediction = ORDERS[name], PREDICTIONS.by_video["1.mp4"]
    assert (order.key(prediction, 1.0) != order.key(prediction, 2.0)) == (order.needs in ("time", "rank"))
    assert (order.key(prediction, 1.0) != order.key(None, 1.0)) == (order.needs == "prediction")


def test_the_surest_come_first_for_who_has_chosen_nothing():
    assert FIRST_ORDER == "confident"
