"""Text on screen: each line once as it was read best, and nothing where there is none."""

import json

import numpy as np
import pytest
from showing import a_page, make_shown_video, need_ocr

from vidsort.errors import SettingsError
from vidsort.features.encoders import ocr
from vidsort.features.encoders.ocr import OcrConfig, OcrEncoder, merged_lines, that_differ
from vidsort.features.extraction import look
from vidsort.media import Frames


@pytest.fixture(scope="module")
def encoder() -> OcrEncoder:
    need_ocr()
    return OcrEncoder(OcrConfig())


def test_what_a_video_shows_is_its_text_in_order_of_time_and_each_line_once(encoder, tmp_path):
    pages = [("@anna.cooks", "Easy pasta"), ("@anna.cooks", "Boil the water"), ("@anna.cooks", "Add 200 g salt")]
    video = make_shown_video(tmp_path / "1.mp4", pages)
    found = look(video, {"ocr": encoder}).found["ocr"]
    assert found.vector is None
    assert json.loads(found.document)["screen"].splitlines() == [
        "@anna.cooks", "Easy pasta", "Boil the water", "Add 200 g salt",
    ]


def test_pictures_without_text_say_nothing(encoder, tmp_path):
    blank = np.full((640, 360, 3), 99, np.uint8)
    assert encoder.encode(Frames([blank, a_page()], [0.0, 1.0])).document is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (480, 3), (30, 30)])
def test_a_picture_of_any_shape_is_read(encoder, shape):
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    encoder.encode(Frames([picture], [0.0]))


def test_a_frame_in_which_only_a_caption_changes_differs_and_one_that_is_the_same_is_not_read_again():
    first, second = a_page("Step 1"), a_page("Step 2: whisk the eggs")
    noisy = np.clip(first.astype(int) + np.random.default_rng(0).integers(-3, 4, first.shape), 0, 255).astype(np.uint8)
    kept = that_differ([first, noisy, second, second, first])
    assert [any(one is picture for one in kept) for picture in (first, noisy, second)] == [True, False, True]
    assert len(kept) == 3


@pytest.mark.parametrize(("frames", "lines"), [
    ([[("Bread with salt", 0.8)], [("Bread wlth salt", 0.7)]], ["Bread with salt"]),
    ([[("Bread wlth salt", 0.7)], [("Bread with salt", 0.8)]], ["Bread with salt"]),
    ([[("Bread", 0.9)], [("Bread with salt", 0.8)]], ["Bread with salt"]),
    ([[("Bread with salt", 0.8)], [("Bread", 0.9)]], ["Bread with salt"]),
    ([[("Day 11 of running", 0.9)], [("Day 12 of running", 0.9)]], ["Day 11 of running", "Day 12 of running"]),
    ([[("cat", 0.9)], [("car", 0.9)]], ["cat", "car"]),
    ([[("its", 0.9), ("its", 0.8), ("kits", 0.9)]], ["its", "kits"]),
    ([[("ST", 0.9), ("\u6599\u7406", 0.9)]], ["\u6599\u7406"]),
    ([[("|", 0.9), ("~", 0.9), ("!", 0.9)]], []),
    ([[("  two   blanks ", 0.9)]], ["two blanks"]),
    ([], []),
])
def test_lines_are_merged_over_time(frames, lines):
    assert merged_lines(frames) == lines


def test_without_the_extra_one_sentence_says_what_mends_it(monkeypatch):
    monkeypatch.setattr(ocr.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r'pip install "vidsort\[ocr\]"'):
        OcrConfig().require()
    with pytest.raises(SettingsError, match="extra"):
        OcrEncoder(OcrConfig())


def test_a_video_takes_one_thread(encoder):
    encoder._reader(a_page("Easy pasta"))  # its networks are loaded when they are needed first
    sessions = [part.session.session for part in (encoder._reader.text_det, encoder._reader.text_rec) if part]
    assert sessions
    for session in sessions:
        options = session.get_session_options()
        assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
