"""New videos on the page: a line while they are looked at, one press for those from before, guesses by themselves."""

import shutil

import pytest
from conftest import take_over

from page.conftest import Pile, name_of, on_show, wait_for_card
from vidsort import extract_features, predict, train

SOON_MS = 60_000
LINE = "[data-look]"


@pytest.fixture(scope="module")
def learned_pile(clips, tmp_path_factory):
    """The artifacts of such a pile as `learned` is, made once."""
    pile = Pile(tmp_path_factory.mktemp("learned"), clips).fill(2, predicted=False)
    for step in (extract_features, train, predict):
        step.run(pile.settings)
    return pile.artifacts_dir


@pytest.fixture
def learned(pile, learned_pile):
    """A pile of two videos with a model and its predictions."""
    pile.fill(2, predicted=False)
    take_over(learned_pile, pile.settings)
    return pile


def test_a_new_video_gets_its_guess_without_a_reload_and_a_line_tells_meanwhile(learned, serve, visitor, clips, shot):
    page = visitor.open(serve(learned.settings))
    shutil.copy(clips / "5.mp4", learned.data_dir / name_of(7))
    page.locator(LINE).get_by_text("Looking at 1 new video", exact=True).wait_for(timeout=SOON_MS)
    shot(page, "looking-at-a-new-video")
    page.wait_for_selector(LINE, state="hidden", timeout=SOON_MS)
    for _ in range(3):
        if on_show(page) == name_of(7):
            break
        page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(7))
    page.wait_for_selector("[data-guesses] li", timeout=SOON_MS)


def test_what_was_there_before_is_looked_at_by_one_press(learned, serve, visitor, clips, shot, axe):
    for number in (7, 8):
        shutil.copy(clips / f"{number - 3}.mp4", learned.data_dir / name_of(number))
        with (learned.data_dir / name_of(number)).open("ab") as file:
            file.write(bytes([number]))
    page = visitor.open(serve(learned.settings))
    line = page.locator(LINE)
    line.get_by_text("2 videos were not looked at yet: look at them now (about").wait_for(timeout=SOON_MS)
    shot(page, "not-looked-at-yet")
    axe(page)
    line.click()
    page.wait_for_selector(LINE, state="hidden", timeout=SOON_MS)
    listed = page.evaluate("async () => (await (await fetch('api/videos')).json()).videos")
    assert all(video["predicted_folder"] for video in listed)


def test_the_key_does_the_same(learned, serve, visitor, clips):
    shutil.copy(clips / "5.mp4", learned.data_dir / name_of(7))
    with (learned.data_dir / name_of(7)).open("ab") as file:
        file.write(b"other")
    page = visitor.open(serve(learned.settings))
    page.wait_for_selector(LINE, timeout=SOON_MS)
    page.keyboard.press("Shift+L")
    page.wait_for_selector(LINE, state="hidden", timeout=SOON_MS)
