"""Sessions that a logout has ended: for every process, until they would have expired anyway."""

import time

from vidsort.store import open_database
from vidsort.store.sessions import EndedSessions, session_key


def test_a_session_that_was_ended_is_known_to_every_process_and_never_kept_as_it_is(tmp_path):
    here, there = EndedSessions(open_database(tmp_path)), EndedSessions(open_database(tmp_path))
    assert not there.has("token")
    here.end("token", time.time() + 60)
    here.end("token", time.time() + 60)
    assert there.has("token")
    assert not there.has("another")
    assert b"token" not in (tmp_path / "vidsort.db-wal").read_bytes()


def test_what_would_have_expired_is_forgotten(tmp_path):
    ended = EndedSessions(open_database(tmp_path))
    ended.end("old", time.time() - 1)
    ended.end("new", time.time() + 60)
    assert not ended.has("old")
    assert ended.has("new")


def test_all_processes_of_a_database_have_one_key_and_no_other_database_has_it(tmp_path):
    keys = [session_key(open_database(tmp_path / name)) for name in ("here", "here", "there")]
    assert len(keys[0]) == 32
    assert keys[0] == keys[1] != keys[2]
