"""What a folder says of itself: one line, whoever wrote the file."""

import os

import pytest

from vidsort.features.words.folders import LONGEST_LINE, MOST_BYTES, NAME, descriptions


@pytest.mark.parametrize(("data", "line"), [
    (b"puppies and old dogs\n", "puppies and old dogs"),
    (b"\n  \r\n  the first  that says\tanything\nnot this", "the first that says anything"),
    ("Hündchen".encode("utf-16"), "Hündchen"),
    ("Hündchen".encode("cp1252"), "Hündchen"),
    (b"\xef\xbb\xbf\x07bell", "bell"),
    (b"x" * 5000, "x" * LONGEST_LINE),
    (b"", ""),
])
def test_the_first_line_that_says_anything_counts(tmp_path, data, line):
    (tmp_path / "dogs").mkdir()
    (tmp_path / "dogs" / NAME).write_bytes(data)
    assert descriptions(tmp_path, ["dogs"]) == {"dogs": line}


def test_what_cannot_be_read_is_told_and_counts_as_nothing(tmp_path, caplog):
    for name in ("big", "link", "pipe", "folder", "none"):
        (tmp_path / name).mkdir()
    (tmp_path / "big" / NAME).write_bytes(b"x" * (MOST_BYTES + 1))
    (tmp_path / "link" / NAME).symlink_to(tmp_path / "big" / NAME)
    os.mkfifo(tmp_path / "pipe" / NAME)
    (tmp_path / "folder" / NAME).mkdir()
    names = ["big", "folder", "link", "none", "pipe"]
    assert descriptions(tmp_path, names) == dict.fromkeys(names, "")
    assert len(caplog.records) == 4
