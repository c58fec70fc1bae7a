"""The moving picture of README.md can be made anew from a page that runs."""

import sys

import pytest
from conftest import ROOT
from PIL import Image

from page.conftest import name_of, wait_for_card

sys.path.insert(0, str(ROOT / "tools"))
MOST_BYTES = 2_000_000


def assert_moving(path) -> None:
    with Image.open(path) as picture:
        assert picture.format == "WEBP"
        assert picture.n_frames >= 20
        assert picture.width >= 640
    assert path.stat().st_size < MOST_BYTES


def test_the_one_that_is_kept_moves_and_is_small():
    assert_moving(ROOT / "docs" / "review.webp")


@pytest.mark.storm
def test_it_is_recorded_from_a_page_that_is_sorted_on(pile, serve, visitor, tmp_path):
    from moving_picture import SIZE, record

    page = visitor.open(serve(pile.fill().settings))
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    wait_for_card(page, name_of(0))
    record(page, tmp_path / "review.webp")
    assert_moving(tmp_path / "review.webp")
