"""Keys, decisions, undo: what is pressed happens once, and can be taken back."""

import random

import pytest

from page.conftest import FOLDERS, PILE, name_of, on_show, wait_for_answer, wait_for_card, wait_until_saved


@pytest.fixture
def page(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    return page


def test_twenty_keys_file_twenty_videos(page, pile):
    for number in range(20):
        page.keyboard.press("Enter" if number % 2 else "f")
        wait_for_card(page, name_of(number + 1))
    wait_until_saved(page)
    assert pile.unsorted() == {name_of(number) for number in range(20, PILE)}
    for number in range(20):
        assert name_of(number) in pile.inside(FOLDERS[number % 3])


def test_a_folders_key_files_in_that_folder_and_counts_show_it(page, pile):
    page.keyboard.press("3")
    page.keyboard.press("1")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("sport")
    assert name_of(1) in pile.inside("dance")
    # An event from between the two sorts may come behind the answer to the second; the next one is of after both.
    page.wait_for_function("document.querySelector('[data-folder=\"sport\"] .count').textContent === '3'")
    page.wait_for_function(f"document.querySelector('[data-left]').textContent === '{PILE - 2}'")


def test_keys_every_120_ms_lose_no_sort_and_double_none(page, pile):
    pressed = []
    for number in range(PILE):
        key = random.Random(number).choice("123")
        pressed.append(FOLDERS[int(key) - 1])
        page.keyboard.press(key)
        page.wait_for_timeout(120)
    wait_until_saved(page)
    assert pile.unsorted() == set()
    for number, folder in enumerate(pressed):
        assert name_of(number) in pile.inside(folder)
    moves = page.evaluate("fetch('api/history?limit=100').then((r) => r.json()).then((j) => j.moves.length)")
    assert moves == PILE


def test_undo_goes_back_again_and_again_and_redo_forth(page, pile):
    before = pile.tree()
    for key in "123f":
        page.keyboard.press(key)
    wait_until_saved(page)
    after = pile.tree()
    for number in (3, 2, 1, 0):
        page.keyboard.press("z")
        wait_for_card(page, name_of(number))
    wait_until_saved(page)
    assert pile.tree() == before
    for _ in range(4):
        page.keyboard.press("Shift+Z")
    wait_until_saved(page)
    assert pile.tree() == after


def test_undo_before_the_decision_was_sent_sends_nothing(page, pile):
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("z")
    assert on_show(page) == name_of(1)
    page.context.set_offline(False)
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert name_of(1) in pile.unsorted()


def test_undo_works_after_a_reload(page, pile, eventually):
    before = pile.tree()
    page.keyboard.press("1")
    wait_until_saved(page)
    page.reload()
    wait_for_card(page, name_of(1))
    page.keyboard.press("z")
    wait_for_card(page, name_of(0))
    eventually(lambda: pile.tree() == before)
    page.keyboard.press("Shift+Z")
    eventually(lambda: name_of(0) in pile.inside("dance"))


def test_skipped_videos_come_last_also_after_a_reload(page):
    page.keyboard.press("s")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    page.reload()
    wait_for_card(page, name_of(1))
    page.keyboard.press("ArrowLeft")
    wait_for_card(page, name_of(0))


def test_arrows_turn_the_cards_without_deciding(page, pile):
    before = pile.tree()
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(1))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_for_card(page, name_of(0))
    assert pile.tree() == before


def test_keys_with_modifiers_are_left_to_the_browser(page):
    for keys in ("Control+1", "Alt+1", "Meta+1"):
        page.keyboard.press(keys)
        assert (keys, on_show(page)) == (keys, name_of(0))


def test_a_held_key_decides_once(page):
    page.keyboard.down("1")
    page.keyboard.down("1")
    page.keyboard.down("1")
    page.keyboard.up("1")
    assert on_show(page) == name_of(1)


def test_typing_is_no_command_and_type_ahead_makes_a_new_folder(page, pile):
    page.keyboard.press("/")
    page.keyboard.type("fsz1")
    assert on_show(page) == name_of(0)
    page.keyboard.press("Enter")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("fsz1")
    page.keyboard.press("/")
    page.keyboard.type("spo")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert name_of(1) in pile.inside("sport")


def test_a_folder_keeps_its_key_when_others_are_added(page, pile):
    (pile.data_dir / "art").mkdir()
    page.wait_for_selector('[data-folder="art"]')
    assert page.inner_text('[data-folder="dance"] kbd') == "1"
    assert page.inner_text('[data-folder="art"] kbd') == "4"
    wait_for_answer(page, "api/preferences", "answer.folder_keys.art === '4'")
    page.reload()
    page.wait_for_selector('[data-folder="art"]')
    assert page.inner_text('[data-folder="dance"] kbd') == "1"


def test_a_key_can_be_changed_unless_another_has_it(page, pile):
    page.keyboard.press(",")
    button = page.get_by_role("button", name="S: key of Skip for later")
    button.click()
    page.keyboard.press("z")
    page.wait_for_selector("dialog .form-note[data-state=bad]:has-text('Undo')")
    page.keyboard.press("k")
    page.get_by_role("button", name="K: key of Skip for later").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert on_show(page) == name_of(0)
    page.keyboard.press("k")
    wait_for_card(page, name_of(1))


def test_a_refused_decision_comes_back_with_its_reason(page, pile):
    (pile.data_dir / "dance" / name_of(0)).write_bytes(b"in the way")
    page.keyboard.press("1")
    page.wait_for_selector(".toast.is-failure")
    assert name_of(0) in page.inner_text(".toast.is-failure")
    assert on_show(page) == name_of(1)
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(0))
    assert (pile.data_dir / "dance" / name_of(0)).read_bytes() == b"in the way"


def test_a_video_that_somebody_filed_meanwhile_is_told(page, pile):
    (pile.data_dir / name_of(0)).rename(pile.data_dir / "food" / name_of(0))
    page.keyboard.press("1")
    page.wait_for_selector(".toast.is-failure")
    page.wait_for_function(f"document.querySelector('[data-left]').textContent === '{PILE - 1}'")
    assert on_show(page) == name_of(1)


def test_the_undo_of_a_toast_takes_back_that_decision(page, pile):
    page.keyboard.press("1")
    page.keyboard.press("2")
    wait_until_saved(page)
    page.locator(".toast", has_text="dance").get_by_role("button", name="Undo").click()
    wait_for_card(page, name_of(0))
    wait_until_saved(page)
    assert name_of(0) in pile.unsorted()
    assert name_of(1) in pile.inside("food")


def test_folders_are_made_renamed_and_merged_and_all_is_undone(page, pile, eventually):
    before = pile.tree()
    page.keyboard.press("n")
    page.keyboard.type("cooking")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-folder="cooking"]')
    wait_until_saved(page)
    page.locator('[data-folder="food"]').hover()
    page.get_by_role("button", name="Change food").click()
    page.get_by_label("Name").fill("meals")
    page.get_by_role("button", name="Rename").click()
    page.wait_for_selector('[data-folder="meals"]')
    assert page.inner_text('[data-folder="meals"] kbd') == "2"
    page.locator('[data-folder="meals"]').hover()
    page.get_by_role("button", name="Change meals").click()
    page.get_by_label("Merge into").select_option("cooking")
    page.get_by_role("button", name="Merge").click()
    page.wait_for_selector('[data-folder="meals"]', state="detached")
    assert page.inner_text('[data-folder="cooking"] .count') == "2"
    # The server's event may show the folders before the answer closes the dialog, which takes the keys until then.
    page.wait_for_selector("dialog", state="detached")
    for _ in range(3):
        page.keyboard.press("z")
    wait_until_saved(page)
    eventually(lambda: pile.tree() == before)


def test_guesses_follow_a_folder_that_is_renamed(page, pile):
    assert page.inner_text("[data-guesses] li:first-child .name") == "dance"
    page.locator('[data-folder="dance"]').hover()
    page.get_by_role("button", name="Change dance").click()
    page.get_by_label("Name").fill("ballet")
    page.get_by_role("button", name="Rename").click()
    page.wait_for_selector("[data-guesses] li:first-child .name:text-is('ballet')")
    page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("ballet")
    page.keyboard.press("z")
    wait_for_card(page, name_of(0))
    page.keyboard.press("z")
    page.wait_for_selector("[data-guesses] li:first-child .name:text-is('dance')")


def test_two_pages_agree(page, pile, serve, visitor):
    other = visitor.open(page.url, context=page.context)
    page.keyboard.press("1")
    wait_until_saved(page)
    wait_for_card(other, name_of(1))
    other.keyboard.press("ArrowRight")
    other.keyboard.press("1")
    wait_until_saved(other)
    page.wait_for_function(f"document.querySelector('[data-left]').textContent === '{PILE - 2}'")
