"""Pictures come few at a time, so that what the person does is never behind them; the grid offers new guesses."""

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route

from page.conftest import PILE, name_of, predict, wait_for_card, wait_until_saved

MOST = 3


class Held:
    """Pictures that the server does not send before it is told to; what the page gives up is no longer in flight."""

    def __init__(self, context: BrowserContext) -> None:
        self.waiting: dict[Request, Route] = {}
        self.asked: list[str] = []
        context.on("requestfailed", lambda request: self.waiting.pop(request, None))
        for pictures in ("**/posters/*", "**/strips/*"):
            context.route(pictures, self.take)

    def take(self, route: Route) -> None:
        self.asked.append(route.request.url)
        self.waiting[route.request] = route

    def in_flight(self, page: Page) -> int:
        """How many there are once the browser has told of those that the page gave up, which is after the next one."""
        for _ in range(40):
            if len(self.waiting) <= MOST:
                break
            page.wait_for_timeout(50)
        return len(self.waiting)

    def send_all(self) -> None:
        waiting, self.waiting = list(self.waiting.values()), {}
        for route in waiting:
            route.continue_()


@pytest.fixture
def context(visitor) -> BrowserContext:
    return visitor.context()


@pytest.fixture
def held(context) -> Held:
    return Held(context)


@pytest.fixture
def page(pile, serve, visitor, context, held):
    page = visitor.open(serve(pile.fill(60).settings), context=context)
    wait_for_card(page, name_of(0))
    return page


def test_a_click_is_not_behind_the_pictures(page, pile, held):
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert 0 < held.in_flight(page) <= MOST
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    assert page.locator(".tile").count() > MOST
    assert 0 < held.in_flight(page) <= MOST
    page.get_by_role("button", name="File the rest in food").click()
    wait_until_saved(page)
    assert len(pile.inside("food")) > 2
    assert 0 < held.in_flight(page) <= MOST


def test_pictures_come_one_after_another_and_what_is_out_of_sight_is_not_asked_for(page, held, eventually):
    page.keyboard.press("g")
    page.wait_for_selector(".tile")

    def shown() -> int:
        assert held.in_flight(page) <= MOST
        held.send_all()
        page.wait_for_timeout(20)
        return page.evaluate(
            "[...document.querySelectorAll('.tile img')].filter((i) => i.naturalWidth || i.hidden).length"
        )

    tiles = page.locator(".tile").count()
    eventually(lambda: shown() == tiles, 60)
    assert len(held.asked) == len(set(held.asked))
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.wait_for_function("[...document.querySelectorAll('.tile img')].every((i) => i.naturalWidth || i.hidden)")
    assert len(held.asked) == len(set(held.asked))


def test_a_grid_that_is_open_when_new_guesses_come_offers_to_regroup(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    marked = page.locator(".tile.is-marked").get_attribute("id")
    again = page.get_by_role("button", name="New guesses: regroup")
    assert again.count() == 0
    pile.predict([predict(name_of(number), number + 1) for number in range(PILE)])
    again.wait_for()
    # Nothing moves before it is asked for.
    assert page.inner_text(".grid-title strong") == "dance"
    was = page.locator(".tile").first.get_attribute("id")
    assert was == f"tile-{name_of(0)}"
    again.click()
    page.wait_for_function(f"document.querySelector('.tile').id !== '{was}'")
    assert again.count() == 0
    assert page.locator(".tile.is-marked").get_attribute("id") == marked
    # The one whose turn it was is still it, in its new group.
    assert page.locator(".tile.is-at").get_attribute("id") == marked
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    assert again.count() == 0
