"""The grid: many videos filed by few actions, and only those in sight are elements."""

import pytest

from page.conftest import FIRST, FOLDERS, name_of, predict, wait_until_saved


@pytest.fixture
def grid(pile, serve, visitor):
    """`grid(count)` opens the page's grid on a pile of so many."""

    def open_grid(count, **options):
        page = visitor.open(serve(pile.fill(count).settings), **options)
        page.keyboard.press("g")
        page.wait_for_selector(".grid .tile")
        return page

    return open_grid


def test_it_may_be_opened_before_the_library_is_there(pile, serve, visitor):
    def press_first(route):
        route.request.frame.page.keyboard.press("g")
        route.continue_()

    context = visitor.context()
    context.route("**/api/library", press_first)
    visitor.open(serve(pile.fill(9).settings), ready=".grid .tile", context=context)


def test_its_keys_mean_something_also_while_the_page_is_still_loading(pile, serve, visitor):
    """Opened before anything else has come, and while the cards of the other view have not."""
    pressed = []

    def press(route):
        if not pressed:
            pressed.append(True)
            page = route.request.frame.page
            page.keyboard.press("g")
            page.wait_for_selector(".grid .tile")
            page.keyboard.press("x")
            page.wait_for_selector(".tile.is-marked")
        route.continue_()

    context = visitor.context()
    context.route("**/api/queue?*", press)
    visitor.open(serve(pile.fill(9).settings), ready=".tile.is-marked", context=context)
    assert pressed


def marked(page) -> list[str]:
    return [tile.get_attribute("id").removeprefix("tile-") for tile in page.locator(".tile.is-marked").all()]


def test_two_hundred_videos_are_filed_in_a_few_actions(grid, pile):
    page = grid(200)
    actions = 1
    for _ in FOLDERS:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("x")
        page.keyboard.press("Enter")
        wait_until_saved(page)
        # One was marked as wrong: it goes elsewhere by that folder's key, with the whole group's undo apart.
        page.keyboard.press("1")
        wait_until_saved(page)
        actions += 4
    # One in twenty is blind, so that nothing is filed by a guess that it does not show.
    assert page.locator(".group-head h2").all_inner_texts() == ["Blind: what do you see?"]
    page.keyboard.press("Control+A")
    page.keyboard.press("1")
    wait_until_saved(page)
    actions += 2
    assert pile.unsorted() == set()
    assert actions <= 25


def test_one_undo_takes_back_a_whole_batch(grid, pile):
    page = grid(60)
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert len(pile.unsorted()) == 40
    page.wait_for_selector(".toast:has-text('20 videos → dance')")
    page.keyboard.press("z")
    wait_until_saved(page)
    assert len(pile.unsorted()) == 60
    assert page.inner_text(".group-head .count") == "20 videos"
    page.keyboard.press("Shift+Z")
    wait_until_saved(page)
    assert len(pile.unsorted()) == 40


def test_clicks_keys_and_ranges_mark_what_stays(grid, pile):
    page = grid(60)
    page.locator(".tile").nth(1).click()
    page.locator(".tile").nth(4).click(modifiers=["Shift"])
    assert marked(page) == [name_of(3), name_of(6), name_of(9), name_of(12)]
    page.locator(".tile").nth(2).click()
    assert marked(page) == [name_of(3), name_of(9), name_of(12)]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    assert marked(page) == [name_of(3), name_of(12)]
    page.keyboard.press("Enter")
    wait_until_saved(page)
    left = {name_of(number) for number in range(0, 60, 3)} & pile.unsorted()
    assert left == {name_of(3), name_of(12)}


def test_a_group_is_ordered_by_confidence_and_told_with_its_count(grid):
    page = grid(9)
    assert [head.inner_text() for head in page.locator(".group-head h2").all()] == list(FOLDERS)
    shares = [share.inner_text() for share in page.locator(".grid-row:nth-of-type(2) .share").all()]
    assert shares == sorted(shares, reverse=True)


def test_enter_files_what_is_in_sight_also_after_scrolling_by_hand(grid, pile):
    page = grid(90)
    assert page.inner_text(".grid-title strong") == "dance"
    page.locator(".grid-scroll").hover()
    page.mouse.wheel(0, 20_000)
    page.wait_for_selector(".grid-title strong:text-is('sport')")
    assert page.locator(".tile.is-at").count() == 1
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert len(pile.inside("sport")) == 2 + 30
    assert len(pile.inside("dance")) == 2


def test_a_poster_plays_while_the_pointer_is_over_it(grid):
    page = grid(9)
    page.locator(".tile").first.hover()
    page.wait_for_function("document.querySelector('.tile video')?.currentTime > 0")
    page.mouse.move(5, 5)
    page.wait_for_function("!document.querySelector('.tile video')")


def test_ten_thousand_videos_scroll_with_few_elements(pile, serve, visitor):
    count = 10_000
    pile.fill(3)
    for number in range(3, count):
        (pile.data_dir / name_of(number)).touch()
    pile.predict([predict(f"{FIRST + number}.mp4", number % 900) for number in range(count)])
    page = visitor.open(serve(pile.settings))
    page.route("**/posters/*", lambda route: route.abort())
    page.keyboard.press("g")
    page.wait_for_selector(".grid .tile", timeout=60_000)
    frames = page.evaluate("""async () => {
        const scroll = document.querySelector('.grid-scroll');
        const most = scroll.scrollHeight - scroll.clientHeight;
        let elements = 0;
        for (let step = 0; step <= 60; step += 1) {
            scroll.scrollTop = most * step / 60;
            await new Promise(requestAnimationFrame);
            elements = Math.max(elements, document.querySelectorAll('.tile').length);
            if (!document.querySelector('.tile')) throw new Error('nothing in sight');
        }
        return {elements, most};
    }""")
    assert frames["most"] > 100_000
    assert frames["elements"] < 200
    page.keyboard.press("Escape")
    page.wait_for_selector('[data-view="single"]')


def test_steps_with_shift_mark_from_where_one_is_and_one_key_files_them(grid, pile):
    page = grid(60)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    wanted = [name_of(3), name_of(6), name_of(9)]
    assert marked(page) == wanted
    page.keyboard.press("2")
    wait_until_saved(page)
    assert set(wanted) <= pile.inside("food")


def test_all_of_a_group_are_marked_and_none_by_ctrl_a(grid):
    page = grid(12)
    page.wait_for_selector(".group-head.is-active")
    page.keyboard.press("Control+A")
    page.wait_for_selector(".tile.is-marked")
    assert len(marked(page)) == 4
    assert page.locator(".group-head.is-active h2").inner_text() == "dance"
    page.keyboard.press("Control+A")
    assert marked(page) == []


def test_a_rectangle_drawn_with_the_mouse_marks_what_it_touches_and_plays_nothing_else(grid, pile):
    page = grid(60)
    first, third = (page.locator(".tile").nth(number).bounding_box() for number in (0, 2))
    page.mouse.move(first["x"] + 40, first["y"] + 40)
    page.mouse.down()
    page.mouse.move(third["x"] + 20, third["y"] + 60, steps=4)
    page.wait_for_selector(".grid-band")
    assert marked(page) == [name_of(0), name_of(3), name_of(6)]
    page.mouse.up()
    page.wait_for_selector(".grid-band", state="detached")
    assert marked(page) == [name_of(0), name_of(3), name_of(6)]
    page.keyboard.press("3")
    wait_until_saved(page)
    assert len(pile.inside("sport")) == 2 + 3


def test_the_slider_leaves_out_what_is_less_sure_and_enter_files_the_rest_alone(grid, pile, axe):
    page = grid(60)
    slider = page.get_by_label("Least confidence")
    slider.fill("96")
    page.wait_for_function("document.querySelector('.group-head .count').textContent === '11 videos'")
    axe(page)
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert pile.inside("dance") - {"0.mp4", "1.mp4"} == {name_of(number) for number in range(0, 31, 3)}
    slider.fill("99")
    page.wait_for_selector(".grid-title:has-text('No guess is as sure as 99%')")


def test_the_grid_has_the_orders_of_the_queue(grid, pile):
    page = grid(20)
    orders = page.get_by_label("Order of the grid")
    assert orders.locator("option").count() == 8
    orders.select_option("unsure")
    page.wait_for_selector(".group-head h2:text('The pile')")
    tiles = page.locator(".tile")
    assert tiles.count() == 20
    assert tiles.first.get_attribute("id") == f"tile-{name_of(19)}"
    assert tiles.first.locator(".share").inner_text().startswith("food 97%")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('mark some, then choose a folder')")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    wait_until_saved(page)
    assert {name_of(19), name_of(18)} <= pile.inside("dance")
    orders.select_option("folder")
    page.wait_for_selector(".group-head h2:text('sport')")


def test_all_groups_are_filed_by_one_key_but_what_is_marked_and_one_undo_takes_it_back(grid, pile):
    page = grid(60)
    page.keyboard.press("x")
    page.keyboard.press("Shift+E")
    page.wait_for_selector(f".toast:has-text('59 videos → {len(FOLDERS)} folders')")
    assert len(pile.unsorted()) == 1
    page.keyboard.press("z")
    wait_until_saved(page)
    page.wait_for_selector(".group-head .count:has-text('20 videos')")
    assert len(pile.unsorted()) == 60


def test_all_groups_are_of_guesses_that_are_as_sure_as_the_slider_says(grid, pile):
    page = grid(60)
    page.locator(".least input").fill("99")
    page.keyboard.press("Shift+E")
    page.wait_for_selector(".toast:has-text('1 video → 1 folder')")
    assert pile.unsorted() == {name_of(number) for number in range(1, 60)}
    page.keyboard.press("Shift+E")
    page.wait_for_selector(".toast:has-text('There is no group with a guess here')")
    assert len(pile.unsorted()) == 59
