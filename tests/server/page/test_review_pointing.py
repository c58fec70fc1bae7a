"""In the grid a folder's key files the tile that is pointed at; an emptied grid takes the new guesses at once."""

import pytest

from page.conftest import name_of, predict, wait_until_saved


@pytest.fixture
def grid(pile, serve, visitor):
    """The page's grid on a pile of twelve, four of each guess."""
    page = visitor.open(serve(pile.fill(12).settings))
    page.keyboard.press("g")
    page.wait_for_selector(".grid .tile")
    return page


def point_at(page, number: int) -> None:
    """Moves the mouse over the tile of this video."""
    page.locator(f"#tile-{name_of(number).replace('.', chr(92) + '.')}").hover()
    page.mouse.move(*(edge + 1 for edge in page.evaluate("""id => {
        const { left, top, width, height } = document.getElementById(id).getBoundingClientRect();
        return [left + width / 3, top + height / 3];
    }""", f"tile-{name_of(number)}")))


def test_a_key_files_the_tile_under_the_mouse_alone_and_no_other_that_comes_there_by_itself(grid, pile):
    point_at(grid, 3)
    aimed = grid.locator(".tile.is-aimed")
    assert aimed.get_attribute("id") == f"tile-{name_of(3)}"
    assert aimed.evaluate("tile => getComputedStyle(tile).outlineWidth") == "3px"
    grid.keyboard.press("2")
    wait_until_saved(grid)
    assert name_of(3) in pile.inside("food")
    assert aimed.count() == 0
    grid.keyboard.press("2")
    grid.wait_for_selector(".toast:has-text('Nothing is marked: point at what goes into food, or mark it first.')")
    assert len(pile.unsorted()) == 11
    # Of another group than the one where one is, and back by one undo.
    point_at(grid, 4)
    grid.keyboard.press("3")
    wait_until_saved(grid)
    assert name_of(4) in pile.inside("sport")
    grid.keyboard.press("z")
    wait_until_saved(grid)
    assert len(pile.unsorted()) == 11


def test_a_key_files_the_tile_that_arrows_led_to_and_then_the_next(grid, pile):
    grid.keyboard.press("1")
    grid.wait_for_selector(".toast:has-text('Nothing is marked')")
    point_at(grid, 0)
    grid.keyboard.press("ArrowRight")
    assert grid.locator(".tile.is-aimed").count() == 0
    grid.keyboard.press("3")
    grid.keyboard.press("2")
    wait_until_saved(grid)
    assert name_of(3) in pile.inside("sport")
    assert name_of(6) in pile.inside("food")
    assert len(pile.unsorted()) == 10


def test_what_was_pointed_at_and_scrolled_away_is_not_meant(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(90).settings))
    page.keyboard.press("g")
    page.wait_for_selector(".grid .tile")
    point_at(page, 0)
    page.mouse.wheel(0, 20_000)
    page.wait_for_selector(".grid-title strong:text-is('sport')")
    page.keyboard.press("2")
    page.wait_for_selector(".toast:has-text('Nothing is marked')")
    assert len(pile.unsorted()) == 90


def test_what_is_marked_goes_and_what_is_pointed_at_stays(grid, pile):
    grid.locator(".tile").nth(1).click()
    point_at(grid, 9)
    grid.keyboard.press("2")
    wait_until_saved(grid)
    assert name_of(3) in pile.inside("food")
    assert name_of(9) in pile.unsorted()


def test_a_grid_of_which_all_is_filed_takes_the_new_guesses_by_itself(grid, pile):
    slider = grid.get_by_label("Least confidence")
    slider.fill("99")
    grid.keyboard.press("Shift+E")
    grid.wait_for_selector(".grid-title:has-text('No guess is as sure as 99%')")
    wait_until_saved(grid)
    pile.predict([predict(name_of(number), number - 1) for number in range(1, 12)])
    grid.wait_for_selector(".tile")
    assert slider.input_value() == "99"
    assert grid.locator(".tile").count() == 1
