"""Looking into a folder: what lies in it, in several orders; what is chosen goes elsewhere, and back by one undo."""

import shutil

import pytest

from page.conftest import name_of, wait_for_card, wait_until_saved

FIRST = 7300000000000000000


def in_folder(number: int) -> str:
    return f"{FIRST + number}.mp4"


@pytest.fixture
def filled(pile):
    """A pile of six, and a folder dance of 42."""
    pile.fill(6)
    clips = sorted(pile.template.glob("*.mp4"))
    for number in range(40):
        shutil.copy(clips[number % len(clips)], pile.data_dir / "dance" / in_folder(number))
    return pile


def look_into(page, folder: str) -> None:
    page.locator(f'[data-folder="{folder}"]').hover()
    page.get_by_role("button", name=f"Look into {folder}").click()
    page.wait_for_selector(f".group-head h2:text-is('{folder}')")


def test_thirty_are_picked_by_keys_and_moved_in_six_presses_and_one_undo_takes_all_back(
    filled, serve, visitor, shot, axe
):
    before = filled.tree()
    page = visitor.open(serve(filled.settings), size=(1440, 900))
    wait_for_card(page, name_of(0))
    look_into(page, "dance")
    assert page.inner_text(".group-head .count") == "42 videos"
    axe(page)
    presses = ["Shift+ArrowDown"] * 4 + ["Shift+ArrowRight"]
    for key in presses:
        page.keyboard.press(key)
    shot(page, "folder-chosen")
    axe(page)
    chosen = {tile.get_attribute("id").rpartition("%2F")[2] for tile in page.locator(".tile.is-marked").all()}
    assert len(chosen) >= 30
    page.keyboard.press("2")
    page.wait_for_selector(f".toast:has-text('{len(chosen)} videos moved to food')")
    assert len(presses) + 1 <= 6
    assert chosen <= filled.inside("food")
    assert page.inner_text(".group-head .count") == f"{42 - len(chosen)} videos"
    page.keyboard.press("z")
    page.wait_for_selector(".group-head .count:text-is('42 videos')")
    wait_until_saved(page)
    assert filled.tree() == before
    page.keyboard.press("Shift+Z")
    page.wait_for_selector(f".group-head .count:text-is('{42 - len(chosen)} videos')")
    wait_until_saved(page)
    assert chosen <= filled.inside("food")


def test_what_is_chosen_goes_back_to_the_pile_by_one_key(filled, serve, visitor):
    page = visitor.open(serve(filled.settings))
    wait_for_card(page, name_of(0))
    look_into(page, "food")
    page.keyboard.press("Backspace")
    page.wait_for_selector(".toast:has-text('Nothing is marked')")
    page.keyboard.press("Control+A")
    page.keyboard.press("Backspace")
    page.wait_for_selector(".toast:has-text('2 videos put back into the pile')")
    page.wait_for_selector(".grid-title:has-text('There is no video in food.')")
    assert filled.inside("food") == set()
    assert len(filled.unsorted()) == 8
    assert page.inner_text("[data-left]") == "8"
    page.keyboard.press("z")
    page.wait_for_selector(".group-head .count:text-is('2 videos')")
    wait_until_saved(page)
    assert len(filled.unsorted()) == 6


def test_it_is_opened_by_a_key_and_from_the_tools_of_the_folder_and_has_orders(filled, serve, visitor):
    page = visitor.open(serve(filled.settings))
    wait_for_card(page, name_of(0))
    page.keyboard.press("Shift+O")
    page.keyboard.type("da")
    page.keyboard.press("Enter")
    page.wait_for_selector(".group-head h2:text-is('dance')")
    orders = page.get_by_label("Order of the grid")
    assert orders.locator("option").evaluate_all("(all) => all.map((each) => each.value)") == [
        "filename", "newest", "unlike", "misfiled",
    ]
    first = page.locator(".tile").first.get_attribute("id")
    # In no order but the newest is the last one the first.
    with page.expect_response(lambda answer: "order=newest" in answer.url and answer.ok):
        orders.select_option("newest")
    page.wait_for_function("(first) => document.querySelector('.tile').id !== first", arg=first)
    page.keyboard.press("Escape")
    wait_for_card(page, name_of(0))
    page.get_by_role("button", name="Change sport").click(force=True)
    page.get_by_role("button", name="Look into it").click()
    page.wait_for_selector(".group-head h2:text-is('sport')")
    # The name files what is marked, and nothing is.
    page.locator('[data-folder="dance"] .folder-button').click()
    page.wait_for_selector(".toast:has-text('Nothing is marked')")
    assert len(filled.inside("sport")) == 2


@pytest.mark.parametrize(("name", "options"), [
    ("folder-phone", {"size": (390, 780), "has_touch": True, "is_mobile": True}),
    ("folder-dark", {"size": (1280, 800), "color_scheme": "dark"}),
])
def test_it_looks_well_on_a_phone_and_in_the_dark(filled, serve, visitor, shot, axe, name, options):
    page = visitor.open(serve(filled.settings), **options)
    wait_for_card(page, name_of(0))
    if "has_touch" in options:
        page.locator('.action[data-do="sheet"]').click()
        page.get_by_role("button", name="Look into dance").click()
    else:
        look_into(page, "dance")
    page.wait_for_selector(".tile img[src]")
    page.locator(".tile").nth(1).click()
    page.locator(".tile").nth(3).click()
    page.wait_for_function("document.querySelector('.tile img').complete")
    shot(page, name)
    axe(page)
    assert page.locator(".tile.is-marked").count() == 2


def test_a_folder_of_five_thousand_comes_page_by_page_with_few_elements(pile, serve, visitor):
    pile.fill(3)
    for number in range(5000):
        (pile.data_dir / "dance" / in_folder(number)).touch()
    page = visitor.open(serve(pile.settings))
    page.route("**/posters/*", lambda route: route.abort())
    wait_for_card(page, name_of(0))
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/dance/videos" in request.url else None)
    page.locator('[data-folder="dance"]').hover()
    page.get_by_role("button", name="Look into dance").click()
    page.wait_for_selector(".tile")
    assert page.inner_text(".group-head .count") == "5,002 videos"
    assert len(asked) == 1
    most = page.evaluate("""async () => {
        const scroll = document.querySelector('.grid-scroll');
        let elements = 0;
        for (let step = 0; step < 40; step += 1) {
            scroll.scrollTop += 1500;
            await new Promise(requestAnimationFrame);
            elements = Math.max(elements, document.querySelectorAll('.tile').length);
            if (!document.querySelector('.tile')) throw new Error('nothing in sight');
        }
        return elements;
    }""")
    assert most < 200
    assert 1 < len(asked) < 6
    # All of them, also those that are not here yet.
    page.keyboard.press("Control+A")
    page.wait_for_selector(".grid-title:has-text('5,002 chosen')")
