"""What a worker does with a task, in this process: children are kept between tasks, and ended where none comes."""

import base64
from pathlib import Path

import pytest
from videos import make_video

from vidsort.errors import VidsortError
from vidsort.features.cluster import task
from vidsort.features.cluster.sameness import made
from vidsort.features.cluster.task import Child, Children, look_at, why_unfit
from vidsort.features.modalities import ExtractConfig, to_json
from vidsort.media.content import content_hash

pytest.importorskip("distributed", reason='the extra "cluster" is not installed')

CHOSEN = ExtractConfig(modalities=("motion",)).chosen
WANTED = to_json(CHOSEN)


@pytest.fixture
def children(monkeypatch):
    """The children of this worker, all of which are ended after the test."""
    own = Children()
    monkeypatch.setattr(task, "CHILDREN", own)
    yield own
    own.end_idle()


def asked(path: Path) -> dict:
    facts = path.stat()
    return {
        "path": str(path), "place": path.name, "stamp": [facts.st_size, facts.st_mtime_ns],
        "content": content_hash(path).hex(), "wanted": dict.fromkeys(CHOSEN, "00"),
    }


@pytest.mark.programs
def test_answers_come_in_their_order_and_a_child_is_kept_for_the_next_task(children, tmp_path):
    requests = [asked(make_video(tmp_path / f"{number}.mp4")) for number in range(6)]
    (tmp_path / "3.mp4").rename(tmp_path / "elsewhere.mp4")
    told = look_at(made(), str(tmp_path), WANTED, requests)
    assert [sorted(answer) for answer in told["answers"]].count(["gone"]) == 1
    assert told["answers"][3] == {"gone": True}
    assert all(set(answer["found"]) == set(CHOSEN) for answer in told["answers"] if "found" in answer)
    assert told["took_s"] > 0
    (kept,) = children._idle
    assert look_at(made(), str(tmp_path), WANTED, requests[:1])["answers"][0]["found"]
    assert children._idle == [kept]
    assert list(kept.path.rglob("*.*")) == []
    children.end_idle(60)
    assert children._idle == [kept]
    children.end_idle()
    assert children._idle == []
    assert not kept.path.exists()


@pytest.mark.programs
def test_a_poster_goes_with_the_answer_and_is_not_left(children, tmp_path):
    config = ExtractConfig(modalities=("frames",))
    request = asked(make_video(tmp_path / "1.mp4")) | {"wanted": dict.fromkeys(config.chosen, "00")}
    answer = look_at(made(), str(tmp_path), to_json(config.chosen), [request])["answers"][0]
    assert base64.b64decode(answer["poster"]).startswith(b"RIFF")
    assert not list(children._idle[0].path.rglob("*.webp"))


def test_a_child_that_nobody_asks_for_is_ended(eventually):
    children = Children(idle_s=0.05)
    with children.one(WANTED) as child:
        pass
    eventually(lambda: not child.path.exists())


def test_a_child_that_looks_for_something_else_is_not_taken(children):
    with children.one(WANTED) as first:
        pass
    with children.one(to_json(ExtractConfig(modalities=("sound",)).chosen)) as second:
        assert second is not first


def test_a_machine_that_cannot_look_says_so_and_is_no_verdict_on_a_video(children, tmp_path, monkeypatch):
    def fail(*_):
        raise VidsortError("The encoder cannot be started.")

    request = asked(make_video(tmp_path / "1.mp4"))
    assert "has vidsort" in look_at(made()._replace(version="9"), str(tmp_path), WANTED, [request])["refused"]
    monkeypatch.setattr(Child, "ask", fail)
    told = look_at(made(), str(tmp_path), WANTED, [request])
    assert told["refused"] == "cannot look at videos: The encoder cannot be started"
    assert children._idle == []


def test_a_machine_is_unfit_that_finds_none_of_some_videos(tmp_path):
    there = asked(make_video(tmp_path / "1.mp4"))
    missing = there | {"place": "2.mp4"}
    assert why_unfit(made(), str(tmp_path), WANTED, [missing, there]) is None
    assert why_unfit(made(), str(tmp_path), WANTED, []) is None
    assert why_unfit(made(), str(tmp_path), WANTED, [missing]) == (
        f"does not find 2.mp4 in {tmp_path}, or another file there: set cluster_library to where workers find it"
    )
    assert "does not reach the library: nonsense:" in why_unfit(made(), "nonsense://a", WANTED, [there])
    assert "has vidsort" in why_unfit(made()._replace(version="9"), str(tmp_path), WANTED, [there])
