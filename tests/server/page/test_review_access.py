"""For everyone: by keyboard alone, enlarged, in the system's own colours, without motion, and not by colour alone."""

import io

import pytest
from PIL import Image

from page.conftest import FOLDERS, Line, name_of, on_show, wait_for_card, wait_until_saved

PHONE = {"size": (390, 844), "has_touch": True, "is_mobile": True}
ACROSS = {"size": (740, 360), "has_touch": True, "is_mobile": True}
MANY = tuple(f"{place:02} folder" for place in range(59))
LONG = "A name that goes on and on, longer than any list is wide, and still is not over"
# What is found under each toast, asked every few pixels as if the toast were not there. Only of what is painted:
# what lies beneath gives way in the frame that a toast comes up in, after the key press was answered.
COVERED = """async () => {
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    const box = document.querySelector('.toasts');
    const found = new Set();
    box.style.visibility = 'hidden';
    for (const toast of box.children) {
        const {left, right, top, bottom} = toast.getBoundingClientRect();
        for (let x = left; x <= right; x += 6) for (let y = top; y <= bottom; y += 6) {
            const under = document.elementFromPoint(x, y)?.closest('#vidsort :is(button, input, select, a)');
            if (under) found.add(under.outerHTML.slice(0, 80));
        }
    }
    box.style.visibility = '';
    return [...found];
}"""


@pytest.fixture
def opened(pile, serve, visitor):
    """`opened(folders, count, **options)` gives a page on a pile of so many videos."""

    def open_page(folders=FOLDERS, count=24, **options):
        page = visitor.open(serve(pile.fill(count, folders).settings), **options)
        wait_for_card(page, name_of(0))
        return page

    return open_page


def focused(page, expression: str) -> object:
    return page.evaluate(f"(e => {expression})(document.activeElement)")


@pytest.mark.parametrize(
    "options",
    [
        {"size": (1440, 900)}, {"size": (640, 400)}, PHONE,
        # Between these three, or turned by a quarter.
        pytest.param({"size": (1280, 620)}, marks=pytest.mark.storm),
        pytest.param({"size": (1024, 700)}, marks=pytest.mark.storm), pytest.param(ACROSS, marks=pytest.mark.storm),
    ],
    ids=["wide", "enlarged", "phone", "low", "narrow", "across"],
)
def test_a_toast_lies_over_no_button_wherever_it_comes_up(opened, pile, options):
    page = opened(**options)
    (pile.data_dir / "dance" / name_of(0)).write_bytes(b"in the way")
    for key in ("1", "2", "3", "b"):
        page.keyboard.press(key)
    page.wait_for_selector(".toast.is-failure")
    panels = ("h", ".move .button"), ("r", ".job"), ("rg", ".tile"), ("h", ".move .button")
    for keys, there in (("", ".guess-button"), *panels):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_selector(there)
        page.keyboard.press("b")
        page.wait_for_selector(".toast:has-text('B has no folder')")
        assert (keys, page.evaluate(COVERED)) == (keys, [])
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('videos →')")
    assert page.evaluate(COVERED) == []


def test_an_enlarged_page_keeps_the_hints_of_keys_and_a_phone_has_none(opened, visitor):
    """A window of 1280 by 800 at 200 % is one of 640 by 400, with a mouse beside it."""
    page = opened(size=(640, 400), device_scale_factor=2)
    assert page.locator("[data-guesses] kbd:visible").all_inner_texts() == ["↵", "D", "V"]
    assert page.locator(".actions kbd:visible").all_inner_texts() == ["Z", "S", "W"]
    assert page.get_by_role("button", name="Help").is_visible()
    beyond = "[...document.querySelectorAll('#vidsort :is(button, kbd)')].filter((e) => e.checkVisibility("
    beyond += "{checkVisibilityCSS: true}) && e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML)"
    assert page.evaluate(beyond) == []
    page.get_by_role("button", name="Folders", exact=True).click()
    page.wait_for_selector('[data-folder="dance"] kbd:visible')
    phone = visitor.open(page.url, **PHONE)
    # Another card: it is another browser.
    phone.wait_for_selector("[data-stage][data-filename]")
    assert phone.locator("kbd:visible").count() == 0


def test_the_first_stop_of_tab_leads_past_everything_to_what_is_reviewed(opened, pile):
    page = opened()
    page.keyboard.press("Tab")
    assert focused(page, "e.textContent") == "Skip to the video"
    box = page.locator(".skip-link").bounding_box()
    assert box["width"] > 100
    page.keyboard.press("Enter")
    assert focused(page, "e.id") == "guess"
    page.keyboard.press("Tab")
    assert focused(page, "e.className") == "guess-button"
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    assert focused(page, "e.className") == "grid-scroll"


def test_sixty_folders_are_one_stop_of_tab_and_arrows_go_through_them(opened, pile):
    page = opened((LONG, *MANY), 6)
    stops = page.locator("#vidsort :is(a, button, input, [tabindex='0']):visible:not([tabindex='-1'])").count()
    assert stops < 22
    page.locator('[data-do="find"]').focus()
    page.keyboard.press("Tab")
    assert focused(page, "e.closest('li').dataset.folder") == MANY[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page, "e.closest('li').dataset.folder") == MANY[2]
    # The arrows are the list's: the card on show stays.
    page.keyboard.press("ArrowRight")
    assert focused(page, "e.getAttribute('aria-label')") == f"Look into {MANY[2]}"
    page.keyboard.press("ArrowRight")
    assert focused(page, "e.getAttribute('aria-label')") == f"Change {MANY[2]}"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    assert focused(page, "e.closest('li').dataset.folder") == LONG
    assert on_show(page) == name_of(0)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert focused(page, "e.closest('li').dataset.folder") == MANY[1]
    # One that no key is left for is filed into from here.
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert name_of(0) in pile.inside(LONG)


def test_the_tools_are_one_stop_of_tab(opened):
    page = opened()
    page.locator('[data-do="retrain"]').focus()
    page.keyboard.press("ArrowRight")
    assert focused(page, "e.dataset.do") == "search"
    assert on_show(page) == name_of(0)
    page.keyboard.press("Tab")
    assert focused(page, "e.dataset.do") == "newFolder"


def test_names_stand_below_one_another_with_a_key_or_without(opened):
    page = opened((LONG, *MANY), 3)
    edges = page.evaluate(
        "[...document.querySelectorAll('.folder')].map((row) =>"
        " [row.querySelector('.name').getBoundingClientRect().left,"
        " row.querySelector('.count').getBoundingClientRect().right])"
    )
    assert len({tuple(edge) for edge in edges}) == 1
    assert page.locator(".folder kbd.is-free").count() > 20


def test_in_the_systems_own_colours_bars_and_sliders_are_seen(opened):
    page = opened(forced_colors="active")
    page.wait_for_selector("video.on-show")
    page.keyboard.press("Space")
    page.locator("[data-seek]").evaluate("(seek) => { seek.value = 500; seek.dispatchEvent(new Event('input')); }")
    page.locator("[data-volume]").fill("60")
    for selector in (".pile-bar", "[data-guesses] li:first-child .bar", "[data-seek]", "[data-volume]"):
        element = page.locator(selector)
        if selector.endswith(".bar"):
            element.locator("i").evaluate("(fill) => fill.style.setProperty('--share', '0.5')")
        colours = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
        row = [colours.getpixel((x, colours.height // 2)) for x in range(2, colours.width - 2)]
        left, right = row[len(row) // 8], row[-len(row) // 8 or -2]
        # What is full, what is left and what lies around are told apart.
        around = page.evaluate("getComputedStyle(document.querySelector('#vidsort')).backgroundColor")
        assert (selector, left) != (selector, right)
        assert str(left) not in around


def test_nothing_moves_by_itself_where_that_was_asked_for(opened):
    page = opened(reduced_motion="reduce")
    page.wait_for_selector("video.on-show")
    still = "[...document.querySelectorAll('video')].every((v) => v.paused && v.currentTime === 0)"
    assert page.evaluate(still)
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    page.wait_for_selector(f'video.on-show[data-filename="{name_of(1)}"]')
    assert page.evaluate(still)
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('video.on-show').currentTime > 0")
    page.keyboard.press("g")
    page.clock.install()
    page.locator(".tile").first.hover()
    page.clock.run_for(1_000)
    assert page.locator(".tile video").count() == 0
    running = "document.getAnimations().filter((each) => each.effect.getComputedTiming().duration > 1).length"
    assert page.evaluate(running) == 0


def test_how_good_guesses_were_and_what_is_saved_have_forms_and_not_only_colours(visitor, opened):
    context = visitor.context()
    line = Line(context, "**/api/sort")
    page = opened(context=context)
    forms = page.evaluate("""() => {
        const dot = document.querySelector('.agreement');
        return ['high', 'middle', 'low'].map((level) => {
            dot.dataset.level = level;
            const {backgroundImage, backgroundSize} = getComputedStyle(dot);
            return `${backgroundImage === 'none'} ${backgroundSize}`;
        });
    }""")
    assert len(set(forms)) == 3
    line.is_cut = True
    page.keyboard.press("1")
    page.wait_for_selector(".toast .mark")
    mark = "getComputedStyle(document.querySelector('.toast .mark'), '::before').content"
    page.wait_for_function(f"{mark}.includes('…')")
    line.is_cut = False
    wait_until_saved(page)
    page.wait_for_function(f"{mark}.includes('✓')")
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    assert page.evaluate("getComputedStyle(document.querySelector('.is-active h2')).textDecorationLine") == "underline"
    pressed = "getComputedStyle(document.querySelector('.tools [data-do=grid]')).boxShadow"
    assert page.evaluate(pressed) != "none"
