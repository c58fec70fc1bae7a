"""What likely lies in the wrong folder, on the cards of review: moved by the same keys, or said to be right."""

import pytest

from page.conftest import on_show, wait_for_card, wait_until_saved
from vidsort import artifacts
from vidsort.insight.comparison import OutOfFold, out_of_fold_json


@pytest.fixture
def doubted(learned) -> list[str]:
    """The videos in `food`, of which a model that has not seen them says that they are `dance`, in this order."""
    places = sorted(path.relative_to(learned.data_dir) for path in learned.data_dir.glob("*/*.mp4"))
    doubts = [place for place in places if place.parent.name == "food"]
    likely = {
        place: (("dance", 0.97 - 0.2 * at), ("food", 0.001 + 0.1 * at), ("sport", 0.02))
        for at, place in enumerate(doubts)
    }
    said = OutOfFold(
        folders=("dance", "food", "sport"), filenames=tuple(place.name for place in places),
        content=tuple(f"{number:064x}" for number in range(len(places))),
        labels=tuple(place.parent.name for place in places),
        groups=tuple(range(len(places))), scored=(True,) * len(places),
        ranked=tuple(likely.get(place, ((place.parent.name, 0.9),)) for place in places),
    )
    now = artifacts.current(learned.artifacts_dir)
    (artifacts.model_dir(learned.artifacts_dir, now.model_id) / "out_of_fold.json").write_bytes(out_of_fold_json(said))
    return [place.name for place in doubts]


def test_it_is_moved_by_the_keys_of_review_taken_back_and_said_to_be_right(
    learned, doubted, serve, visitor, shot, axe
):
    page = visitor.open(serve(learned), size=(1440, 900))
    page.wait_for_function("document.querySelector('[data-stage]').dataset.filename")
    before = on_show(page)
    page.keyboard.press("c")
    page.wait_for_selector(".toast:has-text('⇧M shows what is likely misfiled')")
    page.keyboard.press("Shift+M")
    wait_for_card(page, doubted[0])
    page.wait_for_selector("[data-guess-title]:text('In food: is that right?')")
    assert page.locator(".guess-button:visible .name").all_inner_texts() == ["dance", "food"]
    axe(page)
    shot(page, "misfiled")
    page.keyboard.press("Enter")
    wait_for_card(page, doubted[1])
    page.wait_for_selector(".toast:has-text('1 video moved to dance')")
    assert (learned.data_dir / "dance" / doubted[0]).is_file()
    page.keyboard.press("z")
    wait_for_card(page, doubted[0])
    wait_until_saved(page)
    assert (learned.data_dir / "food" / doubted[0]).is_file()
    page.keyboard.press("c")
    page.wait_for_selector(".toast:has-text('1 video is right in food')")
    wait_for_card(page, doubted[1])
    page.keyboard.press("Escape")
    wait_for_card(page, before)
    page.keyboard.press("Shift+M")
    wait_for_card(page, doubted[1])


def test_what_is_chosen_in_a_folder_is_said_to_be_right_at_once(learned, doubted, serve, visitor):
    page = visitor.open(serve(learned))
    page.wait_for_function("document.querySelector('[data-stage]').dataset.filename")
    page.locator('[data-folder="food"]').hover()
    page.get_by_role("button", name="Look into food").click()
    page.wait_for_selector(".tile")
    # The menu is made anew with the list in the other order, which begins with the same video.
    page.evaluate("document.querySelector('[aria-label=\"Order of the grid\"] option').dataset.isOld = 'yes'")
    page.get_by_label("Order of the grid").select_option("misfiled")
    page.wait_for_selector("option[data-is-old]", state="detached")
    page.wait_for_function("(name) => document.querySelector('.tile').id === `tile-food%2F${name}`", arg=doubted[0])
    page.keyboard.press("Control+A")
    page.keyboard.press("c")
    page.wait_for_selector(f".toast:has-text('{len(doubted)} videos are right in food')")
    page.keyboard.press("Shift+M")
    page.wait_for_selector(".toast:has-text('Nothing is likely misfiled.')")
