"""What was decided can be taken back: any move of the history, whole batches, and a long run of all there is."""

import random

import pytest

from page.conftest import PILE, name_of, on_show, wait_for_card, wait_until_saved

LEFT_TO_UNDO = (
    "async () => (await (await fetch('api/history?limit=1000')).json()).moves.some((move) => move.state === 'done')"
)
REFUSED = "document.querySelector('dialog .form-note[data-state=bad]')"
KINDS = {"1": 6, "2": 6, "3": 6, "f": 8, "z": 9, "Shift+Z": 6, "s": 2, "create": 1, "rename": 1.5, "merge": 1}


@pytest.fixture
def page(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    return page


def test_history_puts_any_video_back_by_one_click(page, pile):
    for key in "123":
        page.keyboard.press(key)
    wait_until_saved(page)
    page.keyboard.press("h")
    page.get_by_role("button", name=f"Put back: {name_of(1)}").click()
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert {name_of(0), name_of(2)}.isdisjoint(pile.unsorted())
    assert name_of(1) in pile.unsorted()
    page.wait_for_selector(".move.is-undone")


def test_history_puts_a_whole_batch_back_by_one_click_and_one_redo_brings_it(page, pile):
    before = pile.tree()
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.keyboard.press("Enter")
    page.wait_for_selector(".group-head h2 >> nth=0")
    wait_until_saved(page)
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    wait_until_saved(page)
    after = pile.tree()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.keyboard.press("h")
    page.get_by_role("button", name=f"Put back: {PILE // 3} videos → dance").click()
    page.wait_for_selector(".move.is-undone")
    wait_until_saved(page)
    assert pile.inside("dance") == {"0.mp4", "1.mp4"}
    assert sum(url.endswith("/api/undo") for url in asked) == 1
    page.wait_for_selector(f".toast:has-text('Taken back: {PILE // 3} videos → dance')")
    page.keyboard.press("Shift+Z")
    page.wait_for_selector(".move.is-undone", state="detached")
    wait_until_saved(page)
    assert pile.tree() == after
    # What the history took back and brought again is still undone in its turn.
    for _ in range(2):
        page.keyboard.press("z")
        wait_until_saved(page)
    page.wait_for_function(f"document.querySelector('[data-left]').textContent === '{PILE}'")
    assert pile.tree() == before


def test_the_history_is_worked_through_by_keyboard_alone(page, pile):
    for key in "123":
        page.keyboard.press(key)
    wait_until_saved(page)
    page.keyboard.press("h")
    page.wait_for_selector(".move")
    page.keyboard.press("Tab")
    for left in (2, 1):
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('.move .button').length === {left}")
        # The focus goes on to the next one that can be put back.
        page.wait_for_function("document.activeElement.closest('.move') !== null")
    wait_until_saved(page)
    assert len(pile.unsorted()) == PILE - 1
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel", state="hidden")


def test_history_of_another_day_is_put_back_too(page, pile):
    page.keyboard.press("1")
    page.keyboard.press("2")
    wait_until_saved(page)
    page.reload()
    wait_for_card(page, name_of(2))
    page.keyboard.press("h")
    page.get_by_role("button", name=f"Put back: {name_of(0)}").click()
    wait_for_card(page, name_of(0))
    wait_until_saved(page)
    assert name_of(0) in pile.unsorted()
    assert name_of(1) in pile.inside("food")


def change_a_folder(page, kind: str, choice: random.Random, number: int) -> None:
    """Make, rename or merge one by the page's dialogs; what the server refuses is given up."""
    if kind == "create":
        page.keyboard.press("n")
        page.keyboard.type(f"made {number}")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog", state="detached")
    else:
        # Chosen in the page, where the list may be another one a moment later.
        page.locator("[data-folders]").evaluate(
            "(list, place) => list.children[place % list.children.length]?.querySelector('.folder-more').click()",
            choice.randrange(100),
        )
        # The folder may have gone by an undo just now: no dialog; or it is the last: nothing to merge it into.
        button = page.get_by_role("button", name=kind.title(), exact=True)
        if button.count():
            if kind == "rename":
                page.locator("dialog input").fill(f"renamed {number}")
            button.click()
            page.wait_for_function(f"!document.querySelector('dialog') || {REFUSED}")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


# Of this seed the short run has some of each kind, too.
@pytest.mark.parametrize(("steps", "seed"), [(80, 51), pytest.param(300, 11, marks=pytest.mark.storm)])
def test_a_random_run_of_all_there_is_and_its_undo_leave_the_identical_tree(page, pile, steps, seed):
    before = pile.tree()
    choice = random.Random(seed)
    done = dict.fromkeys(KINDS, 0)
    for number in range(steps):
        # More decisions than undos, so that there is always something to take back.
        kind = choice.choices(list(KINDS), KINDS.values())[0]
        done[kind] += 1
        if kind in ("create", "rename", "merge"):
            change_a_folder(page, kind, choice, number)
        else:
            page.keyboard.press(kind)
    wait_until_saved(page)
    assert min(done.values()) > 2
    assert pile.tree() != before
    while page.evaluate(LEFT_TO_UNDO):
        for _ in range(5):
            page.keyboard.press("z")
        wait_until_saved(page)
    assert pile.tree() == before
    assert on_show(page) in pile.unsorted()
