"""What nothing is behind is counted and taken out in steps, and nothing that something is behind."""

import contextlib
import os
import sqlite3

import numpy as np
import pytest

from vidsort.library.moves.mover import Mover
from vidsort.store import cleaning, open_database
from vidsort.store.cleaning import (
    Content,
    Sum,
    contents_under,
    drop_dead,
    drop_modalities,
    forget_contents,
    free_bytes,
    mark_of_moves,
    shrink,
    size_on_disk,
    sum_of_dead,
    sums_by_modality,
    write_anew,
)
from vidsort.store.features import FeatureRow, FeatureStore

ONE, TWO = "111111111111", "222222222222"


@pytest.fixture
def database(tmp_path):
    """Twenty contents of a library and one of another, with features in two ways, and words of one."""
    with contextlib.closing(open_database(tmp_path)) as database:
        sources = [bytes([number] * 16) for number in range(22)]
        FeatureStore(database).put(
            [FeatureRow(modality, source, np.ones(8)) for modality in (ONE, TWO) for source in sources]
        )
        with database.write() as connection:
            connection.executemany(
                "INSERT INTO contents VALUES (?, 1, 1, ?)",
                [(b"/lib/%d.mp4" % number, source) for number, source in enumerate(sources[:20])],
            )
            connection.execute("INSERT INTO contents VALUES (?, 1, 1, ?)", (b"/library/1.mp4", sources[0]))
            connection.execute("INSERT INTO captions VALUES ('p', '/lib', '1.mp4', ?, '', NULL)", (sources[20],))
        yield database


def sources(database) -> set[int]:
    return {source[0] for (source,) in database.connection().execute("SELECT source FROM features")}


def test_rows_are_counted_by_the_way_in_which_they_were_made(database):
    assert sums_by_modality(database) == {ONE: Sum(22, 22 * 16), TWO: Sum(22, 22 * 16)}


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_a_way_goes_whole_in_steps_of_any_size_and_the_other_stays(database, monkeypatch, at_once):
    monkeypatch.setattr(cleaning, "ROWS_AT_ONCE", at_once)
    drop_modalities(database, [ONE])
    assert sums_by_modality(database) == {TWO: Sum(22, 22 * 16)}


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_what_is_no_videos_content_and_no_videos_words_goes(database, monkeypatch, at_once):
    monkeypatch.setattr(cleaning, "ROWS_AT_ONCE", at_once)
    gone = [row for row in contents_under(database, b"/lib") if row.path in (b"/lib/0.mp4", b"/lib/1.mp4")]
    assert len(gone) == 2
    # One of the two lies in another library as well; and one was nobody's before.
    assert sum_of_dead(database, gone, ()).rows == 4
    assert sum_of_dead(database, gone, [ONE]).rows == 2
    assert forget_contents(database, "/lib", 0, gone)
    drop_dead(database)
    assert sources(database) == {0, *range(2, 21)}
    assert sum_of_dead(database, (), ()) == Sum()


def test_only_what_lies_in_a_library_is_its_own_not_what_is_called_alike(database):
    assert len(contents_under(database, b"/lib")) == 20
    assert [row.path for row in contents_under(database, b"/library")] == [b"/library/1.mp4"]


def test_a_path_that_holds_something_else_by_now_is_not_forgotten(database):
    (row,) = (row for row in contents_under(database, b"/lib") if row.path == b"/lib/5.mp4")
    assert forget_contents(database, "/lib", 0, [Content(row.path, 2, row.mtime_ns, row.content)])
    assert len(contents_under(database, b"/lib")) == 20


def test_after_a_move_nothing_is_forgotten_and_while_one_is_under_way_nothing_can_be_told(database, tmp_path):
    data_dir = tmp_path / "videos"
    (data_dir / "food").mkdir(parents=True)
    (data_dir / "1.mp4").write_bytes(b"x")
    name = os.path.realpath(data_dir)
    before = mark_of_moves(database.connection(), name)
    mover = Mover(data_dir, database)
    mover.sort("1.mp4", "food")
    marks = [before, mark_of_moves(database.connection(), name)]
    mover.undo()
    marks.append(mark_of_moves(database.connection(), name))
    assert sorted({*marks}) == marks
    row = contents_under(database, b"/lib")[:1]
    assert not forget_contents(database, name, marks[1], row)
    assert len(contents_under(database, b"/lib")) == 20
    database.connection().execute("UPDATE moves SET pending = 'forth'")
    assert mark_of_moves(database.connection(), name) == -1


def test_room_is_given_back_and_all_rows_are_there(database):
    with database.write() as connection:
        connection.execute("CREATE TABLE filler AS SELECT randomblob(2000000) AS x")
        connection.execute("DROP TABLE filler")
    assert free_bytes(database) > 1_900_000
    write_anew(database)
    assert shrink(database)
    assert size_on_disk(database.path) < 1_000_000
    assert sums_by_modality(database) == {ONE: Sum(22, 22 * 16), TWO: Sum(22, 22 * 16)}


def test_where_somebody_reads_what_is_beside_the_database_it_stays(database, monkeypatch):
    monkeypatch.setattr(cleaning, "SHRINK_PAUSE_S", 0)
    monkeypatch.setattr(cleaning, "SHRINK_TRIES", 2)
    database.connection().execute("PRAGMA busy_timeout = 0")
    with contextlib.closing(sqlite3.connect(database.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM features").fetchone()
        drop_modalities(database, [ONE])
        assert not shrink(database)
        reader.execute("COMMIT")
    assert shrink(database)
