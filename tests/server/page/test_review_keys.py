"""One table of keys and actions: what a key does, what buttons and the help say of it, and what a key does not do."""

import shutil

import pytest

from page.conftest import name_of, on_show, wait_for_answer, wait_for_card, wait_until_saved
from vidsort.client import VidsortClient
from vidsort.jobs.retrain import Retrain

SAID = "document.querySelector('[data-say]').textContent"


@pytest.fixture
def page(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    return page


def test_the_second_and_the_third_guess_have_keys(page, pile):
    caps = page.locator("[data-guesses] kbd").all_inner_texts()
    assert caps == ["↵", "D", "V"]
    page.keyboard.press("d")
    wait_for_card(page, name_of(1))
    page.keyboard.press("v")
    wait_for_card(page, name_of(2))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("food")
    assert name_of(1) in pile.inside("dance")


def test_a_key_that_means_nothing_says_so_and_does_nothing(page, pile):
    before = pile.tree()
    page.keyboard.press("b")
    page.wait_for_selector(".toast:has-text('B has no folder and no command: ? shows all keys.')")
    page.keyboard.press("9")
    page.wait_for_selector(".toast:has-text('9 has no folder and no command')")
    # One word for many presses, and it is spoken.
    assert page.locator(".toast").count() == 1
    page.wait_for_function(f"{SAID}.startsWith('9 has no folder')")
    for key in ("Tab", "Shift", "PageDown", "F2"):
        page.keyboard.press(key)
    assert page.inner_text(".toast").startswith("9 has no folder")
    assert on_show(page) == name_of(0)
    assert pile.tree() == before


def test_a_key_of_another_view_says_which(page):
    page.keyboard.press("x")
    page.wait_for_selector(".toast:has-text('Mark as wrong is for the grid: G opens it.')")
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.keyboard.press("s")
    page.wait_for_selector(".toast:has-text('Skip for later is for one video at a time: G leaves the grid.')")
    page.keyboard.press("1")
    page.wait_for_selector(".toast:has-text('Nothing is marked: point at what goes into dance, or mark it first.')")


def rename(page, name: str, new_name: str) -> None:
    page.locator(f'[data-folder="{name}"]').hover()
    page.get_by_role("button", name=f"Change {name}").click()
    page.get_by_label("Name").fill(new_name)
    page.get_by_role("button", name="Rename").click()
    page.wait_for_selector("dialog", state="detached")


def key_of(page, folder: str) -> str:
    return page.locator(f'[data-folder="{folder}"] kbd').inner_text()


def test_a_key_follows_its_folder_through_rename_merge_undo_and_redo_on_every_page(page, pile, visitor):
    other = visitor.open(page.url)
    rename(page, "food", "meals")
    for each in (page, other):
        each.wait_for_selector('[data-folder="meals"] kbd:text-is("2")')
    for key, name in (("z", "food"), ("Shift+Z", "meals"), ("z", "food")):
        page.keyboard.press(key)
        for each in (page, other):
            each.wait_for_selector(f'[data-folder="{name}"] kbd:text-is("2")')
    page.locator('[data-folder="food"]').hover()
    page.get_by_role("button", name="Change food").click()
    page.get_by_label("Merge into").select_option("sport")
    page.get_by_role("button", name="Merge").click()
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_selector('[data-folder="food"]', state="detached")
    assert key_of(page, "sport") == "3"
    # A key whose folder has gone is free.
    page.keyboard.press("2")
    page.wait_for_selector(".toast:has-text('2 has no folder and no command')")
    assert on_show(page) == name_of(0)
    page.keyboard.press("z")
    page.wait_for_selector('[data-folder="food"] kbd:text-is("2")')
    page.keyboard.press("2")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("food")


def test_a_key_follows_its_folder_also_where_no_page_is_open(pile, serve, visitor):
    address = serve(pile.fill().settings)
    page = visitor.open(address)
    wait_for_answer(page, "api/preferences", "answer.folder_keys.food === '2'")
    page.close()
    with VidsortClient(address) as client:
        client.rename_folder("food", "apples")
    page = visitor.open(address)
    page.wait_for_selector('[data-folder="apples"] kbd:text-is("2")')


def test_a_new_folder_gets_the_key_of_one_that_has_gone(page, pile):
    shutil.rmtree(pile.data_dir / "dance")
    page.wait_for_selector('[data-folder="dance"]', state="detached")
    page.keyboard.press("n")
    page.keyboard.type("cooking")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-folder="cooking"] kbd:text-is("1")')
    wait_until_saved(page)
    page.keyboard.press("1")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("cooking")


def test_a_guess_that_is_not_there_says_so(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(3, predicted=False).settings))
    wait_for_card(page, name_of(0))
    for key, rank in (("Enter", "first"), ("d", "second"), ("v", "third")):
        page.keyboard.press(key)
        page.wait_for_selector(f".toast:has-text('There is no {rank} guess for this video')")
    assert on_show(page) == name_of(0)


def test_buttons_and_help_tell_the_keys_in_force(page):
    shown = {
        button.get_attribute("data-do"): (button.get_attribute("title"), button.get_attribute("aria-keyshortcuts"))
        for button in page.locator(".top [data-do], .actions [data-do]").all()
    }
    assert shown["skip"] == ("Skip for later (S)", "S")
    assert shown["undo"] == ("Undo (Z)", "Z")
    assert shown["retrain"] == ("Retrain (R)", "R")
    assert shown["help"] == ("Help (?)", "?")
    page.keyboard.press(",")
    page.get_by_role("button", name="S: key of Skip for later").click()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Skip").locator("kbd").inner_text() == "B"
    page.keyboard.press("?")
    rows = dict(row.inner_text().split("\n", 1) for row in page.locator("dialog .key-row").all())
    assert rows["Put the video off: it comes last"] == "B"
    assert rows["File in the second guess"] == "D"
    assert rows["Learn from the folders and guess the rest again"] == "⇧R"
    heads = page.locator("dialog h3").all_inner_texts()
    assert heads == ["One video at a time", "The grid", "Everywhere", "Folders"]


JOB = {"running": False, "last_result": None}


@pytest.fixture
def job(monkeypatch):
    """The retrain job as a dict that the test changes; starting and cancelling are written down in `asked`."""
    status = dict(JOB) | {"asked": []}

    def start(self, settings) -> str:
        status["asked"].append("start")
        status["running"] = True
        return "started"

    def cancel(self, library=None) -> str:
        status["asked"].append("cancel")
        return "cancelling"

    def told(self, library=None) -> dict:
        return {key: value for key, value in status.items() if key != "asked"}

    monkeypatch.setattr(Retrain, "status", told)
    monkeypatch.setattr(Retrain, "start", start)
    monkeypatch.setattr(Retrain, "cancel", cancel)
    return status


def test_retrain_has_a_key_and_its_panel_takes_no_key_of_review(job, page, pile):
    page.keyboard.press("Shift+R")
    page.get_by_role("button", name="Cancel").wait_for()
    assert job["asked"] == ["start"]
    # "Keep sorting": the accept key accepts, and nothing is cancelled.
    for number in (1, 2):
        page.keyboard.press("Enter")
        wait_for_card(page, name_of(number))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert job["asked"] == ["start"]
    assert not page.evaluate("document.querySelector('.panel').contains(document.activeElement)")
    page.keyboard.press("r")
    page.wait_for_selector(".panel", state="hidden")


def test_neither_a_click_nor_a_key_on_retrain_now_leaves_the_focus_on_cancel(job, page, pile):
    page.click('[data-do="retrain"]')
    page.get_by_role("button", name="Retrain now").click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.keyboard.press("Enter")
    wait_for_card(page, name_of(1))
    job["running"] = False
    # By keyboard: Tab leads into the panel, and what was pressed is not pressed as something else.
    now = page.get_by_role("button", name="Retrain now")
    now.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Cancel").wait_for()
    page.keyboard.press("Enter")
    wait_for_card(page, name_of(2))
    assert job["asked"] == ["start", "start"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(100):  # a page's requests come in while it is waited for
        if job["asked"][-1] == "cancel":
            break
        page.wait_for_timeout(50)
    assert job["asked"] == ["start", "start", "cancel"]


def test_history_takes_no_key_of_review_and_tab_leads_into_it(page, pile):
    page.keyboard.press("1")
    wait_until_saved(page)
    page.keyboard.press("h")
    page.wait_for_selector(".move")
    page.wait_for_function(f"{SAID} === 'History'")
    page.keyboard.press("Enter")
    wait_for_card(page, name_of(2))
    page.wait_for_selector(".move >> nth=1")
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.textContent === 'Put back'")
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel", state="hidden")


def test_a_key_right_after_a_dialog_was_closed_means_what_it_always_does(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(4).settings))
    wait_for_card(page, name_of(0))
    for _ in range(5):
        page.keyboard.press("n")
        page.wait_for_selector("dialog[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
        page.keyboard.press("h")
        page.wait_for_selector(".panel:not([hidden]) #panel-title:has-text('History')", timeout=5000)
        page.keyboard.press("Escape")
