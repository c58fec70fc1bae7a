"""Which files go along: all that belong to the video and to no other that stays, whoever has listed the folder."""

import os
import subprocess
import sys

import pytest
from places import add_sidecars, data_dir, database, keeping_permissions, tree

from vidsort.errors import AwayError
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.beside import Beside
from vidsort.library.moves.mover import Mover
from vidsort.library.opened import Folders, OpenFolder, Place
from vidsort.store.journal import Sidecar

__all__ = ["data_dir", "database"]


@pytest.fixture(params=["live", "listed"])
def beside(request, data_dir):
    """For a library of any names: asked of one in memory, and of the disk; made when it is called."""
    with Folders(data_dir) as folders:
        live = LiveLibrary(data_dir, video_names="any") if request.param == "live" else None
        yield lambda: Beside(folders, live, "any")


def put(data_dir, *names):
    for name in names:
        (data_dir / name).write_text(name)


def names(sidecars):
    return sorted(sidecar.name for sidecar in sidecars)


def leaving(beside, first, other):
    """What goes along with the first video that leaves, by name, and what would with the other one then."""
    asked = beside()
    gone = asked.of(first)
    asked.leaves(first, gone)
    return names(gone), asked.of(other)


def test_what_belongs_to_a_video_goes_along_and_nothing_else(data_dir, beside):
    put(data_dir, "10.json", "10.en.vtt", "10.mp4.json", "10.txt", "1.json", "100.json", "captions.csv")
    assert names(beside().of("10.mp4")) == ["10.en.vtt", "10.json", "10.mp4.json"]
    assert names(beside().of("11.mp4")) == []


def test_its_size_and_time_are_told(data_dir, beside):
    put(data_dir, "10.json")
    os.utime(data_dir / "10.json", ns=(7, 7))
    (sidecar,) = beside().of("10.mp4")
    assert (sidecar.size_bytes, sidecar.mtime_ns, sidecar.shared_with) == (7, 7, ())


def test_what_two_videos_share_stays_until_the_last_of_them_leaves(data_dir, beside):
    put(data_dir, "10.mov", "10.json", "10.mp4.json")
    first, (last,) = leaving(beside, "10.mp4", "10.mov")
    assert first == ["10.mp4.json"]
    assert (last.name, last.shared_with) == ("10.json", ("10.mp4",))


def test_what_a_move_took_goes_back_with_it_whoever_shares_it(data_dir, beside):
    put(data_dir, "soccer/5.mov", "soccer/5.json", "soccer/5.mp4.json")
    took = Sidecar("5.json", 1, 1)
    found = beside().of("soccer/5.mp4", [took])
    assert names(found) == ["5.json", "5.mp4.json"]
    assert took in found
    assert names(beside().of("soccer/5.mp4")) == ["5.mp4.json"]


def test_a_subtitle_of_a_longer_stem_is_not_taken_when_that_has_left_with_it(data_dir, beside):
    put(data_dir, "a.mp4", "a.en.mp4", "a.en.vtt")
    longer, left = leaving(beside, "a.en.mp4", "a.mp4")
    assert (longer, left) == (["a.en.vtt"], ())


def test_links_and_folders_are_no_sidecars_and_share_none(data_dir, beside):
    put(data_dir, "10.json")
    (data_dir / "10.srt").symlink_to("10.json")
    (data_dir / "10.jpg").mkdir()
    (data_dir / "10.mov").symlink_to("10.mp4")
    (data_dir / "10.mkv").mkdir()
    assert names(beside().of("10.mp4")) == ["10.json"]


def test_what_others_put_there_since_the_library_was_listed_is_seen_at_once(data_dir):
    live = LiveLibrary(data_dir)
    live.poll()
    put(data_dir, "10.json", "soccer/5.srt")
    with Folders(data_dir) as folders:
        beside = Beside(folders, live, "digits")
        assert names(beside.of("10.mp4")) == ["10.json"]
        assert names(beside.of("soccer/5.mp4")) == ["5.srt"]


def test_a_library_in_memory_is_asked_instead_of_the_disk(data_dir, database, monkeypatch):
    add_sidecars(data_dir)
    mover = Mover(data_dir, database, LiveLibrary(data_dir))
    mover.recover()
    before = tree(data_dir)
    monkeypatch.setattr(OpenFolder, "names", lambda _: pytest.fail("a folder was listed"))
    looked = []
    real_facts = Place.facts
    monkeypatch.setattr(Place, "facts", lambda place: (looked.append(place.name), real_facts(place))[1])
    mover.sort("11.mp4", "soccer")
    assert set(looked) == {"11.mp4"}
    looked.clear()
    mover.sort("10.mp4", "soccer")
    assert set(looked) == {"10.mp4", "10.info.json", "10.en.vtt", "10.mp4.json", "10.srt"}
    for _ in range(2):
        mover.undo()
    assert tree(data_dir) == before


@pytest.mark.programs
def test_in_a_folder_that_may_not_be_listed_the_usual_names_are_looked_for(data_dir, database, tmp_path):
    put(data_dir, "soccer/5.info.json", "soccer/5.mp4.json", "soccer/5.srt")
    program = (
        "import sys, pathlib\nfrom vidsort.library.moves import Mover\nfrom vidsort.store import open_database\n"
        "library, artifacts = map(pathlib.Path, sys.argv[1:])\n"
        "Mover(library, open_database(artifacts)).undo()\n"
    )
    Mover(data_dir, database).sort("10.mp4", "soccer")
    put(data_dir, "soccer/10.info.json", "soccer/10.mp4.json", "soccer/10.srt")
    (data_dir / "soccer").chmod(0o300)
    try:
        subprocess.run(
            [*keeping_permissions(), sys.executable, "-c", program, data_dir, tmp_path / "artifacts"],
            check=True, timeout=60,
        )
    finally:
        (data_dir / "soccer").chmod(0o755)
    assert {"10.mp4", "10.info.json", "10.mp4.json", "10.srt"} <= {path.name for path in data_dir.iterdir()}
    assert "5.srt" in {path.name for path in (data_dir / "soccer").iterdir()}


def test_a_folder_that_cannot_be_seen_now_keeps_an_undo_waiting(data_dir, database, monkeypatch):
    mover = Mover(data_dir, database)
    mover.sort("10.mp4", "soccer")

    def fail(_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(OpenFolder, "names", fail)
        with pytest.raises(AwayError, match=r"beside soccer/10\.mp4 cannot be seen"):
            mover.undo()
    assert mover.undo()[0].state == "undone"
