"""What so many videos of a library have that it says nothing of one: found, kept a library, left out at reading."""

import contextlib
import json
import string

from hypothesis import given
from hypothesis import strategies as st

from vidsort.store import open_database
from vidsort.store.words import everywhere_in, keep_everywhere, lines_everywhere, without
from vidsort.store.words.everywhere import FEWEST_VIDEOS
from vidsort.store.words.folding import folded


def shown(*lines: str) -> str:
    return json.dumps({"screen": "\n".join(lines)})


def test_a_line_on_more_than_three_of_ten_videos_is_everywhere_however_it_is_written():
    documents = [shown("@anna", f"recipe {number % 4}", "TikTok" if number % 2 else "TIKTOK  ") for number in range(32)]
    assert lines_everywhere(documents, 100) == {"anna", "tiktok"}
    assert lines_everywhere(documents, 120) == set()


def test_in_a_small_library_what_all_of_a_folder_has_is_no_watermark():
    documents = [shown("bread")] * (FEWEST_VIDEOS - 1)
    assert lines_everywhere(documents, len(documents)) == set()
    assert lines_everywhere([*documents, shown("Bread")], 2 * len(documents)) == {"bread"}


def test_a_line_that_one_video_repeats_counts_once():
    assert lines_everywhere([shown(*["bread"] * 50)], 2) == set()


def test_what_is_everywhere_is_left_out_and_the_rest_stays():
    assert json.loads(without(shown("@Anna", "Bread with salt"), {"anna"})) == {"screen": "Bread with salt"}
    assert without(shown("@Anna"), {"anna"}) == ""
    said = '{"language": "en", "speech": "Hello.\\nThank you."}'
    assert json.loads(without(said, {"thank you"})) == {"language": "en", "speech": "Hello."}
    assert without(said, {"thank you", "hello"}) == ""
    assert without("", {"a"}) == ""
    assert without(said, frozenset()) is said


def test_each_library_and_each_kind_has_its_own(tmp_path):
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        keep_everywhere(database, tmp_path / "a", "ocr", {"anna", "tiktok"})
        keep_everywhere(database, tmp_path / "a", "ocr", {"tiktok"})
        keep_everywhere(database, tmp_path / "b", "ocr", {"bea"})
        assert everywhere_in(database, tmp_path / "a", "ocr") == {"tiktok"}
        assert everywhere_in(database, tmp_path / "b", "ocr") == {"bea"}
        assert everywhere_in(database, tmp_path / "a", "speech") == frozenset()
        before = database.connection().total_changes
        keep_everywhere(database, tmp_path / "a", "ocr", {"tiktok"})
        assert database.connection().total_changes == before


LINES = st.lists(st.text(string.ascii_letters + " #é", max_size=6), max_size=5)


@given(st.lists(LINES, max_size=30))
def test_after_leaving_out_nothing_is_everywhere_and_nothing_else_is_lost(videos):
    documents = [shown(*lines) for lines in videos]
    everywhere = lines_everywhere(documents, len(documents))
    left = [without(document, everywhere) for document in documents]
    assert lines_everywhere(filter(None, left), len(documents)) == set()
    for lines, document in zip(videos, left, strict=True):
        kept = json.loads(document)["screen"].split("\n") if document else []
        assert [line for line in kept if folded(line)] == [
            line for line in lines if folded(line) and folded(line) not in everywhere
        ]
