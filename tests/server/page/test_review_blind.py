"""A blind card is blind wherever the page shows it: in the grid, among finds, in groups, in what is filed for one."""

import contextlib

import pytest
from promising import pile_up

from page.conftest import name_of
from vidsort import extract_features, library
from vidsort.features.contents import contents_of
from vidsort.features.words import gather
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

QUEUE = "fetch('api/queue?limit=1000').then((answer) => answer.json()).then((page) => page.videos)"
TILES = """() => [...document.querySelectorAll(".tile")].map((tile) => ({
    filename: decodeURIComponent(tile.id.slice(5)), label: tile.ariaLabel,
    share: tile.querySelector(".share")?.textContent,
}))"""
FOLDERS = ("dance", "food", "sport")


def says_a_guess(tile: dict) -> bool:
    return bool(tile["share"]) or "%" in tile["label"] or any(folder in tile["label"] for folder in FOLDERS)


@pytest.fixture
def all_blind(pile):
    """A pile of which every card is blind, and all have the same words."""
    pile.fill(12)
    for number in range(12):
        (pile.data_dir / name_of(number)).with_suffix(".description").write_text("a rook ending")
    with contextlib.closing(open_database(pile.settings.artifacts_dir)) as database:
        hashes = contents_of(FeatureStore(database), library.videos(pile.data_dir)).hashes
        gather(database, pile.data_dir, hashes)
    return pile.settings.model_copy(update={"blind_share": 1.0})


def test_the_grid_puts_blind_cards_apart_and_says_nothing_of_their_guesses(settings, serve, visitor, axe):
    pile_up(settings, 36, 12)
    page = visitor.open(serve(settings.model_copy(update={"blind_share": 0.3})), size=(1280, 3000))
    page.keyboard.press("g")
    page.wait_for_selector(".grid .tile")
    blind = {video["filename"] for video in page.evaluate(QUEUE) if video["blind"]}
    tiles = page.evaluate(TILES)
    assert 5 <= len(blind) < len(tiles)
    unguessed = {tile["filename"] for tile in tiles if not tile["filename"].startswith("72")}
    assert {tile["filename"] for tile in tiles if not says_a_guess(tile)} == blind | unguessed
    heads = page.locator(".group-head h2").all_inner_texts()
    assert heads[-1] == "Blind: what do you see?"
    assert sorted(tile["filename"] for tile in tiles[-len(blind):]) == sorted(blind)
    axe(page)
    # Enter has no folder for them; a folder's key takes what is marked.
    page.locator(".tile").last.click()
    page.keyboard.press("2")
    page.wait_for_selector(".toast:has-text('1 video → food')")


def test_what_is_found_and_what_is_filed_for_one_show_no_guess_of_a_blind_card(all_blind, serve, visitor):
    page = visitor.open(serve(all_blind))
    page.wait_for_selector("[data-guess-title]:text('Blind')")
    page.keyboard.press("q")
    page.keyboard.type("rook")
    page.wait_for_selector("dialog .form-note:has-text('press Enter')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".grid .tile")
    tiles = page.evaluate(TILES)
    assert len(tiles) == 12
    assert [tile for tile in tiles if says_a_guess(tile)] == []
    # It comes back as blind as it went.
    page.keyboard.press("2")
    page.wait_for_function("!document.querySelector('.tile')")
    page.keyboard.press("z")
    page.wait_for_selector(".tile")
    assert [tile for tile in page.evaluate(TILES) if says_a_guess(tile)] == []


def test_what_is_like_a_blind_card_is_not_shown_either(all_blind, serve, visitor):
    page = visitor.open(serve(all_blind))
    page.wait_for_selector("[data-stage][data-filename]")
    page.keyboard.press("Shift+W")
    page.wait_for_selector(".toast:has-text('This card is blind')")
    assert page.locator(".tile").count() == 0


def test_the_least_sure_that_would_be_filed_leave_blind_cards_out(settings, serve, visitor):
    pile_up(settings, 60, 10)
    page = visitor.open(serve(settings))
    page.keyboard.press("Shift+F")
    shown = ".autofile-least img"
    page.wait_for_selector(shown)
    names = page.locator(shown).evaluate_all("(all) => all.map((img) => img.dataset.filename)")
    page.keyboard.press("Escape")
    page.route("**/api/queue/blind", lambda route: route.fulfill(json={"filenames": names[:-1]}))
    page.keyboard.press("Shift+F")
    page.wait_for_selector(f'{shown}[data-filename="{names[-1]}"]')
    assert page.locator(shown).count() == 1


def test_groups_that_are_no_folder_yet_show_no_guess_of_a_blind_card(pile, serve, visitor):
    pile.fill(40)
    extract_features.run(pile.settings, extract_features.ExtractConfig(modalities=("frames",)))
    page = visitor.open(serve(pile.settings.model_copy(update={"blind_share": 1.0})))
    page.wait_for_selector("[data-guess-title]:text('Blind')")
    page.keyboard.press("p")
    page.wait_for_selector(".group-head.is-new")
    assert [tile for tile in page.evaluate(TILES) if says_a_guess(tile)] == []
