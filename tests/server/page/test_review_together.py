"""Two browsers on one pile: no card is on show in both, none is filed twice, and each sees what the other did."""

import random
from contextlib import closing

import pytest

from page.conftest import FOLDERS, name_of, on_show, wait_for_card, wait_until_saved
from vidsort.store import open_database

PILE = 60


@pytest.fixture
def two(pile, serve, visitor):
    """Two browsers of two people on the same page."""
    address = serve(pile.fill(PILE).settings)
    pages = [visitor.open(address), visitor.open(address)]
    for page in pages:
        page.wait_for_selector("[data-stage][data-filename]")
    return pages


def shown_in(page) -> str | None:
    return page.evaluate("document.querySelector('.review').dataset.view === 'single' ? "
                         "document.querySelector('[data-stage]').dataset.filename : null")


@pytest.mark.storm
def test_two_browsers_empty_a_pile_of_sixty_and_file_each_video_once(two, pile):
    chosen = random.Random(7)
    first, second = two
    assert on_show(first) != on_show(second)
    for _ in range(PILE * 2):
        page = chosen.choice(two)
        if shown_in(page) is not None:
            page.keyboard.press(chosen.choice("123f"))
        page.wait_for_timeout(chosen.choice((0, 0, 40, 120)))
        if not pile.unsorted():
            break
    for page in two:
        page.wait_for_selector(".welcome-card h2:has-text('All sorted')", timeout=90_000)
        wait_until_saved(page)
        assert page.locator(".toast.is-failure").count() == 0
    moves = first.evaluate("fetch('api/history?limit=200').then((r) => r.json()).then((j) => j.moves)")
    assert sorted(move["source"] for move in moves) == sorted(name_of(number) for number in range(PILE))
    assert len({move["by"] for move in moves}) == 2
    assert sum(len(pile.inside(folder)) for folder in FOLDERS) == PILE + 2 * len(FOLDERS)


def test_no_card_is_on_show_in_both(two):
    first, second = two
    for number in range(24):
        assert shown_in(first) != shown_in(second)
        page = two[number % 3 == 0]
        page.keyboard.press("123"[number % 3])
        wait_until_saved(page)
        page.wait_for_timeout(50)


def test_who_is_second_with_a_card_is_told_where_it_went_and_has_no_error(pile, serve, visitor):
    """As after a minute of doing nothing, when a card may be on show in two browsers."""
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    page.route("**/api/events", lambda route: route.abort())
    headers = "{'Content-Type': 'application/json', 'X-Vidsort-Browser': 'another'}"
    body = f"JSON.stringify({{filename: '{name_of(0)}', folder: 'dance'}})"
    # From within the page, at once before the press: nothing has told it by then.
    page.evaluate(
        f"fetch('api/sort', {{method: 'POST', headers: {headers}, body: {body}}}).then(() => {{ "
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: '3', code: 'Digit3', bubbles: true})); })"
    )
    page.wait_for_selector(".toast:has-text('was filed in dance by other hands')")
    assert page.locator(".toast.is-failure").count() == 0
    assert name_of(0) in pile.inside("dance")


def test_what_one_files_leaves_the_others_page_and_its_history_says_whose_it_was(two):
    first, second = two
    shown = on_show(first)
    second.keyboard.press("h")
    first.keyboard.press("1")
    wait_until_saved(first)
    row = second.locator(".move").first
    row.locator(".when:has-text('in another browser')").wait_for()
    assert shown in row.locator(".when").inner_text()
    first.keyboard.press("h")
    first.locator(".move").first.wait_for()
    assert "another browser" not in first.locator(".move .when").first.inner_text()


def test_the_last_cards_are_told_to_be_in_other_hands_and_come_when_those_let_go(pile, serve, visitor):
    address = serve(pile.fill(2).settings)
    first = visitor.open(address)
    wait_for_card(first, name_of(0))
    second = visitor.open(address, ready=".welcome-card h2:has-text('The last 2 are in other hands')")
    first.close()
    # The leases of a browser that has gone end by themselves; here they are ended, so that nobody waits for a minute.
    with closing(open_database(pile.artifacts_dir)) as database, database.write() as connection:
        assert connection.execute("UPDATE leases SET until = 0").rowcount == 2
    wait_for_card(second, name_of(0))
