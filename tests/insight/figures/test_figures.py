"""Figures: every name from a file is shown as text, every picture has its caption, nothing is fetched."""

import base64
import contextlib
import re

import numpy as np
import pandas
import pytest
from videos import make_video

from vidsort import library
from vidsort.features.contents import contents_of
from vidsort.insight import figures
from vidsort.insight.figures.shown import escape, tick_percent
from vidsort.learning.rows.parts import Part
from vidsort.media import sample_frames
from vidsort.records import Progress, Report, Video
from vidsort.steps import percent
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

NASTY = '<img src=x onerror=alert(1)> & $\\frac{a}{b}$ "quoted" 漢字'


def html_of(shown) -> str:
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"]
    return bundle["text/html"]


def svg_of(shown) -> str:
    data = re.search(r"data:image/svg\+xml;base64,([^\"]+)", html_of(shown)).group(1)
    return base64.b64decode(data).decode()


def rows(count=8, **more):
    shares = np.linspace(0.1, 1, count)
    return [
        {"confidence": s, "right": s, "low": max(0, s - 0.1), "high": min(1, s + 0.1), "count": 5, "threshold": 1 - s,
         "cover": s, "error": s / 10} | more
        for s in shares.tolist()
    ]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.intervals([(NASTY, 0.5, 0.4, 0.6)], title=NASTY, caption=NASTY, chosen=NASTY),
        lambda: figures.confusion([NASTY, "b"], ["b", "b"], [NASTY, "b"]),
        lambda: figures.reliability(rows(), rows()),
        lambda: figures.cover_against_error(rows(), rows()[3]["threshold"], 0.05),
        lambda: figures.cover_against_error(rows(), None, 0.05),
        lambda: figures.learning_curve([(10, 0.5, 0.4, 0.6), (20, 0.6, 0.5, 0.7)], [(40, 0.7, 0.6, 0.8)], NASTY),
        lambda: figures.posters([figures.Card(None, NASTY, NASTY)], heading=NASTY),
        lambda: figures.note(NASTY),
        lambda: figures.table(pandas.DataFrame({NASTY: [NASTY]})),
    ],
)
def test_names_are_text_and_pictures_need_nothing_from_elsewhere(draw):
    shown = html_of(draw())
    assert "<img src=x" not in shown
    assert not re.search(r"""(src|href)=["'](?!data:)""", shown)
    if "svg+xml" in shown:
        assert re.search(r'alt="[^"]{20,}"', shown)


def test_the_same_values_give_the_same_picture():
    first, second = (figures.reliability(rows(), rows()) for _ in range(2))
    assert svg_of(first) == svg_of(second)


def test_captions_say_what_the_picture_shows():
    assert "differ by 0.0%" in figures.reliability(rows(), rows()).text
    mixed = figures.confusion(["a", "a", "b"], ["b", "a", "a"], ["a", "b"])
    assert mixed.text.startswith("2 of 3 videos")
    assert "a and b are taken for each other" in mixed.text
    assert "Every video" in figures.confusion(["a"], ["a"], ["a", "b"]).text
    assert "No threshold can promise" in figures.cover_against_error(rows(), None, 0.05).text
    chosen = figures.cover_against_error(rows(), rows()[3]["threshold"], 0.05)
    assert "the promise is 5%" in chosen.text


def test_where_there_is_nothing_to_draw_it_is_said():
    assert "too little" in figures.intervals([], title="Candidates", caption="").text
    assert "too little" in figures.reliability([], []).text
    assert "too little" in figures.cover_against_error([], None, 0.1).text
    assert figures.posters([], nothing="No video.").text == "No video."
    untested = figures.intervals([("a", None, None, None)], title="Recall", caption="")
    assert untested.text == "Recall: nothing could be tested yet."
    assert figures.confusion([], [], ["a", "b"]).text.startswith("No video could be tested")
    assert figures.learning_curve([], [], "Too few.").text == "Too few."


def test_a_table_shows_what_is_known_and_leaves_the_rest_empty_or_a_dash_for_a_number():
    frame = pandas.DataFrame(
        {"folder": ["a", None], "recall": [0.666, float("nan")], "is_thin": [True, False], "videos": [3, 4]}
    )
    shown = figures.table(frame, {"recall": "{:.0%}"})
    assert shown.text == "folder | recall | is thin | videos\na | 67% | yes | 3\n | - |  | 4"
    assert shown.html.count("text-align:right") == 6
    assert "nan" not in shown.html.lower()
    assert "None" not in shown.html
    assert figures.table(frame[:0], nothing="No folder.").text == "No folder."
    nearly = pandas.DataFrame({"recall": [0.996, None]})
    assert figures.table(nearly, {"recall": percent}).text == "recall\n>99%\n-"
    assert figures.table(pandas.DataFrame({"heads": [["lda", "mlp"], ("lda",)]})).text == "heads\nlda, mlp\nlda"


@pytest.mark.programs
def test_a_video_without_a_poster_shows_its_reason(tmp_path):
    path = tmp_path / "1.mp4"
    path.write_bytes(b"no video at all")
    video = Video(filename="1.mp4", folder=None, directory=path.parent, size_bytes=15, mtime_ns=0)
    card = figures.card(tmp_path / "artifacts", video, text="unsure")
    assert card.picture is None
    assert card.title == "1.mp4"
    assert card.text.startswith("unsure ")
    assert len(card.text) > len("unsure ")


def test_a_contact_sheet_and_a_playing_clip_come_from_the_video_itself(tmp_path):
    path = make_video(tmp_path / "library" / "<b>bold" / "1.mp4", size=(66, 98), gop=3)
    (video,) = library.videos(tmp_path / "library")
    sheet = html_of(figures.contact_sheet(tmp_path / "artifacts", [video], 4))
    assert sheet.count("data:image/webp") == len(sample_frames(path, 4).images)
    assert "&lt;b&gt;bold · 1.mp4" in sheet
    assert "<b>bold" not in sheet
    clip = html_of(figures.clip(tmp_path / "artifacts", video, seconds=0.5, height_px=65))
    assert clip.count("data:video/mp4;base64,") == 1
    assert "autoplay" in clip


@pytest.mark.programs
def test_a_video_that_was_sorted_meanwhile_is_shown_all_the_same_and_one_that_is_gone_with_the_reason(tmp_path):
    for number in (1, 2):
        make_video(tmp_path / "library" / f"{number}.mp4", pattern=number)
    sorted_one, gone = library.videos(tmp_path / "library")
    artifacts_dir = tmp_path / "artifacts"
    with contextlib.closing(open_database(artifacts_dir)) as database:
        contents_of(FeatureStore(database), [sorted_one, gone])
    (tmp_path / "library" / "food").mkdir()
    sorted_one.path.rename(tmp_path / "library" / "food" / "1.mp4")
    gone.path.unlink()
    card = figures.card(artifacts_dir, sorted_one)
    assert (card.picture[:4], card.title) == (b"RIFF", "1.mp4")
    reason = "2.mp4 is no longer where it was"
    assert reason in figures.card(artifacts_dir, gone).text
    sheet = html_of(figures.contact_sheet(artifacts_dir, [gone, sorted_one], 1))
    assert sheet.count("data:image/webp") == 1
    assert reason in sheet
    assert "data:video/mp4" in html_of(figures.clip(artifacts_dir, sorted_one, seconds=0.2, height_px=64))
    assert reason in html_of(figures.clip(artifacts_dir, gone))


def test_positions_are_the_same_each_time_and_neighbours_stay_together():
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.normal(place, 0.05, (12, 16)) for place in (0, 1)])
    first, second = figures.positions(Part.whole(rows)), figures.positions(Part.whole(rows))
    assert np.array_equal(first, second)
    assert first.shape == (24, 2)
    within = np.linalg.norm(first[:12] - first[:12].mean(axis=0), axis=1).mean()
    assert within < np.linalg.norm(first[:12].mean(axis=0) - first[12:].mean(axis=0))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_the_smallest_libraries_have_a_map(count):
    places = figures.positions(Part.whole(np.eye(4, 8, dtype=np.float32)[:count]))
    assert places.shape == (count, 2)
    shown = html_of(figures.library_map(places, ["1.mp4"] * count, [None] * count, [None] * count))
    assert "srcdoc" in shown


def test_the_map_keeps_names_and_scripts_inside_its_own_frame():
    shown = html_of(figures.library_map(np.zeros((1, 2)), ["1.mp4"], ["</script><script>alert(1)//"], [None]))
    assert shown.count("<iframe") == 1
    assert 'sandbox="allow-scripts"' in shown
    assert "<script" not in shown
    assert "&lt;/script&gt;&lt;script&gt;alert" not in shown


def test_a_report_carries_itself_for_the_runner_of_notebooks():
    report = Report(step="train", done=3, took_s=1.23456, outputs={
        "model_id": NASTY, "accuracy": 0.98765, "accuracy_low": 0.97, "accuracy_high": 0.991, "thin_folders": None,
    })
    bundle = figures.show_report(report)._repr_mimebundle_()
    assert Report.model_validate(bundle[figures.REPORT_MIMETYPE] | {"failed": ()}) == report
    assert escape(NASTY) in bundle["text/html"]
    assert "accuracy: 98.8% (97.0% to 99.1%)" in bundle["text/plain"]
    assert "None" not in bundle["text/plain"]


def test_progress_is_one_line_that_is_kept_up_to_date_and_gone_at_the_end(monkeypatch):
    lines = []

    class Handle:
        def update(self, data, raw):
            lines.append(data["text/plain"])

    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda what, **__: shown.append(what) or Handle())
    tell = figures.progress_line()
    tell(Progress(step="train", done=1, total=4, left_s=12.3, message="scoring"))
    tell(Progress(step="train", done=4, total=4))
    assert lines == ["1 of 4, scoring, 12 s left", ""]
    for done in range(3):
        tell(Progress(step="extract_features", done=done, total=3, notice="3 videos are looked at anew."))
    assert [one.text for one in shown[1:]] == ["3 videos are looked at anew."]


def test_odd_percentages_are_exact():
    assert [tick_percent(share) for share in (0, 0.075, 0.8, 1)] == ["0%", "7.5%", "80%", "100%"]


def test_what_nobody_would_see_of_a_name_is_drawn_by_its_code():
    name = "fo\u200bod\u202e"
    frame = pandas.DataFrame({"folder": [name], "likely": [[name, "sea"]]})
    for shown in (figures.table(frame), figures.note(name)):
        assert "\u200b" not in shown.html
        assert "fo[U+200B]od[U+202E]" in shown.html
    assert figures.table(frame).text.endswith("fo[U+200B]od[U+202E] | fo[U+200B]od[U+202E], sea")
    places, folders = np.array([[0.0, 0.0], [1.0, 1.0]]), [name, None]
    drawn = figures.library_map(places, ["1.mp4", "2.mp4"], folders, [None, None])
    assert "\u200b" not in drawn.html
    assert "fo[U+200B]od[U+202E]" in drawn.html


@pytest.mark.parametrize("part", [
    Part.whole(np.array([f'{{"title": "{word} {number}"}}' for number in range(9) for word in ("cat", "dog")], object),
               "text"),
    Part.whole(np.array(['{"author": "the same"}'] * 12, object), "text"),
    Part.whole(np.full((12, 3), 0.5, np.float32), "scaled"),
    Part.whole(np.random.default_rng(0).normal(size=(18, 5)).astype(np.float32) * [1e-4, 1, 1e4, 1, 1], "scaled"),
    Part(np.ones((8, 4), np.float32), np.arange(8) < 2, "s", "scaled"),
], ids=["words", "the same words", "the same numbers", "numbers", "two of eight"])
def test_every_kind_of_evidence_makes_a_map_of_the_videos_that_have_it(part):
    places = figures.positions(part)
    assert places.shape == (part.mask.sum(), 2)
    assert np.isfinite(places).all()
    assert np.array_equal(places, figures.positions(part))
    if part.rows == "text" and len(set(part.X)) > 1:
        assert np.linalg.norm(places[0::2].mean(axis=0) - places[1::2].mean(axis=0)) > 0
