"""One box finds videos by their words; what is still to be sorted is filed from there at once."""

import contextlib

import pytest

from page.conftest import name_of, predict, wait_for_card, wait_until_saved
from vidsort import library
from vidsort.features.contents import contents_of
from vidsort.features.words import gather
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def told(pile):
    """A pile of which four unsorted videos and one in dance have words."""
    pile.fill(8)
    pile.predict([predict(name_of(number), number) for number in range(8)])
    filed = sorted((pile.data_dir / "dance").glob("*.mp4"))[0]
    for number in (1, 2, 3, 5):
        (pile.data_dir / name_of(number)).with_suffix(".description").write_text(f"a rook ending {EVIL} #chess")
    filed.with_suffix(".description").write_text("rooks in the dark")
    with contextlib.closing(open_database(pile.settings.artifacts_dir)) as database:
        hashes = contents_of(FeatureStore(database), library.videos(pile.data_dir)).hashes
        gather(database, pile.data_dir, hashes)
    return pile


def search(page, text: str) -> None:
    page.keyboard.press("q")
    page.keyboard.type(text)
    page.wait_for_selector("dialog .form-note:has-text('press Enter')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".grid .tile")


def test_what_is_found_is_filed_at_once_but_for_what_is_marked(told, serve, visitor, shot, axe):
    page = visitor.open(serve(told.settings), size=(1440, 900))
    page.on("dialog", lambda dialog: visitor.complaints.append("a script of a caption ran"))
    wait_for_card(page, name_of(0))
    search(page, "rook")
    assert page.locator(".group-head h2").all_inner_texts() == ["Found for “rook”", "In dance"]
    assert page.locator(".tile").count() == 5
    shot(page, "found")
    axe(page)
    page.keyboard.press("x")
    marked = page.locator(".tile.is-marked").get_attribute("id").removeprefix("tile-")
    page.keyboard.press("2")
    wait_until_saved(page)
    found = {name_of(number) for number in (1, 2, 3, 5)}
    assert found & set(told.inside("food")) == found - {marked}
    page.keyboard.press("z")
    page.wait_for_function("document.querySelectorAll('.tile').length === 5")
    wait_until_saved(page)
    assert not found & set(told.inside("food"))


def test_what_is_filed_already_goes_to_another_folder_and_back(told, serve, visitor):
    filed = sorted(path.name for path in (told.data_dir / "dance").glob("*.mp4"))[0]
    page = visitor.open(serve(told.settings))
    wait_for_card(page, name_of(0))
    search(page, "dark")
    assert page.locator(".group-head h2").all_inner_texts() == ["In dance"]
    page.keyboard.press("2")
    page.wait_for_selector(".toast:has-text('Nothing is marked')")
    page.keyboard.press("x")
    page.keyboard.press("2")
    page.wait_for_selector(".group-head h2:has-text('In food')")
    assert filed in told.inside("food")
    assert (told.data_dir / "food" / filed).with_suffix(".description").exists()
    page.keyboard.press("z")
    page.wait_for_selector(".group-head h2:has-text('In dance')")
    wait_until_saved(page)
    assert filed in told.inside("dance")
    page.keyboard.press("h")
    page.wait_for_selector(f".move.is-undone:has-text('{filed}')")


def test_nothing_found_and_a_server_that_is_away_are_said_in_the_box(told, serve, visitor):
    page = visitor.open(serve(told.settings))
    wait_for_card(page, name_of(0))
    page.keyboard.press("q")
    page.keyboard.type("xylophone")
    page.wait_for_selector("dialog .form-note:has-text('No video has these words: “xylophone”')")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
