"""Each state of the page: a picture of it for the eye, and axe-core over it for everyone else."""

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from videos import make_video

from page.conftest import Line, Pile, name_of, predict, wait_for_card, wait_until_saved
from vidsort.artifacts import Current
from vidsort.cli.demo import library as demo
from vidsort.jobs.retrain import Retrain
from vidsort.media.content import content_hash
from vidsort.media.pictures import keep_pictures
from vidsort.media.reading.once import sample_frames
from vidsort.settings import load_settings

RUNNING = {
    "running": True, "last_result": "success", "job": 2, "cancelling": False, "step": "extract_features",
    "script": "extract_features.py", "step_number": 1, "steps": 3, "done": 34, "total": 120,
    "videos_per_s": 11.4, "left_s": 7.6,
    "notice": "120 videos are looked at anew, for about 11 s: frames is 8 instead of 4.",
}
FAILED = {"running": False, "last_result": "Failed at train.py: There is one folder only: make a second one."}
HELD_BACK = {
    "running": False, "last_result": "success", "job": 3, "promoted": False, "model_id": "20261101-101010-abcdef",
    "accuracy": 0.81, "accuracy_low": 0.74, "accuracy_high": 0.87,
    "verdict": "Held back: 81.0% right against 88.0% of 20261030-101010-abcdef on the 120 videos that both know.",
}


BY_CHANCE = {
    "running": False, "last_result": "success", "job": 4, "promoted": True, "model_id": "20261101-101010-abcdef",
    "accuracy": 0.31, "accuracy_low": 0.22, "accuracy_high": 0.41, "chance": 0.34,
    "verdict": "Promoted: it is the first.",
}
CANCELLED = {
    "running": False, "last_result": "Failed at train.py: cancelled; start it again", "exit_code": 130, "job": 5,
    "reason": "cancelled; start it again",
}


@pytest.fixture(scope="session")
def themed_clips(tmp_path_factory) -> Path:
    """Three clips of each of the demo's themes, named after it, and their pictures.

    The demo's own where somebody wants to look at what the tests saw: they take long to draw.
    """
    folder = tmp_path_factory.mktemp("themed")
    clips = {
        folder / f"{clip.themes[0]} {clip.seed[1]}.mp4": clip for clip in demo.clips() if clip.seed[1] in (0, 8, 9)
    }
    if "SCREENSHOTS_DIR" in os.environ:
        with ProcessPoolExecutor(2) as pool:
            made = [pool.submit(demo.make_clip, clip, path) for path, clip in clips.items()]
            for each in made:
                each.result()
    else:
        for number, path in enumerate(clips):
            make_video(path, pattern=number % 4, size=(90, 160))
    for path in clips:
        keep_pictures(folder, content_hash(path), sample_frames(path))
    return folder


@pytest.fixture
def gallery(themed_clips, pile) -> Pile:
    """A library of these clips: folders with many, a pile of forty, and guesses of which some are unsure."""
    themes = sorted({path.stem.rpartition(" ")[0] for path in themed_clips.glob("*.mp4")})
    shutil.copytree(themed_clips / "pictures", pile.artifacts_dir / "pictures")
    for place, theme in enumerate(themes):
        (pile.data_dir / theme).mkdir()
        for number in range(20 + 17 * place % 40):
            (pile.data_dir / theme / f"{1000 * place + number}.mp4").hardlink_to(themed_clips / f"{theme} 0.mp4")
    entries = []
    for number in range(40):
        place = number * 3 % len(themes)
        shutil.copy(themed_clips / f"{themes[place]} {8 + number // 5 % 2}.mp4", pile.data_dir / name_of(number))
        entry = predict(name_of(number), 0, tuple(themes[place:] + themes[:place]))
        best = 0.94 - 0.012 * number
        shares = [best, *[round((1 - best) * part, 3) for part in (0.6, 0.25)]]
        entry["confidence"] = best
        for score, share in zip(entry["top_predictions"], shares, strict=True):
            score["confidence"] = share
        entries.append(entry)
    pile.predict(entries)
    return pile


@pytest.mark.parametrize(
    ("looks", "options"),
    [
        ([("review", (1440, 900), "light"), ("review-dark", (1440, 900), "dark"),
          ("review-small", (1024, 700), "light")], {}),
        ([("phone", (360, 740), "light"), ("phone-dark", (390, 844), "dark")],
         {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}),
    ],
    ids=["desktop", "phone"],
)
def test_the_review(gallery, serve, visitor, shot, axe, looks, options):
    page = visitor.open(serve(gallery.settings), size=looks[0][1], **options)
    for name, (width, height), scheme in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector("video.on-show")
        page.wait_for_function("document.querySelector('[data-strip]').naturalWidth > 100")
        page.keyboard.press("Enter")
        wait_until_saved_anywhere(page)
        page.wait_for_function("document.querySelector('[data-strip]').complete")
        page.wait_for_function("document.querySelector('video.on-show')?.currentTime > 0.4")
        shot(page, name)
        axe(page, of=name)


def test_the_grid(gallery, serve, visitor, shot, axe):
    page = visitor.open(serve(gallery.settings), size=(1440, 900))
    page.keyboard.press("g")
    page.wait_for_selector(".tile")
    page.keyboard.press("x")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("[...document.querySelectorAll('.tile img')].every((image) => image.complete)")
        shot(page, f"grid-{scheme}")
        axe(page, of=scheme)


def test_dialogs_and_panels(gallery, serve, visitor, shot, axe):
    page = visitor.open(serve(gallery.settings), size=(1440, 900))
    page.wait_for_selector("video.on-show")
    page.keyboard.press("1")
    page.keyboard.press("2")
    wait_until_saved(page)
    for name, key, there in (
        ("help", "?", "dialog[open]"), ("keys", ",", "dialog[open]"), ("find", "/", "dialog[open]"),
        ("new-folder", "n", "dialog[open]"), ("history", "h", ".panel .move"),
    ):
        page.keyboard.press(key)
        page.wait_for_selector(there)
        shot(page, name)
        axe(page, of=name)
        page.keyboard.press("Escape")
        page.wait_for_selector(there, state="detached")


@pytest.mark.parametrize(("name", "status"), [("retrain", RUNNING), ("retrain-failed", FAILED)])
def test_retraining_is_told_from_the_servers_job(gallery, serve, visitor, shot, axe, monkeypatch, name, status):
    monkeypatch.setattr(Retrain, "status", lambda self, library=None: dict(status))
    scheme = "dark" if status["running"] else "light"
    page = visitor.open(serve(gallery.settings), size=(1440, 900), color_scheme=scheme)
    page.wait_for_selector("video.on-show")
    page.click('[data-do="retrain"]')
    if status["running"]:
        page.wait_for_selector("text=34 of 120")
        assert page.inner_text("[data-retrain-label]") == "Retraining 9%"
        assert "11.4 videos/s" in page.inner_text(".figures")
        assert RUNNING["notice"] in page.inner_text(".job")
        assert page.get_by_role("button", name="Cancel").is_enabled()
    else:
        page.wait_for_selector("text=make a second one")
    shot(page, name)
    axe(page)


@pytest.fixture
def reviewing(gallery, serve, visitor, monkeypatch):
    """`reviewing(status)`: a page whose server says this of the retrain job."""

    def open_page(status):
        monkeypatch.setattr(Retrain, "status", lambda self, library=None: dict(status))
        page = visitor.open(serve(gallery.settings), size=(1440, 900))
        page.wait_for_selector("video.on-show")
        return page

    return open_page


def test_a_model_that_is_no_better_than_chance_says_so(reviewing, shot, axe):
    page = reviewing(BY_CHANCE)
    page.wait_for_selector("[data-tip]:has-text('not clearly better than chance')")
    page.keyboard.press("r")
    page.wait_for_selector(".result:has-text('no better than chance: always naming the largest folder')")
    shot(page, "by-chance")
    axe(page)


def test_a_cancelled_retrain_is_no_failure(reviewing, shot, axe):
    page = reviewing(CANCELLED)
    page.keyboard.press("r")
    page.wait_for_selector('.result[data-state="cancelled"]')
    assert "fail" not in page.inner_text(".panel").lower()
    assert page.locator(".toast.is-failure").count() == 0
    shot(page, "cancelled")
    axe(page)


def test_a_model_that_was_held_back_is_put_in_force_by_one_click(gallery, serve, visitor, shot, axe, monkeypatch):
    in_force, asked = ["20261030-101010-abcdef"], []

    def promote(artifacts_dir, model_id, trusted):
        asked.append(model_id)
        in_force[:] = [model_id]

    monkeypatch.setattr(Retrain, "status", lambda self, library=None: dict(HELD_BACK))
    monkeypatch.setattr("vidsort.artifacts.promote", promote)
    monkeypatch.setattr(
        "vidsort.artifacts.current",
        lambda _: Current(model_id=in_force[0], predictions_id=in_force[0], at="2026-11-01"),
    )
    page = visitor.open(serve(gallery.settings), size=(1440, 900))
    page.wait_for_selector("video.on-show")
    page.click('[data-do="retrain"]')
    assert "74% to 87%" in page.inner_text(".result")
    assert "Held back" in page.inner_text(".result")
    use = page.get_by_role("button", name="Use the new model")
    use.wait_for()
    shot(page, "held-back")
    axe(page)
    use.click()
    use.wait_for(state="detached")
    assert asked == [HELD_BACK["model_id"]]


def test_without_a_library_a_folder_is_chosen_with_a_preview(pile, serve, visitor, shot, axe, tmp_path, monkeypatch):
    (tmp_path / "vidsort.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    pile.fill(5)
    monkeypatch.setenv("VIDSORT_ARTIFACTS_DIR", str(pile.artifacts_dir))
    page = visitor.open(serve(load_settings()), ready="text=Where are your videos?")
    field = page.get_by_label("Folder with your videos")
    field.fill(str(pile.data_dir / "nothing"))
    page.wait_for_selector("text=There is no such folder")
    field.fill(str(pile.data_dir))
    page.wait_for_selector(".preview:has-text('5 videos to sort, 3 folders')")
    shot(page, "no-library")
    axe(page)
    page.get_by_role("button", name="Use this folder").click()
    page.wait_for_selector(f'[data-stage][data-filename="{name_of(0)}"]')


def test_where_the_environment_decides_the_library_the_page_says_so_and_offers_no_choice(
    pile, serve, visitor, shot, axe, monkeypatch
):
    monkeypatch.setenv("VIDSORT_ARTIFACTS_DIR", str(pile.artifacts_dir))
    monkeypatch.setenv("VIDSORT_DATA_DIR", str(pile.data_dir / "gone"))
    page = visitor.open(serve(load_settings()), ready="text=Where are your videos?")
    page.wait_for_selector("text=The environment variable VIDSORT_DATA_DIR decides which folder is the library")
    assert page.get_by_role("button", name="Use this folder").count() == 0
    shot(page, "library-fixed")
    axe(page)


def test_the_settings_say_which_folder_is_the_library_and_what_decides_that(pile, serve, visitor, shot, axe):
    page = visitor.open(serve(pile.fill(3).settings))
    page.wait_for_selector('[data-folder="dance"]')  # what is known of the library is there with its folders
    page.keyboard.press(",")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(str(pile.data_dir)).wait_for()
    dialog.get_by_text("This server was started with a fixed library").scroll_into_view_if_needed()
    shot(page, "settings-library")
    axe(page)


def test_without_folders_three_are_made(pile, serve, visitor, shot, axe):
    page = visitor.open(serve(pile.fill(5, (), predicted=False).settings), ready="text=Make your first folders")
    shot(page, "no-folders")
    axe(page)
    page.get_by_label("Folder 1").fill("cooking")
    page.get_by_label("Folder 2").fill("sport")
    page.get_by_role("button", name="Make folders").click()
    page.wait_for_selector('[data-folder="cooking"]')
    page.keyboard.press("2")
    wait_until_saved(page)
    assert len(pile.inside("sport")) == 1


def test_without_a_model_the_page_says_what_to_do(pile, serve, visitor, shot, axe):
    page = visitor.open(serve(pile.fill(5, predicted=False).settings), size=(1440, 900))
    page.wait_for_selector("[data-tip]:has-text('Retrain')")
    page.wait_for_selector("video.on-show")
    shot(page, "no-model")
    axe(page)


def test_when_all_is_sorted_there_is_a_summary(pile, serve, visitor, shot, axe, eventually):
    page = visitor.open(serve(pile.fill(3).settings))
    for number in range(3):
        wait_for_card(page, name_of(number))
        page.keyboard.press("Enter")
    page.wait_for_selector("text=All sorted")
    wait_until_saved(page)
    assert page.inner_text(".fact:has-text('just now') strong") == "3"
    assert sorted(page.inner_text(".where-to").split(" · ")) == ["dance 1", "food 1", "sport 1"]
    page.get_by_role("button", name="Look for duplicates").click()
    page.wait_for_selector(".toast:has-text('No video has been looked at yet')")
    # However long a figure is, it is not broken.
    lines = "(strong => { strong.textContent = '1,221,862'; const {height} = strong.getBoundingClientRect();"
    lines += " return height / parseFloat(getComputedStyle(strong).lineHeight); })"
    lines += "(document.querySelector('.fact strong'))"
    assert page.evaluate(lines) < 1.5
    shot(page, "all-sorted")
    axe(page)
    # A video that is put into the library meanwhile appears by itself.
    shutil.copy(pile.template / "0.mp4", pile.data_dir / name_of(50))
    wait_for_card(page, name_of(50))


def test_errors_are_told_and_the_server_being_away_is_seen(pile, serve, visitor, shot, axe):
    context = visitor.context(size=(1440, 900))
    line = Line(context, "**/api/sort")
    page = visitor.open(serve(pile.fill().settings), context=context)
    wait_for_card(page, name_of(0))
    (pile.data_dir / "dance" / name_of(0)).write_bytes(b"in the way")
    page.keyboard.press("1")
    page.wait_for_selector(".toast.is-failure")
    wait_until_saved(page)
    line.is_cut = True
    page.keyboard.press("2")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    shot(page, "trouble")
    axe(page)


def test_unreadable_videos_show_their_reason(pile, serve, visitor, shot, axe):
    pile.fill(4)
    (pile.data_dir / name_of(0)).write_bytes(b"not a video" * 100)
    page = visitor.open(serve(pile.settings), size=(1440, 900))
    page.wait_for_function("(() => { const text = document.querySelector('[data-note]').textContent;"
                           " return text && !text.includes('Making'); })()")
    shot(page, "unreadable")
    axe(page)


def test_the_page_has_one_heading_landmarks_and_says_what_it_does(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    assert page.locator("h1").count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Folders").is_visible()
    page.keyboard.press("1")
    said = "document.querySelector('[data-say]').textContent"
    page.wait_for_function(f"{said}.startsWith('Filed in dance. 23 left. Next: food')")
    page.keyboard.press("z")
    page.wait_for_function(f"{said}.startsWith('Taken back from dance')")


def test_a_whole_review_needs_only_the_keyboard_and_the_focus_is_seen(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(3).settings))
    wait_for_card(page, name_of(0))
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.locator(".guess-button").first.focus()
    page.keyboard.press("Enter")
    wait_for_card(page, name_of(1))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")


def wait_until_saved_anywhere(page) -> None:
    """The state is hidden on a phone while all is well."""
    page.wait_for_selector('[data-sync][data-state="saved"]', state="attached")



def test_a_library_that_is_away_says_so_and_comes_back_by_itself_or_by_a_click(
    pile, serve, visitor, shot, axe, tmp_path
):
    page = visitor.open(serve(pile.fill(5).settings))
    page.wait_for_selector("video.on-show")
    kept = pile.data_dir.rename(tmp_path / "kept")
    pile.data_dir.mkdir()
    page.wait_for_selector("text=Your library is away")
    assert "held 11 videos in 3 folders and is empty now" in page.inner_text(".welcome-card")
    shot(page, "away")
    axe(page)
    pile.data_dir.rmdir()
    kept.rename(pile.data_dir)
    page.wait_for_selector("text=Your library is away", state="hidden")
    page.wait_for_selector("video.on-show")
    kept = pile.data_dir.rename(tmp_path / "kept")
    pile.data_dir.mkdir()
    page.get_by_role("button", name="Use the folder as it is now").click()
    page.wait_for_selector("text=Make your first folders")
