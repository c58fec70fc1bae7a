"""Names as people give them: told where they are left out, let in by a press, and harmless wherever they are shown."""

import shutil
from pathlib import Path

import pytest

from page.conftest import FOLDERS, Pile, name_of, wait_until_saved
from vidsort.settings import load_settings

NAMES = (
    "My clip [dQw4w9WgXcQ].mp4", "a#b?c%20d&e;f+100%.mp4", "b \"q\" 'q' <img src=x onerror=alert(1)>.mp4",
    "c \N{PARTY POPPER}.mp4", "סרטון 5.mp4",
)


@pytest.fixture
def named(pile) -> Pile:
    """A library with nothing but such names, unsorted."""
    pile.fill(1, FOLDERS, predicted=False)
    (clip,) = pile.data_dir.glob("*.mp4")
    for name in NAMES:
        shutil.copy(clip, pile.data_dir / name)
    clip.unlink()
    return pile


def test_an_empty_page_says_what_is_left_out_and_lets_it_in(named, serve, visitor, shot):
    Path("vidsort.toml").write_text(f'data_dir = "{named.data_dir}"\n')
    page = visitor.open(serve(load_settings(artifacts_dir=named.artifacts_dir)), ready=".left-out")
    assert f"{len(NAMES)} videos are left out because of their names" in page.locator(".left-out").inner_text()
    assert "All sorted" not in page.locator(".welcome-card").inner_text()
    shot(page, "left-out")
    page.get_by_role("button", name="Let them in").click()
    page.wait_for_selector(".stage[data-filename]:not([data-filename=''])")
    shown = set()
    for left in range(len(NAMES), 0, -1):
        page.wait_for_function(f"document.querySelector('[data-file]').textContent.endsWith('1 of {left}')")
        page.wait_for_function("[...document.querySelectorAll('.stage video')].some((video) => video.readyState >= 2)")
        shown.add(page.locator("[data-file]").text_content())
        page.keyboard.press("1")
    wait_until_saved(page)
    assert set(NAMES) <= named.inside(FOLDERS[0])
    assert any(text.startswith("\N{FIRST STRONG ISOLATE}סרטון 5.mp4\N{POP DIRECTIONAL ISOLATE} ") for text in shown)
    page.keyboard.press("z")
    page.wait_for_function("document.querySelector('[data-file]').textContent.endsWith('1 of 1')")


def test_where_a_flag_decides_it_is_said_instead(named, serve, visitor):
    settings = load_settings(data_dir=named.data_dir, artifacts_dir=named.artifacts_dir, video_names="digits")
    page = visitor.open(serve(settings), ready=".left-out")
    assert "--video-names any" in page.locator(".left-out .result").inner_text()
    assert not page.get_by_role("button", name="Let them in").count()


def test_beside_a_pile_it_is_said_which_and_what_to_do_and_lets_them_in(named, serve, visitor, shot, axe):
    shutil.copy(named.data_dir / NAMES[0], named.data_dir / "1.mp4")
    Path("vidsort.toml").write_text(f'data_dir = "{named.data_dir}"\n')
    page = visitor.open(serve(load_settings(artifacts_dir=named.artifacts_dir)))
    told = page.locator(".toast .text", has_text="5 videos are left out because of their names")
    told.wait_for()
    assert NAMES[0] in told.inner_text()
    shot(page, "left-out-beside-a-pile")
    line = page.locator("[data-left-out]")
    assert line.inner_text() == "5 videos are left out because of their names"
    page.locator(".toast button", has_text="Show").click()
    panel = page.locator(".panel")
    panel.locator(".examples", has_text=NAMES[0]).wait_for()
    assert "video_names" in panel.inner_text()
    # A panel takes no key of review.
    assert page.evaluate("document.activeElement === document.body")
    shot(page, "left-out-panel")
    axe(page)
    line.click()
    page.wait_for_selector(".panel", state="hidden")
    line.click()
    page.get_by_role("button", name="Let them in").click()
    page.wait_for_function("document.querySelector('[data-left]').textContent === '6'")
    page.wait_for_selector("[data-left-out]", state="hidden")
    page.wait_for_selector(".panel", state="hidden")


def test_where_nothing_is_left_out_no_line_says_so(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(2).settings))
    page.wait_for_selector("[data-guesses] li")
    assert page.locator("[data-left-out]").is_hidden()


def test_a_preview_says_what_would_be_left_out_and_lets_it_in(named, serve, visitor, shot, axe, monkeypatch):
    Path("vidsort.toml").write_text("")
    monkeypatch.setenv("VIDSORT_ARTIFACTS_DIR", str(named.artifacts_dir))
    page = visitor.open(serve(load_settings()), ready="text=Where are your videos?")
    page.get_by_label("Folder with your videos").fill(str(named.data_dir))
    page.wait_for_selector(".preview:has-text('0 videos to sort, 3 folders')")
    page.locator(".left-out", has_text="5 videos are left out because of their names").wait_for()
    shot(page, "left-out-preview")
    axe(page)
    page.get_by_label("Let them in, whatever their names").check()
    page.get_by_role("button", name="Use this folder").click()
    page.wait_for_function("document.querySelector('[data-left]').textContent === '5'")


def test_what_nobody_would_see_of_a_name_is_shown_by_its_code_and_works(pile, serve, visitor, shot):
    hidden, turned = "fo\u200bod", "\u202eecnad"
    page = visitor.open(serve(pile.fill(4, (hidden, turned, "sport")).settings))
    page.wait_for_selector("[data-guesses] li:first-child .name:text-is('fo[U+200B]od')")
    names = page.locator(".folder .name").all_inner_texts()
    assert sorted(names) == ["[U+202E]ecnad", "fo[U+200B]od", "sport"]
    shot(page, "invisible-names")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert name_of(0) in pile.inside(hidden)
    page.locator(".toast .text", has_text="→ fo[U+200B]od").wait_for()
    whole = page.locator("body").inner_text()
    assert not {"\u200b", "\u202e"}.intersection(whole)
