"""On a phone: everything fits, everything can be hit, and swipes sort."""

import pytest

from page.conftest import name_of, on_show, wait_for_card

PHONE = {"size": (360, 740), "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def phone(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings), **PHONE)
    wait_for_card(page, name_of(0))
    return page


def swipe(page, dx: int, dy: int) -> None:
    """A finger that moves over the video; the protocol's own touch events, as a phone makes them."""
    box = page.locator("[data-card]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 5):
        point = {"x": x + dx * step / 4, "y": y + dy * step / 4}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()


def wait_until_saved(page) -> None:
    """The state is hidden on a phone while all is well."""
    page.wait_for_selector('[data-sync][data-state="saved"]', state="attached")


def test_ten_videos_are_sorted_by_swipes(phone, pile):
    for number in range(10):
        swipe(phone, 140 if number % 2 == 0 else -140, 10)
        wait_for_card(phone, name_of(number + 1))
    wait_until_saved(phone)
    folders = ("dance", "food", "sport")
    for number in range(10):
        # Right takes the first guess, left the second.
        assert name_of(number) in pile.inside(folders[(number + number % 2) % 3])


def test_down_undoes_and_up_opens_the_folders(phone, pile):
    swipe(phone, 140, 0)
    wait_for_card(phone, name_of(1))
    swipe(phone, 0, 140)
    wait_for_card(phone, name_of(0))
    swipe(phone, 0, -140)
    # A tap right after a swipe counts, too.
    phone.locator('[data-folder="sport"] .folder-button').tap()
    wait_for_card(phone, name_of(1))
    wait_until_saved(phone)
    assert name_of(0) in pile.inside("sport")


def test_a_short_touch_pauses_and_files_nothing(phone):
    phone.locator("[data-card]").tap()
    assert on_show(phone) == name_of(0)
    assert phone.get_by_role("button", name="Play", exact=True).is_visible()


# What opens each state, by key or touch, and what is there then.
STATES = {
    "single": (None, "video.on-show"),
    "sheet": ('[data-do="sheet"]', ".has-sheet .folders"),
    "edit": (".folder-more", "dialog[open]"),
    "grid": ('[data-do="grid"]', ".tile"),
    "history": ('[data-do="history"]', ".panel-body p"),
    "retrain": ('[data-do="retrain"]', ".panel .job"),
    "settings": ('[data-do="settings"]', "dialog[open]"),
    "help": ("?", "dialog[open]"),
    "find": ("/", "dialog[open] .option"),
    "new-folder": ("n", "dialog[open]"),
}
OVERFLOW = """() => [...document.querySelectorAll('#vidsort *')].filter((e) => {
    const box = e.getBoundingClientRect();
    const isSeen = e.checkVisibility({checkVisibilityCSS: true}) && box.width;
    return isSeen && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.for-readers, .sprite, .brand');
}).map((e) => e.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('#vidsort :is(button, input, select, .option)')].filter((e) => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility({checkVisibilityCSS: true}) && box.width && (box.height < 44 || box.width < 44);
}).map((e) => [e.outerHTML.slice(0, 120), e.getBoundingClientRect().width, e.getBoundingClientRect().height])"""
LONG = ("A name that goes on and on, longer than any phone is wide, and still is not over", "مطبخ", "x" * 100)


@pytest.mark.parametrize("size", [(360, 740), (740, 360)], ids=["upright", "across"])
def test_nothing_overflows_and_every_target_is_44_pixels(pile, serve, visitor, shot, size):
    phone = visitor.open(serve(pile.fill(6, LONG).settings), **PHONE | {"size": size})
    phone.wait_for_selector("video.on-show")
    for state, (opening, there) in STATES.items():
        if opening and len(opening) == 1:
            phone.keyboard.press(opening)
        elif opening:
            phone.locator(opening).first.tap()
        phone.wait_for_selector(there)
        assert (state, phone.locator(".has-sheet").count()) == (state, int(state in ("sheet", "edit")))
        phone.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
        shot(phone, f"phone-{size[0]}-{state}")
        assert (state, phone.evaluate(OVERFLOW)) == (state, [])
        assert (state, phone.evaluate(SMALL)) == (state, [])
        assert phone.evaluate("document.documentElement.scrollWidth") <= size[0]
        # The folder's tools are opened from the sheet.
        if state != "sheet":
            phone.keyboard.press("Escape")
            phone.wait_for_selector("dialog", state="detached")


def test_saving_is_told_on_a_phone_when_it_fails(phone):
    phone.context.set_offline(True)
    swipe(phone, 140, 0)
    phone.wait_for_selector('[data-sync][data-state="trouble"]')
    phone.wait_for_function("document.querySelector('[data-shout]').textContent.startsWith('Server away: 1 kept')")
    # Below the bar's other parts, which stay where they are.
    below = phone.locator("[data-sync]").bounding_box()["y"]
    assert below > phone.locator(".tools").bounding_box()["y"]
    phone.context.set_offline(False)
    wait_until_saved(phone)


def test_what_is_marked_in_the_grid_goes_into_a_folder_without_any_key(phone, pile):
    phone.locator('[data-do="grid"]').first.tap()
    phone.locator(".tile").nth(1).tap()
    phone.locator('.grid-head [data-do="sheet"]').tap()
    phone.locator('[data-folder="sport"] .folder-button').tap()
    wait_until_saved(phone)
    assert name_of(3) in pile.inside("sport")
    assert phone.locator(".has-sheet").count() == 0
    phone.get_by_role("button", name="File the rest in dance").tap()
    wait_until_saved(phone)
    assert len(pile.inside("dance")) == 2 + 7


def test_a_small_movement_files_nothing(phone):
    swipe(phone, 20, 5)
    assert on_show(phone) == name_of(0)
