"""Duplicates, set by set, the best first: the surplus goes to a folder that is not learned from, and comes back."""

import shutil
from pathlib import Path

import pytest
from conftest import take_over
from videos import make_video

from page.conftest import wait_for_answer
from vidsort import extract_features
from vidsort.settings import Settings, load_settings

ONE, MIRRORED = "72000000000000001.mp4", "72000000000000002.mp4"


def double(data_dir: Path) -> str:
    make_video(data_dir / ONE, seed=7, pattern=1, size=(96, 144))
    make_video(data_dir / "food" / MIRRORED, seed=7, pattern=1, size=(72, 108), mirrored=True, gop=5)
    name = sorted(data_dir.glob("dance/*.mp4"))[0].name
    shutil.copy2(data_dir / "dance" / name, data_dir / "sport" / name)
    return name


@pytest.fixture(scope="module")
def doubled_template(library_template, once_a_run) -> Path:
    """The artifacts of the library that `doubled` makes, after an extraction."""

    def make(home: Path) -> None:
        library = Path(shutil.copytree(library_template, home / "library"))
        double(library)
        extract_features.run(Settings(data_dir=library, artifacts_dir=home / "artifacts"))

    return once_a_run("doubled for the page", make) / "artifacts"


@pytest.fixture
def doubled(doubled_template, settings):
    """A library with a video, a smaller mirrored copy of it in a folder, and the same bytes in two; their name."""
    name = double(settings.data_dir)
    take_over(doubled_template, settings)
    return name


@pytest.fixture
def page(doubled, settings, serve, visitor):
    Path("vidsort.toml").write_text(f'data_dir = "{settings.data_dir}"\n', encoding="utf-8")
    page = visitor.open(serve(load_settings(artifacts_dir=settings.artifacts_dir)))
    page.keyboard.press("Shift+D")
    page.wait_for_selector(".tile")
    return page


def heads(page) -> list[str]:
    return page.locator(".group-head h2").all_inner_texts()


def marked(page) -> list[str]:
    return page.locator(".tile.is-marked").evaluate_all("tiles => tiles.map((tile) => tile.ariaLabel)")


def test_sets_are_side_by_side_with_all_but_the_best_marked(page, shot, axe):
    assert heads(page) == ["2 of one video"] * 2
    names = page.locator(".tile").evaluate_all("tiles => tiles.map((tile) => tile.ariaLabel)")
    assert len(marked(page)) == 2
    [surplus] = [label for label in marked(page) if MIRRORED in label]
    assert "food 72 × 108" in surplus
    assert "kB, chosen" in surplus
    assert any(ONE in label and "96 × 144" in label and "chosen" not in label for label in names)
    shot(page, "duplicates")
    axe(page)


def test_the_surplus_goes_to_a_folder_that_is_not_learned_from_and_one_undo_brings_it_back(page, doubled, settings):
    before = {path.relative_to(settings.data_dir) for path in settings.data_dir.rglob("*.mp4")}
    page.keyboard.press("Shift+U")
    page.get_by_label("Folder for the surplus").fill("copies")
    page.get_by_role("button", name="Move them").click()
    page.wait_for_selector(".toast:has-text('2 videos moved to copies')")
    page.wait_for_selector(".grid-title:has-text('No set of duplicates is left.')")
    assert {path.name for path in (settings.data_dir / "copies").iterdir()} == {MIRRORED, doubled}
    page.wait_for_selector('[data-folder="copies"].is-aside')
    assert 'not_learned = ["copies"]' in Path("vidsort.toml").read_text(encoding="utf-8")
    # The better of the two stays wherever it was, and of the same bytes the first.
    assert (settings.data_dir / ONE).is_file()
    assert len(list(settings.data_dir.rglob(doubled))) == 2
    wait_for_answer(page, "api/duplicates", "answer.duplicates.length === 0")
    page.keyboard.press("z")
    page.wait_for_selector(".tile")
    assert heads(page) == ["2 of one video"] * 2
    assert {path.relative_to(settings.data_dir) for path in settings.data_dir.rglob("*.mp4")} == before
    # Now that there is such a folder nothing is asked.
    page.locator(".tile").nth(1).click()
    page.locator(".tile").nth(3).click()
    assert len(marked(page)) == 2
    page.get_by_role("button", name="Move the surplus").click()
    page.wait_for_selector(".toast:has-text('2 videos moved to copies')")


def test_what_is_no_duplicate_leaves_and_does_not_come_back(page, settings):
    page.get_by_role("button", name="Not duplicates").first.click()
    page.wait_for_function("document.querySelectorAll('.group-head').length === 1")
    page.keyboard.press("c")
    page.wait_for_selector(".grid-title:has-text('No set of duplicates is left.')")
    wait_for_answer(page, "api/duplicates", "answer.duplicates.length === 0")
    page.keyboard.press("Shift+D")
    page.wait_for_selector(".toast:has-text('No two videos are copies or edits of one another.')")


def test_a_folders_key_moves_what_is_marked_of_one_set(page, doubled, settings):
    page.wait_for_selector(".tile")
    kept = marked(page)
    page.keyboard.press("3")
    page.wait_for_selector(".toast:has-text('moved to sport')")
    assert len(kept) == 2
    assert (settings.data_dir / "sport" / MIRRORED).is_file() or (settings.data_dir / "sport" / doubled).is_file()
