"""Groups that are no folder yet: named, filed with their folder by one key, taken back by one undo."""

import pytest
from conftest import take_over

from page.conftest import Pile, name_of, wait_for_card
from vidsort import extract_features
from vidsort.features.modalities import ExtractConfig

WELCOME = '.welcome-card [data-do="groups"]'


FRAMES = ExtractConfig(modalities=("frames",))


@pytest.fixture(scope="module")
def seen_template(clips, tmp_path_factory):
    """The artifacts of such a pile as `seen` is, made once."""
    pile = Pile(tmp_path_factory.mktemp("seen"), clips).fill(40, folders=())
    extract_features.run(pile.settings, FRAMES)
    return pile.artifacts_dir


@pytest.fixture
def seen(pile, seen_template):
    """A pile of eight kinds of clip, each five times, without any folder, of which features were extracted."""
    pile.fill(40, folders=())
    take_over(seen_template, pile.settings, FRAMES)
    return pile


def wait_until_saved(page) -> None:
    """Also on a phone, where nobody sees that all is saved."""
    page.wait_for_selector('[data-sync][data-state="saved"]', state="attached")


def begin(page) -> None:
    page.click(WELCOME)
    page.wait_for_selector(".group-head.is-new")


def first_name(page):
    return page.locator(".group-name").first


@pytest.mark.parametrize("size", [(1440, 900), (390, 780)])
def test_without_any_folder_one_key_makes_one_of_a_group_and_one_undo_takes_both_back(
    seen, serve, visitor, shot, axe, size
):
    before = seen.tree()
    page = visitor.open(serve(seen.settings), size=size, ready=WELCOME)
    axe(page)
    begin(page)
    shot(page, f"groups-{size[0]}")
    axe(page)
    groups = page.locator(".tile").count()
    assert groups >= 5
    name = first_name(page).input_value()
    assert name == "Group 1"
    page.keyboard.press("x")
    kept = page.locator(".tile.is-marked").get_attribute("id").removeprefix("tile-")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    filed = seen.inside("Group 1")
    assert len(filed) >= 3
    assert kept not in filed
    assert page.locator(".toast:has-text('new folder Group 1')").count() == 1
    page.keyboard.press("z")
    wait_until_saved(page)
    assert seen.tree() == before
    assert first_name(page).input_value() == name


def test_a_group_is_filed_under_the_name_that_is_typed_and_the_next_joins_it(seen, serve, visitor):
    page = visitor.open(serve(seen.settings), ready=WELCOME)
    begin(page)
    first_name(page).fill("stripes")
    assert page.locator(".grid-title strong").inner_text() == "stripes"
    first_name(page).press("Enter")
    wait_until_saved(page)
    one = len(seen.inside("stripes"))
    assert one >= 4
    assert page.locator(".group-name").first.input_value() == "Group 2"
    first_name(page).fill("stripes")
    page.locator(".group-head.is-new button").first.click()
    wait_until_saved(page)
    assert len(seen.inside("stripes")) > one
    page.keyboard.press("z")
    wait_until_saved(page)
    assert len(seen.inside("stripes")) == one


def test_a_name_that_no_folder_can_have_is_told_and_the_group_stays(seen, serve, visitor):
    before = seen.tree()
    page = visitor.open(serve(seen.settings), ready=WELCOME)
    begin(page)
    tiles = page.locator(".tile").count()
    first_name(page).fill("con")
    first_name(page).press("Enter")
    page.wait_for_selector(".toast:has-text('Windows reserves it')")
    wait_until_saved(page)
    assert seen.tree() == before
    page.keyboard.press("p")
    page.wait_for_function(f"document.querySelectorAll('.tile').length === {tiles}")


def test_where_nothing_was_looked_at_yet_the_key_says_so(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(6).settings))
    wait_for_card(page, name_of(0))
    page.keyboard.press("p")
    page.wait_for_selector(".toast:has-text('No video of the pile has been looked at yet')")
    assert page.locator(".grid").is_hidden()


def test_what_is_typed_stays_when_the_keyboard_of_a_phone_comes_up(seen, serve, visitor):
    page = visitor.open(serve(seen.settings), ready=WELCOME, size=(390, 780))
    begin(page)
    first_name(page).fill("")
    page.keyboard.type("str")
    page.set_viewport_size({"width": 390, "height": 420})
    page.wait_for_function("innerHeight === 420")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.keyboard.type("ipes")
    assert first_name(page).input_value() == "stripes"
