"""What the process that lists tells of a folder: all at first, then what differs, and of touched names in any case."""

import io
import json

import pytest

from vidsort.library.live import lister as module
from vidsort.library.live.lister import Lister, serve


@pytest.fixture
def data_dir(tmp_path):
    """A folder food with a video and its words, two unsorted videos."""
    for place in ("food/3.mp4", "food/3.description", "1.mp4", "2.mp4", "other.mp4"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    return tmp_path


def said(videos=(), beside=(), gone=()):
    """Names as they are told."""
    return {"videos": tuple(videos), "beside": tuple(beside), "gone": list(gone)}


def test_all_is_told_at_first_then_what_differs(data_dir):
    lister = Lister(data_dir, "digits")
    told, names = lister.answer("", set(), is_anew=True)
    assert told["is_listed"]
    assert list(told["folders"]) == ["food"]
    assert told["counts"] == {"names": 1}
    assert told["examples"] == {"names": ["other.mp4"]}
    assert names == said(videos=["1.mp4", "2.mp4"])
    (data_dir / "2.mp4").rename(data_dir / "3.mp4")
    assert lister.answer("", set(), is_anew=False)[1] == said(videos=["3.mp4"], gone=["2.mp4"])
    assert lister.answer("", set(), is_anew=False)[1] == said()
    assert lister.answer("", set(), is_anew=True)[1]["videos"] == ("1.mp4", "3.mp4")


def test_what_was_touched_is_told_whether_it_differs_or_not(data_dir):
    lister = Lister(data_dir, "digits")
    assert lister.answer("food", set(), is_anew=True)[1] == said(videos=["3.mp4"], beside=["3.description"])
    assert lister.answer("food", {"3.mp4", "4.mp4", "3.description"}, is_anew=False)[1] == said(
        videos=["3.mp4"], beside=["3.description"], gone=["4.mp4"]
    )
    (data_dir / "food" / "3.description").unlink()
    assert lister.answer("food", {"3.description"}, is_anew=False)[1] == said(gone=["3.description"])
    assert lister.answer("food", set(), is_anew=False)[1] == said()


def test_what_cannot_be_listed_is_told_as_a_whole_the_next_time(data_dir):
    lister = Lister(data_dir, "digits")
    lister.answer("", set(), is_anew=True)
    data_dir.rename(data_dir.with_name("away"))
    assert lister.answer("", set(), is_anew=False) == ({"is_listed": False}, {})
    data_dir.with_name("away").rename(data_dir)
    assert lister.answer("", set(), is_anew=False)[1]["videos"] == ("1.mp4", "2.mp4")


def test_answers_are_lines_of_so_many_names_whatever_these_are(data_dir, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 2)
    for name in ("a\n.mp4", "ü b.mp4", "\udcff.mp4", '".mp4'):
        (data_dir / "food" / name).touch()
    asked = json.dumps({"folder": "food", "touched": [], "is_anew": True}).encode()
    answers = io.BytesIO()
    serve(io.BytesIO(asked + b"\n"), answers, Lister(data_dir, "any"))
    told, *lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert told["lines"] == {"videos": 2, "beside": 1, "gone": 0}
    assert lines == [['".mp4', "3.mp4"], ["ü b.mp4"], ["3.description"]]
    assert told["counts"] == {"unusable_names": 2}
