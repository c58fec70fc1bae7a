"""Files and version folders: whole or not at all, never overwritten."""

import json
import os
from pathlib import Path

import pytest

from vidsort.artifacts import files as durable
from vidsort.errors import ArtifactError


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(tmp_path):
    durable.write_whole(tmp_path / "made" / "a.json", b"old")
    durable.write_whole(tmp_path / "made" / "a.json", b"new")
    assert (tmp_path / "made" / "a.json").read_bytes() == b"new"
    assert everything_in(tmp_path) == ["made", "made/a.json"]


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(durable.os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        durable.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert everything_in(tmp_path) == ["a.json"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_is_whole_and_takes_no_name_that_anything_has(tmp_path, monkeypatch, has_links):
    def refuse(*_: object) -> None:
        raise PermissionError("FAT has none")

    if not has_links:
        monkeypatch.setattr(durable.os, "link", refuse)
    durable.write_new(tmp_path / "made" / "a", b"1")
    assert (tmp_path / "made" / "a").read_bytes() == b"1"
    (tmp_path / "made" / "nowhere").symlink_to("gone")
    (tmp_path / "made" / "folder").mkdir()
    for name in ("a", "nowhere", "folder"):
        with pytest.raises(FileExistsError):
            durable.write_new(tmp_path / "made" / name, b"2")
    assert everything_in(tmp_path) == ["made", "made/a", "made/folder", "made/nowhere"]
    assert (tmp_path / "made" / "a").read_bytes() == b"1"
    assert (tmp_path / "made" / "nowhere").is_symlink()


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_that_fails_half_way_is_not_there(tmp_path, monkeypatch, has_links):
    flushed = []

    def fail(_: int) -> None:
        flushed.append(1)
        if len(flushed) == 2 - has_links:
            raise OSError("the disk is full")

    def refuse(*_: object) -> None:
        raise PermissionError("FAT has none")

    if not has_links:
        monkeypatch.setattr(durable.os, "link", refuse)
    monkeypatch.setattr(durable.os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        durable.write_new(tmp_path / "a", b"1")
    assert everything_in(tmp_path) == []


def test_a_version_is_made_whole(tmp_path):
    durable.write_version(tmp_path / "v", {"one": b"1", "two": b"2"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "v").iterdir()} == {"one": b"1", "two": b"2"}


def test_a_version_is_never_overwritten(tmp_path):
    durable.write_version(tmp_path / "v", {"one": b"1"})
    with pytest.raises(ArtifactError, match="never overwritten"):
        durable.write_version(tmp_path / "v", {"one": b"other"})
    assert (tmp_path / "v" / "one").read_bytes() == b"1"


def test_a_version_that_fails_half_way_is_not_there(tmp_path, monkeypatch):
    calls = []

    def fail_at_the_second(_: int) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(durable.os, "fsync", fail_at_the_second)
    with pytest.raises(OSError, match="full"):
        durable.write_version(tmp_path / "v", {"one": b"1", "two": b"2"})
    assert everything_in(tmp_path) == []


def test_json_is_readable_by_any_program_also_where_a_number_is_unknown(tmp_path):
    durable.write_whole(tmp_path / "a.json", durable.as_json({"name": "é", "score": float("nan"), "at": Path("x")}))
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail) == {"name": "é", "score": None, "at": "x"}
    assert durable.read_json(tmp_path / "a.json") == json.loads(text)


@pytest.mark.parametrize("content", [
    None, b"", b"{", b"\xff", b"[]", b"null", b"7", b'{"a": NaN}', b'{"a": -Infinity}', b"[" * 100_000, b"9" * 5_000,
])
def test_a_missing_or_damaged_file_says_what_to_do(tmp_path, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArtifactError, match="vidsort retrain"):
        durable.read_json(path)


def make_pipe(path):
    os.mkfifo(path)


def make_endless(path):
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind here")
@pytest.mark.parametrize("make", [make_pipe, make_endless, Path.mkdir])
def test_what_would_never_end_is_not_waited_for(tmp_path, make):
    path = tmp_path / "a.json"
    make(path)
    with pytest.raises(ArtifactError, match=r"a\.json"):
        durable.read_file(path)
    with pytest.raises(ArtifactError, match=r"a\.json"):
        durable.read_json(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"x" * 20)
    assert durable.read_file(tmp_path / "a.json", 20) == b"x" * 20
    with pytest.raises(ArtifactError, match="too large"):
        durable.read_file(tmp_path / "a.json", 19)
    # With a hole for all of its content, so that it takes no room.
    os.truncate(tmp_path / "a.json", durable.MOST_JSON_BYTES + 1)
    with pytest.raises(ArtifactError, match="too large"):
        durable.read_json(tmp_path / "a.json")


def test_ids_sort_by_age_also_within_a_second():
    ids = [durable.new_version_id() for _ in range(50)]
    assert all(durable.VERSION_ID.fullmatch(each) for each in ids)
    # Four random bits follow the microsecond: only two of the same microsecond may change places.
    assert [each[:-1] for each in ids] == sorted(each[:-1] for each in ids)


def test_a_version_that_is_removed_is_gone_at_once_for_whoever_lists_versions(tmp_path, monkeypatch):
    durable.write_version(tmp_path / "20260101-000000-abcdef", {"a": b"1"})
    monkeypatch.setattr(durable.shutil, "rmtree", lambda path: None)
    durable.remove_version(tmp_path / "20260101-000000-abcdef")
    assert durable.version_ids(tmp_path) == []
    (left,) = tmp_path.iterdir()
    assert durable.BESIDE.fullmatch(left.name)
    monkeypatch.undo()
    durable.remove_beside(left)
    assert list(tmp_path.iterdir()) == []


def test_sizes_are_of_files_not_of_what_links_lead_to(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"x" * 100)
    (tmp_path / "in" / "link").symlink_to(tmp_path / "b")
    assert durable.size_of(tmp_path / "in") == 5 + (tmp_path / "in" / "link").lstat().st_size
    assert durable.size_of(tmp_path / "nothing") == 0
