"""The orders in which a person reviews."""

import pytest
from test_pages import NAMES, PREDICTIONS, TIMES

from vidsort.pile.order import FIRST_ORDER, ORDERS

EXPECTED = {"confident": "2314", "unsure": "1324", "filename": "1234", "newest": "1342", "folder": "2314"}


@pytest.mark.parametrize("name", ORDERS)
def test_each_order_and_videos_without_a_prediction_last(name):
    order = ORDERS[name]
    sorts = sorted(NAMES, key=lambda video: (*order.key(PREDICTIONS.by_video.get(video), TIMES[video]), video))
    assert sorts == [f"{number}.mp4" for number in EXPECTED[name]]


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_needs_what_its_row_says_and_nothing_else(name):
    order, prediction = ORDERS[name], PREDICTIONS.by_video["1.mp4"]
    assert (order.key(prediction, 1.0) != order.key(prediction, 2.0)) == (order.needs == "time")
    assert (order.key(prediction, 1.0) != order.key(None, 1.0)) == (order.needs == "prediction")


def test_the_surest_come_first_for_who_has_chosen_nothing():
    assert FIRST_ORDER == "confident"
