"""Sorting by the rules of Windows, as far as they can be switched on elsewhere: see `windows_rules`."""

import os
import sys

import pytest
from places import add_sidecars, data_dir, database, make_places, mover, tree
from windows_rules import SharingViolation, is_impossible, on_windows

from vidsort.errors import VidsortError
from vidsort.library.names import check_filename, check_folder_name, check_new_folder_name, is_filename

__all__ = ["data_dir", "database", "mover", "on_windows"]
pytestmark = [
    pytest.mark.usefixtures("on_windows"),
    pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc; Windows has the rules itself"),
]
# What Windows takes for the folder food, for another stream of it, or for a device.
OTHERS = ["food.", "food ", "food. .", "food::$DATA", "a:b", "con", "Aux", "nul.txt", "com1", "LPT9", "con .x", "what?"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_that_windows_takes_for_another_is_no_folder(mover, data_dir, name):
    before = tree(data_dir)
    for check in (check_folder_name, check_new_folder_name):
        with pytest.raises(VidsortError):
            check(name)
    with pytest.raises(VidsortError):
        mover.sort("10.mp4", name)
    with pytest.raises(VidsortError):
        mover.create_folder(name)
    assert tree(data_dir) == before


@pytest.mark.parametrize("name", ["con.mp4", "NUL.holiday.mp4", "7.mp4:other.mp4", "a\\b.mp4", "what?.mp4"])
def test_a_device_or_a_stream_is_no_video(name):
    assert is_impossible(name)
    assert not is_filename(name, "any")
    assert check_filename("My clip.mp4", "any") == "My clip.mp4"


def test_all_moves_are_made_and_taken_back(mover, data_dir):
    add_sidecars(data_dir)
    before = tree(data_dir)
    mover.sort("10.mp4", "food")
    mover.sort("11.mp4", "tennis")
    mover.rename_folder("tennis", "Tennis")
    mover.merge_folder("soccer", "food")
    sorted_ = tree(data_dir)
    assert sorted_["food/10.info.json"] == "10.info.json"
    assert "Tennis/11.mp4" in sorted_
    for _ in range(4):
        mover.undo()
    assert tree(data_dir) == before
    for _ in range(4):
        mover.redo()
    assert tree(data_dir) == sorted_


def test_a_video_that_a_program_has_open_is_left_where_it_is(mover, data_dir):
    before = tree(data_dir)
    with (data_dir / "10.mp4").open("rb"), pytest.raises(VidsortError, match="Permission denied"):
        mover.sort("10.mp4", "food")
    assert tree(data_dir) == before
    mover.sort("10.mp4", "food")
    assert (data_dir / "food" / "10.mp4").is_file()


def test_the_rules_are_those_of_windows(tmp_path):
    places = make_places(tmp_path / "there")
    with pytest.raises(OSError, match="Invalid argument"):
        (places / "food.").mkdir()
    with (places / "10.mp4").open("rb"), pytest.raises(SharingViolation):
        os.replace(places / "11.mp4", places / "10.mp4")  # noqa: PTH105
