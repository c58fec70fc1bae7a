"""What comes piece by piece: events with any name in them, and files that are whole or not there."""

import json
import resource

import pytest

from vidsort.client.streams import EventReader, new_file
from vidsort.errors import ConflictError, VidsortError

MOVE = {
    "id": 1, "batch": "a", "kind": "sort", "source": "1.mp4", "target": "\udcff/1.mp4", "state": "done", "at": 1.0,
    "by": None, "account": None,
}


def test_an_event_with_a_name_that_is_no_valid_unicode_is_read():
    reader = EventReader()
    data = json.dumps({"moves": [MOVE], "left_out": 0})
    assert [reader.take(line) for line in ("event: moved", f"data: {data}")] == [None, None]
    assert reader.take("").moves[0].target == "\udcff/1.mp4"
    assert [reader.take(line) for line in ("event: later", "data: {}", "", ": alive", "")] == [None] * 5


def test_what_is_cut_off_by_a_full_disk_is_not_left_under_its_name(tmp_path):
    path = tmp_path / "1.mp4"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        # Few enough bytes to be written only when the file is closed.
        with pytest.raises(VidsortError, match="cannot be written"), new_file(path) as file:
            file.write(bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not path.exists()


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    path = tmp_path / "1.mp4"
    path.write_bytes(b"mine")
    with pytest.raises(ConflictError), new_file(path):
        pytest.fail("it was opened")
    assert path.read_bytes() == b"mine"
