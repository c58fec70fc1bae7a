"""One SQLite file: migrated once, refused when it is newer or damaged, safe between threads and processes."""

import multiprocessing
import sqlite3
import threading

import pytest

from vidsort.errors import ArtifactError
from vidsort.store import Database, open_database
from vidsort.store.database import DATABASE_NAME, migrations


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


@pytest.mark.parametrize("reached", [number for number, _ in migrations()][:-1])
def test_an_older_database_is_brought_up_to_date(tmp_path, reached):
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        for number, sql in migrations():
            if number <= reached:
                connection.executescript(sql)
        connection.execute(f"PRAGMA user_version={reached}")
    connection.close()
    database = open_database(tmp_path)
    assert version(database) == migrations()[-1][0]
    assert "preferences" in tables(database)
    database.close()


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
    with pytest.raises(ArtifactError, match="move it away"):
        open_database(tmp_path)
    assert (tmp_path / DATABASE_NAME).read_bytes() == content


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


def test_a_closed_database_opens_again_on_use(database):
    put(database, "order")
    database.close()
    assert count(database) == 1
