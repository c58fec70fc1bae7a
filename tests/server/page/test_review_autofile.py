"""File for me, and blind cards, in a browser."""

import pytest
from conftest import AXE
from promising import name_of, pile_up

from page.conftest import wait_until_saved

SURE, UNSURE = 60, 10
SERIOUS = "axe.run(document.querySelector('#vidsort')).then((r) => r.violations.map((v) => [v.impact, v.id]))"


@pytest.fixture
def piled(settings):
    pile_up(settings, SURE, UNSURE)
    return settings


def open_dialog(page):
    page.keyboard.press("Shift+F")
    page.wait_for_selector(".autofile-least img")


def left(page):
    return int(page.inner_text("[data-left]"))


def violations(page):
    page.add_script_tag(path=AXE)
    return [name for impact, name in page.evaluate(SERIOUS) if impact in ("serious", "critical")]


def test_a_rate_is_named_what_it_means_is_shown_and_one_undo_takes_it_back(piled, serve, visitor):
    page = visitor.open(serve(piled))
    page.wait_for_function("document.querySelector('[data-left]').textContent > 0")
    before = left(page)
    open_dialog(page)
    assert page.locator(".autofile-least li").count() == 10
    assert "blind card" in page.inner_text("dialog .form-note >> nth=0")
    page.locator("label", has_text="5%").click()
    page.wait_for_function("document.querySelector('dialog .primary').textContent.match(/File \\d+ video/)")
    assert violations(page) == []
    page.locator("dialog .primary").click()
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_selector(".toast button:text('Undo')")
    page.wait_for_function("(before) => document.querySelector('[data-left]').textContent < before - 50", arg=before)
    assert len(list(piled.data_dir.glob("*/72*.mp4"))) == before - left(page)
    page.click(".toast button:text('Undo')")
    page.wait_for_function("(before) => document.querySelector('[data-left]').textContent == before", arg=before)
    wait_until_saved(page)
    assert list(piled.data_dir.glob("*/72*.mp4")) == []


def test_cancel_files_nothing(piled, serve, visitor):
    page = visitor.open(serve(piled))
    open_dialog(page)
    page.click("dialog button:text('Cancel')")
    page.wait_for_selector("dialog", state="detached")
    assert list(piled.data_dir.glob("*/72*.mp4")) == []


def test_a_blind_card_shows_no_guess_and_takes_a_folders_key(piled, serve, visitor):
    page = visitor.open(serve(piled.model_copy(update={"blind_share": 1.0})))
    page.wait_for_selector("[data-guess-title]:text('Blind')")
    assert page.locator(".guess-button:visible").count() == 0
    assert "no guess" in page.inner_text("[data-tip]")
    assert violations(page) == []
    card = page.get_attribute("[data-stage][data-filename]", "data-filename")
    for key in ("f", "d", "w"):
        page.keyboard.press(key)
        page.wait_for_selector(".toast:has-text('This card is blind')")
    assert page.get_attribute("[data-stage]", "data-filename") == card
    page.keyboard.press("2")
    wait_until_saved(page)
    assert (piled.data_dir / "food" / card).is_file()
    agreement = page.evaluate("fetch('api/pace').then((r) => r.json()).then((pace) => pace.agreement)")
    assert agreement["blind_count"] == 1
    page.keyboard.press("z")
    wait_until_saved(page)
    page.wait_for_selector("[data-guess-title]:text('Blind')")
    assert name_of(0) in {path.name for path in piled.data_dir.glob("72*.mp4")}
