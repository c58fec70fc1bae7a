"""One SQLite file: migrated once, refused when it is newer or damaged, safe between threads and processes."""

import contextlib
import multiprocessing
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vidsort.errors import ArtifactError
from vidsort.records import Video
from vidsort.store import Database, open_database
from vidsort.store.database import DATABASE_NAME, SYNCHRONOUS, migrations
from vidsort.store.features import FeatureStore
from vidsort.store.jobs import Jobs
from vidsort.store.journal import Fate, Intent, Journal
from vidsort.store.people.review import Review


@pytest.fixture
def database(tmp_path):
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


def version(database: Database) -> int:
    return database.connection().execute("PRAGMA user_version").fetchone()[0]


def tables(database: Database) -> set[str]:
    rows = database.connection().execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def test_what_is_committed_has_reached_the_disk(monkeypatch, tmp_path):
    # As it is outside the tests, which do not wait for that.
    monkeypatch.setattr("vidsort.store.database.SYNCHRONOUS", SYNCHRONOUS)
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        assert database.connection().execute("PRAGMA synchronous").fetchone() == (2,)


def test_what_is_found_again_is_not_waited_for_and_what_comes_next_is(monkeypatch, tmp_path):
    monkeypatch.setattr("vidsort.store.database.SYNCHRONOUS", SYNCHRONOUS)
    normal, full = 1, 2

    def level(connection):
        return connection.execute("PRAGMA synchronous").fetchone()[0]

    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        with database.write(is_found_again=True) as connection:
            assert level(connection) == normal
        assert level(database.connection()) == full
        with pytest.raises(ZeroDivisionError), database.write(is_found_again=True):
            raise ZeroDivisionError
        assert level(database.connection()) == full


def put(database: Database, name: str, value: str = "1") -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO preferences VALUES (?, ?)", (name, value))


def count(database: Database) -> int:
    return database.connection().execute("SELECT count(*) FROM preferences").fetchone()[0]


def put_in_a_process(path, name):
    database = Database(path)
    put(database, name)
    database.close()


def test_migrations_are_numbered_without_a_gap():
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_new_database_has_every_table_and_the_latest_version(database):
    assert {"contents", "features", "media", "moves", "jobs", "skips", "preferences"} <= tables(database)
    assert version(database) == migrations()[-1][0]


def test_opening_again_keeps_the_rows(database):
    put(database, "order")
    again = open_database(database.path.parent)
    assert count(again) == 1
    again.close()


SCHEMAS = {int(path.stem.split("_")[1]): path for path in sorted((Path(__file__).parent / "fixtures").glob("*.sql"))}


@pytest.fixture(params=SCHEMAS, ids=lambda number: f"schema {number}")
def older(request, tmp_path) -> tuple[int, Database]:
    """A database as an earlier vidsort left it, rows and all, opened by this one; and its schema then."""
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        connection.executescript(SCHEMAS[request.param].read_text(encoding="utf-8"))
    connection.close()
    database = open_database(tmp_path)
    yield request.param, database
    database.close()


def columns(database: Database) -> dict[str, list[str]]:
    return {
        table: [name for _, name, *_ in database.connection().execute(f"PRAGMA table_info({table})")]
        for table in sorted(tables(database))
    }


def test_there_is_a_database_of_every_schema_that_was_ever_in_use():
    assert set(SCHEMAS) == {1, 2, 3, 4}


def test_an_older_database_is_brought_up_to_date(older, database):
    assert version(older[1]) == migrations()[-1][0]
    assert columns(older[1]) == columns(database)


def test_an_older_database_keeps_its_features_and_what_is_known_of_its_contents(older):
    store = FeatureStore(older[1])
    sources = [bytes([49 + number]) * 16 for number in range(4)]
    default = "3b97b5b13871"
    features = store.load(default, sources)
    assert features.vectors[[features.index[source] for source in sources[:2]]].tolist() == [
        [0.5, -0.5, 0.5, 0.5], [0.5, 0.5, -0.5, 0.5],
    ]
    assert features.signatures[0].tolist() == [2**64 - 1, 1, 0, 0, 0, 0]
    assert features.errors == {
        sources[2]: "none of its frames can be decoded: the data is damaged or cut off",
        sources[3]: "reading it took longer than 30 s",
    }
    # Nothing of it is looked at anew but what may go well another time.
    assert store.missing(default, sources) == [sources[3]]
    assert store.facts(sources[:1])[sources[0]]["duration_s"] == 1.5
    paths = {"1.mp4": None, "2.mp4": "food", "3.mp4": "food", "4.mp4": "food"}
    videos = [
        Video(filename=name, folder=folder, directory=Path("/videos") / (folder or ""), size_bytes=size,
              mtime_ns=1_700_000_000_000_000_000 + size)
        for size, (name, folder) in enumerate(paths.items(), start=1)
    ]
    assert list(store.remembered_contents(videos).values()) == sources


def test_an_older_database_keeps_features_of_other_configs_under_the_id_that_their_models_name(older):
    features = FeatureStore(older[1]).load("90deb65026b7", [b"1" * 16])
    assert features.vectors.tolist() == [[-0.5, 0.5, -0.5, -0.5]]


def test_an_older_database_keeps_its_journal_jobs_and_review(older):
    reached, database = older
    journal = Journal(database, "/videos")
    assert [(move.kind, move.target, move.state) for move in journal.history(10)] == ([
        ("sort", "food/4.mp4", "undone"), ("sort", "food/3.mp4", "done"), ("sort", "food/2.mp4", "done"),
        ("create", "food", "done"),
    ] if reached >= 2 else [])
    assert [entry.move.source for entry in journal.latest("done")] == (["2.mp4", "3.mp4"] if reached >= 2 else [])
    assert [entry.move.source for entry in journal.pending()] == (["1.mp4"] if reached >= 2 else [])
    jobs = Jobs(database)
    assert [(job.id, job.state) for job in (jobs.newest_ended(), jobs.newest()) if job] == (
        [(1, "ended"), (2, "running")] if reached >= 3 else []
    )
    review = Review(database, "/videos")
    assert review.preferences() == ({"order": "unsure"} if reached >= 4 else {})
    assert set(review.skipped()) == ({"1.mp4"} if reached >= 4 else set())
    # And they go on from there.
    assert jobs.begin("/videos") == (3 if reached >= 3 else 1)
    assert journal.intend([Intent("create", "", "sport")])[0].move.id == (6 if reached >= 2 else 1)


def test_a_migration_that_fails_leaves_the_old_schema_whole(tmp_path, monkeypatch):
    broken = [*migrations(), (99, "CREATE TABLE half (x); CREATE TABLE half (x);\n")]
    monkeypatch.setattr("vidsort.store.database.migrations", lambda: broken)
    with pytest.raises(sqlite3.Error):
        open_database(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    connection.close()


def test_a_database_of_a_newer_vidsort_is_refused_and_left_alone(database):
    database.connection().execute("PRAGMA user_version=999")
    with pytest.raises(ArtifactError, match=r"newer vidsort.*update vidsort"):
        open_database(database.path.parent)
    assert version(database) == 999


@pytest.mark.parametrize("content", [b"this is no database " * 200, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_database_says_what_to_do(tmp_path, content):
    (tmp_path / DATABASE_NAME).write_bytes(content)
    with pytest.raises(ArtifactError, match="doctor --rescue"):
        open_database(tmp_path)
    assert (tmp_path / DATABASE_NAME).read_bytes() == content


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff"])
def test_a_column_that_holds_no_json_says_what_to_do(database, text):
    with database.write() as connection:
        connection.execute("INSERT INTO preferences (name, value) VALUES ('volume', ?)", (text,))
        connection.execute("INSERT INTO media (content_hash, facts) VALUES (x'00', ?)", (text,))
    with pytest.raises(ArtifactError, match="doctor --rescue"):
        Review(database, "library").preferences()
    with pytest.raises(ArtifactError, match="doctor --rescue"):
        FeatureStore(database).facts([b"\x00"])


def test_an_artifacts_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="choose another artifacts_dir"):
        open_database(tmp_path / "file" / "artifacts")


def test_an_error_inside_a_transaction_undoes_it(database):
    def fail_half_way():
        with database.write() as connection:
            connection.execute("INSERT INTO preferences VALUES ('order', '1')")
            raise KeyError("no such folder")

    with pytest.raises(KeyError):
        fail_half_way()
    assert count(database) == 0


def test_a_read_before_a_write_is_still_true_when_it_writes(database):
    """Twenty threads read a number and write it plus one: no step is lost."""
    put(database, "n", "0")

    def step():
        with database.write() as connection:
            number = int(connection.execute("SELECT value FROM preferences").fetchone()[0])
            connection.execute("UPDATE preferences SET value = ?", (str(number + 1),))

    threads = [threading.Thread(target=step) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.connection().execute("SELECT value FROM preferences").fetchone()[0] == "20"


def test_a_forked_child_opens_a_connection_of_its_own(database):
    put(database, "mine")
    child = multiprocessing.get_context("fork").Process(target=put, args=(database, "theirs"))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert count(database) == 2


@pytest.mark.programs
def test_another_process_may_write_at_the_same_time(database):
    children = [
        multiprocessing.get_context("spawn").Process(target=put_in_a_process, args=(database.path, str(index)))
        for index in range(2)
    ]
    for child in children:
        child.start()
    put(database, "here")
    for child in children:
        child.join(60)
    assert count(database) == 3


def test_closing_waits_for_a_transaction_of_another_thread(database):
    began, may_end, ended = threading.Event(), threading.Event(), []

    def write():
        with database.write() as connection:
            began.set()
            may_end.wait(10)
            connection.execute("SELECT 1")
        ended.append("transaction")

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(10)
    closer = threading.Thread(target=lambda: (database.close(), ended.append("closed")))
    closer.start()
    closer.join(0.1)
    assert closer.is_alive()
    may_end.set()
    writer.join(10)
    closer.join(10)
    assert sorted(ended) == ["closed", "transaction"]


def test_a_closed_database_opens_again_on_use(database):
    put(database, "order")
    database.close()
    assert count(database) == 1


def test_a_database_that_was_taken_away_is_noticed_and_nothing_is_written_into_what_has_gone(tmp_path):
    database = open_database(tmp_path / "artifacts")
    journal = Journal(database, "/library")
    journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 1)])
    kept = (tmp_path / "artifacts").rename(tmp_path / "renamed")
    for ask in (journal.pending, lambda: journal.intend([Intent("sort", "2.mp4", "food/2.mp4", 1)])):
        with pytest.raises(ArtifactError, match="no longer there"):
            ask()
    kept.rename(tmp_path / "artifacts")
    assert [entry.move.source for entry in journal.pending()] == ["1.mp4"]
    database.close()


def test_another_file_in_its_place_is_opened_anew(tmp_path, caplog):
    database = open_database(tmp_path)
    journal = Journal(database, "/library")
    journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 1)])
    for path in tmp_path.glob("vidsort.db*"):
        path.rename(path.with_name(f"old-{path.name}"))
    other = open_database(tmp_path)
    assert journal.pending() == []
    assert "opened anew" in caplog.text
    journal.intend([Intent("sort", "2.mp4", "food/2.mp4", 1)])
    assert [entry.move.source for entry in Journal(other, "/library").pending()] == ["2.mp4"]
    database.close()
    other.close()


def in_another_thread(call):
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def test_a_thread_that_comes_later_makes_no_empty_database_in_place_of_one_that_was_taken_away(database, tmp_path):
    put(database, "order")
    database.path.rename(tmp_path / "kept")
    with pytest.raises(ArtifactError, match="no longer there"):
        in_another_thread(lambda: count(database))
    assert not database.path.exists()
    (tmp_path / "kept").rename(database.path)
    assert in_another_thread(lambda: count(database)) == count(database) == 1


def test_a_thread_that_comes_later_brings_a_replaced_database_up_to_date_and_tells(database, tmp_path, caplog):
    put(database, "order")
    database.path.rename(tmp_path / "kept")
    with contextlib.closing(sqlite3.connect(database.path)) as other:
        other.execute("CREATE TABLE unrelated (x)")
    assert in_another_thread(lambda: count(database)) == 0
    assert count(database) == 0
    assert caplog.text.count("Another file has come") == 1


def test_what_was_moved_while_the_database_was_replaced_is_in_the_history_of_the_new_one(database, tmp_path):
    """And no row of the new one that has the same id is taken for it."""
    journal = Journal(database, "/library")
    entries = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 1)])
    for path in database.path.parent.glob("vidsort.db*"):
        path.rename(tmp_path / path.name)
    with contextlib.closing(open_database(database.path.parent)) as other:
        Journal(other, "/library").intend([Intent("sort", "2.mp4", "food/2.mp4", 1)])
    journal.settle(entries, {entries[0].move.id: Fate.REACHED})
    assert [entry.move.source for entry in journal.pending()] == ["2.mp4"]
    assert [entry.move.source for entry in journal.latest("done")] == ["1.mp4"]


def test_what_anybody_writes_is_told_to_all_threads_and_nothing_else_is(database, tmp_path):
    before = database.written()
    assert database.written() == before
    with database.write() as connection:
        connection.execute("INSERT INTO media (content_hash, facts) VALUES (x'00', '{}')")
    after = database.written()
    assert after != before
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(database.written).result() == after
    other = Database(database.path)
    with other.write() as connection:
        connection.execute("DELETE FROM media")
    other.close()
    assert database.written() != after
    database.close()
    assert database.written() == database.written()
