"""Several people on one pile: each signs in, sees who that is, may do what the role may, and is told of the rest."""

from pathlib import Path

import pytest
from peopled import PASSWORDS, quick_hash, write_people
from pydantic import SecretStr

from page.conftest import name_of, on_show, wait_for_card, wait_until_saved
from page.visiting import READY
from vidsort.accounts.users_file import changing

USERS = Path("users.toml")
# The same person in another browser.
SORTED_ELSEWHERE = """(filename) => fetch("api/sort", {
    method: "POST", headers: {"Content-Type": "application/json", "X-Vidsort-Browser": "another"},
    body: JSON.stringify({filename, folder: "food"}),
}).then((answer) => answer.status)"""
LAST_IS_RITAS = "fetch('api/history').then((answer) => answer.json()).then(({ moves }) => moves[0]?.account === 'rita')"


@pytest.fixture
def peopled(pile, serve) -> str:
    """The address of a server with accounts: vera watches, rita reviews, adam is an admin."""
    write_people(USERS)
    return serve(pile.fill().settings)


@pytest.fixture
def signed_in(peopled, visitor):
    """`signed_in(name)`: the page of somebody in a browser of the own."""

    def sign_in(name: str, **options):
        page = visitor.open(peopled, ready="#name", **options)
        page.fill("#name", name)
        page.fill("#password", PASSWORDS[name])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector(READY)
        page.wait_for_selector("[data-stage][data-filename]")
        return page

    return sign_in


def test_who_signs_in_sees_who_that_is_and_logs_out(signed_in, peopled, visitor):
    page = signed_in("rita")
    who = page.get_by_role("button", name="Signed in as rita")
    assert who.inner_text() == "rita"
    who.click()
    assert "A reviewer sorts, moves and puts off videos" in page.locator("dialog").inner_text()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.wait_for_selector("#name")
    page.goto(peopled)
    page.wait_for_selector("#name")


def test_a_wrong_password_is_said_on_the_page_and_the_name_stays(peopled, visitor, axe):
    page = visitor.open(peopled, ready="#name")
    assert page.evaluate("document.activeElement.id") == "name"
    page.fill("#name", "rita")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="do not belong together").wait_for()
    assert page.input_value("#name") == "rita"
    axe(page, "main")


def test_who_watches_changes_nothing_and_keeps_no_card_from_others(signed_in, pile, axe):
    watching, before = signed_in("vera"), pile.tree()
    asked = []
    watching.on("request", lambda request: asked.append((request.method, request.url.rpartition("/api/")[2])))
    for control in ("Undo", "Skip", "File for me", "New folder", "Keys and order", "Find"):
        assert watching.get_by_role("button", name=control).count() == 0, control
    assert watching.locator(".guess-button").first.get_attribute("aria-disabled") == "true"
    axe(watching)
    for key in ("f", "1", "s", "z", "n", "Shift+r", "Shift+f", "Shift+l"):
        watching.keyboard.press(key)
        watching.wait_for_function("document.querySelector('.toast .text')?.textContent.includes('you are a viewer')")
    watching.keyboard.press("m")
    watching.keyboard.press("?")
    assert "File in the first guess" not in watching.locator("dialog").inner_text()
    watching.keyboard.press("Escape")
    # What is on show there is the first card of who sorts.
    assert on_show(signed_in("rita")) == on_show(watching) == name_of(0)
    assert pile.tree() == before
    assert {(method, path) for method, path in asked if method != "GET"} <= {("POST", "queue/entries")}


def test_a_reviewer_sorts_and_is_told_what_is_for_an_admin(signed_in, pile):
    page = signed_in("rita")
    page.keyboard.press("f")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    for key, label in (("n", "New folder"), ("Shift+r", "Retrain now"), ("Shift+f", "File for me")):
        page.keyboard.press(key)
        sentence = f"{label} is for an admin, and you are a reviewer: ask an admin."
        page.locator("[data-toasts]").filter(has_text=sentence).wait_for()
    assert page.get_by_role("button", name="Change dance").count() == 0
    page.keyboard.press("/")
    page.locator("dialog input").wait_for()
    page.keyboard.type("a new one")
    assert page.get_by_text("Make “a new one” and file here").count() == 0
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.keyboard.press("z")
    wait_until_saved(page)
    wait_for_card(page, name_of(0))
    assert name_of(0) in pile.unsorted()


def test_the_history_says_who_did_it_and_who_may_take_it_back(signed_in, pile):
    rita, adam = signed_in("rita"), signed_in("adam")
    first, second = on_show(rita), on_show(adam)
    assert first != second
    for page in (rita, adam):
        page.keyboard.press("1")
        wait_until_saved(page)
        page.keyboard.press("h")
    for page, other in ((rita, "adam"), (adam, "rita")):
        page.wait_for_selector(f".move:has-text('by {other}')")
    assert rita.locator(".move:has-text('by adam') button").count() == 0
    assert rita.locator(".move:not(:has-text('by adam')) button").count() == 1
    adam.locator(".move:has-text('by rita') button").click()
    rita.wait_for_selector(".move.is-undone:has-text('by adam')")
    assert first in pile.unsorted()
    assert second not in pile.unsorted()


def test_another_role_changes_the_page_at_once(signed_in):
    page = signed_in("rita")
    with changing(USERS.absolute()) as known:
        known.accounts["rita"] = known.accounts["rita"].model_copy(update={"role": "viewer"})
    page.wait_for_selector('#vidsort[data-role="viewer"]')
    assert page.get_by_role("button", name="Skip").count() == 0


def test_what_one_person_did_not_send_waits_for_that_one_and_goes_out_as_nobody_elses(signed_in, pile, peopled):
    page = signed_in("rita")
    with changing(USERS.absolute()) as known:
        known.accounts["rita"] = known.accounts["rita"].model_copy(update={"password": quick_hash("another password")})
    page.keyboard.press("f")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    assert "reload and log in (1 kept)" in page.locator("[data-sync]").inner_text()

    def again(name: str, password: str) -> None:
        page.goto(peopled)
        page.fill("#name", name)
        page.fill("#password", password)
        page.keyboard.press("Enter")
        page.wait_for_selector(READY)
        page.wait_for_selector("[data-stage][data-filename]")
        wait_until_saved(page)

    again("adam", PASSWORDS["adam"])
    assert name_of(0) in pile.unsorted()
    page.get_by_role("button", name="Signed in as adam").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.wait_for_selector("#name")
    again("rita", "another password")
    page.wait_for_function(LAST_IS_RITAS)
    assert name_of(0) in pile.inside("dance")


def test_who_is_second_with_a_card_is_told_who_was_first(signed_in, serve, pile):
    rita = signed_in("rita")
    shown = on_show(rita)
    assert rita.evaluate(SORTED_ELSEWHERE, shown) == 200
    rita.wait_for_function("document.querySelector('[data-toasts]').textContent.includes('was filed in food by rita')")


def test_on_a_phone_the_way_out_is_in_the_settings(signed_in):
    page = signed_in("rita", size=(390, 844), has_touch=True, is_mobile=True)
    assert not page.locator("[data-who]").is_visible()
    page.get_by_role("button", name="Keys and order").click()
    assert page.get_by_role("button", name="Log out", exact=True).is_visible()
    assert "You are rita." in page.locator("dialog").inner_text()


def test_who_came_in_with_the_one_password_logs_out_as_well(pile, serve, visitor):
    address = serve(pile.fill().settings.model_copy(update={"password": SecretStr("open sesame")}))
    page = visitor.open(address, ready="#password")
    assert page.locator("#name").count() == 0
    page.fill("#password", "open sesame")
    page.keyboard.press("Enter")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Signed in with the password").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.wait_for_selector("#password")


def test_where_nobody_is_asked_nothing_is_said_of_signing_in(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    assert not page.locator("[data-who]").is_visible()
    page.keyboard.press(",")
    assert page.get_by_role("button", name="Log out", exact=True).count() == 0
