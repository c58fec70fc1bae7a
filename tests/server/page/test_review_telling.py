"""Every decision says what it did, and what other hands did is told: nothing on show is out of date."""

import pytest

from page.conftest import PILE, name_of, on_show, wait_for_card, wait_until_saved
from vidsort.client import VidsortClient

PRESS = "document.dispatchEvent(new KeyboardEvent('keydown', {key: '1', code: 'Digit1'}))"


@pytest.fixture
def page(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    return page


def wait_for_toast(page, text: str) -> None:
    page.locator(".toast .text").get_by_text(text, exact=True).last.wait_for()


def change(page, folder: str, kind: str, value: str) -> None:
    """Rename or merge a folder by its dialog."""
    page.locator(f'[data-folder="{folder}"]').hover()
    page.get_by_role("button", name=f"Change {folder}").click()
    if kind == "Rename":
        page.get_by_label("Name").fill(value)
    else:
        page.get_by_label("Merge into").select_option(value)
    page.get_by_role("button", name=kind, exact=True).click()
    page.wait_for_selector("dialog", state="detached")


def test_put_off_means_last_of_the_whole_pile_not_of_what_was_loaded(pile, serve, visitor):
    count = 56
    page = visitor.open(serve(pile.fill(count).settings))
    wait_for_card(page, name_of(0))
    page.keyboard.press("s")
    for number in range(1, count):
        wait_for_card(page, name_of(number))
        page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(0))
    assert page.inner_text("[data-file]").endswith(f"{count} of {count}")


def test_each_decision_and_its_undo_and_redo_say_what_they_did(page):
    page.keyboard.press("s")
    wait_for_toast(page, f"Skipped: last of {PILE}")
    page.keyboard.press("z")
    wait_for_toast(page, "Skip taken back")
    page.keyboard.press("1")
    wait_for_toast(page, "→ dance")
    page.keyboard.press("z")
    wait_for_toast(page, "Taken back from dance")
    page.keyboard.press("Shift+Z")
    wait_for_toast(page, "Done again: → dance")
    wait_until_saved(page)
    change(page, "food", "Rename", "meals")
    wait_for_toast(page, "food is now meals")
    page.keyboard.press("z")
    wait_for_toast(page, "Taken back: meals is food again")
    page.keyboard.press("Shift+Z")
    wait_for_toast(page, "Done again: food is now meals")
    change(page, "meals", "Merge", "sport")
    wait_for_toast(page, "meals merged into sport")
    page.keyboard.press("z")
    wait_for_toast(page, "Taken back: meals is a folder of its own again")


def test_an_empty_folder_is_removed_and_comes_back(page, pile):
    (pile.data_dir / "empty").mkdir()
    page.locator('[data-folder="empty"]').hover()
    page.get_by_role("button", name="Change empty").click()
    page.get_by_role("button", name="Remove the empty folder").click()
    wait_for_toast(page, "Empty folder empty removed")
    page.wait_for_selector('[data-folder="empty"]', state="detached")
    assert not (pile.data_dir / "empty").exists()
    page.keyboard.press("z")
    page.wait_for_selector('[data-folder="empty"]')
    assert (pile.data_dir / "empty").is_dir()
    # Of a folder in which something lies that is not offered.
    page.locator('[data-folder="food"]').hover()
    page.get_by_role("button", name="Change food").click()
    page.get_by_role("button", name="Merge", exact=True).wait_for()
    assert page.get_by_role("button", name="Remove the empty folder").count() == 0


def test_a_video_that_was_undone_and_done_again_after_a_reload_is_not_on_show(page, pile):
    page.keyboard.press("1")
    wait_until_saved(page)
    page.reload()
    wait_for_card(page, name_of(1))
    page.keyboard.press("z")
    wait_for_card(page, name_of(0))
    page.keyboard.press("Shift+Z")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")


def test_a_card_that_another_reviewer_filed_goes_away_by_itself_with_a_word(page, pile):
    with VidsortClient(page.url) as other:
        other.sort(name_of(0), "food")
        wait_for_card(page, name_of(1))
        wait_for_toast(page, f"{name_of(0)} was filed in food by other hands")
        assert page.locator(".toast.is-failure").count() == 0
        # Also one that only comes later, and one that somebody moved in a file manager.
        other.sort(name_of(2), "food")
    (pile.data_dir / name_of(1)).rename(pile.data_dir / "sport" / name_of(1))
    wait_for_card(page, name_of(3))
    wait_for_toast(page, f"{name_of(1)} is no longer in the pile")


def test_a_press_that_was_meant_for_the_card_before_does_not_file_the_one_that_came_by_itself(page, pile):
    page.evaluate(f"new MutationObserver(() => {PRESS}).observe(document.querySelector('[data-stage]'),"
                  " {attributeFilter: ['data-filename']})")
    with VidsortClient(page.url) as other:
        other.sort(name_of(0), "food")
    wait_for_toast(page, "The video on show has just changed: nothing was done with it.")
    assert on_show(page) == name_of(1)
    assert name_of(1) in pile.unsorted()
    # A moment later the key means the new card.
    page.wait_for_function(
        f"(() => {{ {PRESS}; return document.querySelector('[data-stage]').dataset.filename !== '{name_of(1)}'; }})()",
        polling=100,
    )
    wait_until_saved(page)
    assert name_of(1) in pile.inside("dance")


def test_a_press_counts_at_once_for_a_card_that_the_reviewer_went_on_to(page, pile):
    page.evaluate("""() => new MutationObserver((_, observer) => {
        observer.disconnect();
        const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
        press("ArrowRight");
        press("1");
    }).observe(document.querySelector('[data-stage]'), { attributeFilter: ["data-filename"] })""")
    with VidsortClient(page.url) as other:
        other.sort(name_of(0), "food")
    wait_for_card(page, name_of(3))
    wait_until_saved(page)
    assert name_of(2) in pile.inside("dance")
    assert name_of(1) in pile.unsorted()


def test_the_undo_of_a_new_folders_toast_takes_back_the_folder_and_not_what_came_after(page, pile, eventually):
    page.keyboard.press("n")
    page.keyboard.type("cooking")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-folder="cooking"]')
    wait_until_saved(page)
    page.keyboard.press("1")
    wait_until_saved(page)
    page.locator(".toast", has_text="cooking").get_by_role("button", name="Undo").click()
    eventually(lambda: not (pile.data_dir / "cooking").exists())
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
