"""A star is kept by its video wherever it is filed; what is thrown away lies in a folder that is not learned from."""

from pathlib import Path

import pytest

from page.conftest import name_of, wait_for_answer, wait_for_card, wait_until_saved
from vidsort.settings import load_settings

STARRED = "document.querySelector('[data-star]').ariaPressed"


@pytest.fixture
def page(pile, serve, visitor):
    pile.fill(4)
    Path("vidsort.toml").write_text(f'data_dir = "{pile.data_dir}"\n', encoding="utf-8")
    page = visitor.open(serve(load_settings(artifacts_dir=pile.settings.artifacts_dir)))
    wait_for_card(page, name_of(0))
    return page


def test_a_star_stays_with_its_video_on_its_way_and_over_a_reload(page, pile, shot, axe):
    assert page.evaluate(STARRED) == "false"
    page.keyboard.press("Shift+A")
    assert page.evaluate(STARRED) == "true"
    page.keyboard.press("2")
    wait_for_card(page, name_of(1))
    assert page.evaluate(STARRED) == "false"
    page.locator("[data-star]").click()
    wait_until_saved(page)
    wait_for_answer(page, "api/stars", "answer.videos.length === 2")
    page.reload()
    wait_for_card(page, name_of(1))
    page.wait_for_function(f"{STARRED} === 'true'")
    page.keyboard.press("Shift+S")
    page.wait_for_selector(".tile.has-star")
    assert page.locator(".group-head h2").all_inner_texts() == ["With a star", "In food"]
    shot(page, "starred")
    axe(page)
    # However fast it is pressed, the server hears it in that order.
    for _ in range(3):
        page.keyboard.press("Shift+A")
    page.wait_for_function("document.querySelectorAll('.tile.has-star').length === 1")
    wait_for_answer(page, "api/stars", f"answer.videos.map((one) => one.filename).join() === '{name_of(0)}'")
    assert (pile.data_dir / "food" / name_of(0)).is_file()


def test_without_any_the_page_says_so_and_one_that_is_refused_is_taken_back(page):
    page.keyboard.press("Shift+S")
    page.wait_for_selector(".toast:has-text('No video has a star yet.')")
    page.route("**/api/stars/*", lambda route: route.fulfill(status=500, json={"detail": "The disk is full."}))
    page.keyboard.press("Shift+A")
    page.wait_for_selector(".toast:has-text('The disk is full.')")
    page.wait_for_function(f"{STARRED} === 'false'")


def test_the_trash_is_made_when_it_is_first_wanted_and_undo_takes_out_of_it(page, pile, shot):
    page.keyboard.press("Delete")
    shot(page, "trash")
    page.get_by_role("button", name="Make it, and throw away").click()
    wait_for_card(page, name_of(1))
    page.wait_for_selector('[data-folder="trash"].is-aside')
    assert 'not_learned = ["trash"]' in Path("vidsort.toml").read_text(encoding="utf-8")
    page.keyboard.press("Shift+T")
    wait_for_card(page, name_of(2))
    wait_until_saved(page)
    assert sorted(pile.inside("trash")) == [name_of(0), name_of(1)]
    page.keyboard.press("z")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert pile.inside("trash") == {name_of(0)}


def test_in_the_grid_what_is_found_is_thrown_away_but_for_what_is_marked(page, pile):
    for _ in range(2):
        page.keyboard.press("Shift+A")
        page.keyboard.press("ArrowRight")
    wait_for_answer(page, "api/stars", "answer.videos.length === 2")
    page.keyboard.press("Shift+S")
    page.wait_for_selector(".tile.has-star")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Make it, and throw away").click()
    page.wait_for_selector(".toast:has-text('trash')")
    wait_until_saved(page)
    assert sorted(pile.inside("trash")) == [name_of(0), name_of(1)]
