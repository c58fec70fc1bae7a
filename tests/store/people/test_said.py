"""All that people said outlives its database: taken out, the artifacts deleted, brought back."""

import contextlib
import json
import shutil
import sqlite3
import threading

import pytest
from places import tree_of_names

from vidsort.api.contract import MovesAnswer, SaidAnswer
from vidsort.api.workspace import Workspace
from vidsort.cli import main
from vidsort.errors import ConflictError, SettingsError
from vidsort.library.moves import Wish
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database
from vidsort.store.people.decisions import Decided, Decisions
from vidsort.store.people.dismissed import Dismissed
from vidsort.store.people.review import Review
from vidsort.store.people.said import bring_back, said_in
from vidsort.store.rescue import TABLES

FILES = tuple(f"71000000000000{number}00.mp4" for number in range(3))


def say_all(settings) -> None:
    """Something of everything that people can say."""
    here = Workspace(settings)
    library = here.library
    mover = library.mover
    (beside := settings.data_dir / f"{FILES[0]}.json").write_text("{}")
    moved = mover.sort(FILES[0], "food")
    assert not beside.exists()
    noting = library.decisions.filed_alone_as(0.02, [(FILES[2], "dance")])
    mover.move_batch([Wish(FILES[1], None, "sport")], noting=noting)
    mover.create_folder("golf")
    mover.undo()
    library.decisions.note({moved.id: Decided("food", "dance", 0.7, True, "dance", 0.05)})
    library.decisions.seed()
    dismissed = Dismissed(here.database, library.history)
    dismissed.note("misfiled", [f"food/{FILES[0]}"])
    dismissed.note("duplicates", ["00ff 11ee"])
    library.review.skip(FILES[2])
    library.review.stars.give(FILES[0])
    library.review.set_preferences({"order": "oldest", "folder_keys": {"food": "f"}})
    library.review.set_preferences({"muted": True, "folder_keys": {"food": "g"}}, "ann")
    here.stop()


def seen(settings) -> dict[str, object]:
    """The same as those who ask for it see it."""
    here = Workspace(settings)
    library = here.library
    dismissed = Dismissed(here.database, library.history)
    found = {
        "history": [move.model_dump(exclude={"id"}) for move in library.mover.history()],
        "agreement": library.decisions.agreement(), "blind": library.decisions.blind(),
        "held": library.decisions.held(), "alone": library.decisions.filed_alone(), "seed": library.decisions.seed(),
        "dismissed": [dismissed.subjects(kind) for kind in ("misfiled", "duplicates")],
        "skipped": library.review.skipped(), "stars": library.review.stars.filenames(),
        "preferences": [library.review.preferences(), library.review.preferences("ann")],
    }
    here.stop()
    return found


def test_everything_that_was_said_is_back_after_the_artifacts_were_deleted(settings, tmp_path, capsys):
    before = tree_of_names(settings.data_dir)
    say_all(settings)
    after, known = tree_of_names(settings.data_dir), seen(settings)
    assert known["agreement"][True] == (0, 1)
    file = tmp_path / "said.jsonl"
    assert main(["export", "said", "--output", str(file), *settings.as_flags()]) == 0
    kinds = {json.loads(line)["kind"] for line in file.read_text().splitlines()[1:]}
    assert kinds == set(TABLES)
    shutil.rmtree(settings.artifacts_dir)
    capsys.readouterr()
    assert main(["import", str(file), "--json", *settings.as_flags()]) == 0
    told = SaidAnswer.model_validate_json(capsys.readouterr().out)
    assert set(told.added) == set(TABLES)
    assert told.known == {}
    assert seen(settings) == known
    again = tmp_path / "again.jsonl"
    assert main(["export", "said", "--output", str(again), *settings.as_flags()]) == 0
    assert again.read_bytes() == file.read_bytes()
    capsys.readouterr()
    assert main(["import", str(file), "--json", *settings.as_flags()]) == 0
    told = SaidAnswer.model_validate_json(capsys.readouterr().out)
    assert told.added == {}
    assert sum(told.known.values()) == len(file.read_text().splitlines()) - 1
    assert seen(settings) == known
    assert tree_of_names(settings.data_dir) == after
    assert main(["undo", "2", "--json", *settings.as_flags()]) == 0
    assert len(MovesAnswer.model_validate_json(capsys.readouterr().out).moves) == 2
    left = {place for place in tree_of_names(settings.data_dir) if not place.endswith(".json")}
    assert left == set(before)
    assert (settings.data_dir / f"{FILES[0]}.json").is_file()


def test_ids_are_new_where_another_library_has_moves_already(settings, tmp_path):
    say_all(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        rows = list(said_in(database, library_of(settings)))
    other = tmp_path / "other"
    shutil.copytree(settings.data_dir, other / "library")
    with contextlib.closing(open_database(other / "artifacts")) as database:
        Mover(settings.data_dir, database).create_folder("elsewhere")
        bring_back(database, "here", rows)
        (decided,) = Decisions(database, "here").blind()
        assert decided.predicted == "dance"
        assert Review(database, "here").preferences("ann")["folder_keys"] == {"food": "g"}
        asked = "SELECT min(id), count(change) FROM moves WHERE library = 'here'"
        first, followed = database.connection().execute(asked).fetchone()
        assert first > 1
        assert followed == 0


def library_of(settings) -> str:
    here = Workspace(settings)
    history = here.library.history
    here.stop()
    return history


def test_a_history_that_went_on_is_not_mixed_with_another(settings):
    say_all(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        library = library_of(settings)
        rows = list(said_in(database, library))
        Mover(settings.data_dir, database).create_folder("new")
        before = list(said_in(database, library))
        with pytest.raises(ConflictError, match="one order"):
            bring_back(database, library, rows)
        assert list(said_in(database, library)) == before


def test_what_is_moved_while_it_is_taken_out_is_in_none_of_it(settings):
    say_all(settings)
    here = Workspace(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        before = list(said_in(database, here.library.history))

        def move_meanwhile(statement: str) -> None:
            if " FROM moved_sidecars" in statement:
                database.connection().set_trace_callback(None)
                another = threading.Thread(target=one_more, args=[settings])
                another.start()
                another.join()

        database.connection().set_trace_callback(move_meanwhile)
        assert list(said_in(database, here.library.history)) == before
        after = list(said_in(database, here.library.history))
        assert len(after) == len(before) + 3
    here.stop()
    brought_back_anew(settings, after)


def one_more(settings) -> None:
    """A video that is sorted with what goes along, and what was decided of it."""
    here = Workspace(settings)
    (settings.data_dir / f"{FILES[2]}.json").write_text("{}")
    moved = here.library.mover.sort(FILES[2], "dance")
    here.library.decisions.note({moved.id: Decided("dance", "dance", 0.9, False)})
    here.stop()


def brought_back_anew(settings, rows) -> dict[str, int]:
    """How many rows come to a database in which there is nothing; all of them."""
    with contextlib.closing(open_database(settings.artifacts_dir.with_name("anew"))) as database:
        found = bring_back(database, "anew", rows)
        assert not found.known
        assert sum(found.added.values()) == len(rows) - 1
        return found.added


def test_a_move_that_is_under_way_is_left_out_with_all_that_hangs_on_it(settings):
    say_all(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        library = library_of(settings)
        with database.write() as connection:
            connection.execute("UPDATE moves SET pending = 'back' WHERE id IN (SELECT move FROM moved_sidecars)")
        rows = list(said_in(database, library))
        assert bring_back(database, library, rows).added == {}
    assert not {"moved_sidecars", "decisions"} & set(brought_back_anew(settings, rows))


def test_a_move_that_is_under_way_is_not_brought_back_beside_itself(settings):
    say_all(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        library = library_of(settings)
        rows = list(said_in(database, library))
        with database.write() as connection:
            connection.execute("UPDATE moves SET pending = 'back'")
        assert bring_back(database, library, rows).added == {}


def test_a_move_that_came_to_nothing_is_no_other_history(settings):
    say_all(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        library = library_of(settings)
        with database.write() as connection:
            connection.execute(
                "INSERT INTO moves (library, batch, kind, source, target, state, at)"
                " VALUES (?, 'b', 'sort', '1.mp4', 'food/1.mp4', 'reverted', 1.0)", (library,),
            )
        rows = list(said_in(database, library))
        assert bring_back(database, library, rows).added == {}


HEAD = {"kind": "said with vidsort", "form": 1}
MOVE = {
    "kind": "moves", "id": 1, "batch": "b", "what": "sort", "source": "1.mp4", "target": "a/1.mp4", "state": "done",
    "at": 1.0,
}


def test_the_move_that_is_made_odd_below_is_right_as_it_is(settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        assert bring_back(database, "here", [HEAD, MOVE]).added == {"moves": 1}


@pytest.mark.parametrize("rows", [
    [], [{"kind": "moves"}], [{**HEAD, "form": 2}], [HEAD, {"kind": "sqlite_master"}], [HEAD, {"kind": "moves"}],
    [HEAD, {"kind": "skips", "filename": "1.mp4", "at": 1.0, "library); DROP TABLE moves; --": 1}],
    *([HEAD, {**MOVE, **odd}] for odd in (
        {"source": "../1.mp4"}, {"target": "a/../1.mp4"}, {"target": "/etc/1.mp4"}, {"target": "a/b/1.mp4"},
        {"what": "x"}, {"state": "intended"}, {"source": "", "target": ""}, {"source": "1.mp4\0"}, {"at": "soon"},
        {"id": None}, {"turn": 1 << 63}, {"turn": "1"}, {"turn": True}, {"size_bytes": -(1 << 63) - 1},
        {"size_bytes": 1.5}, {"batch": "\udcff"}, {"batch": 1}, {"author": 1}, {"at": float("inf")}, {"at": 10 ** 400},
    )),
    [HEAD, {"kind": ["a"]}], [HEAD, {"kind": None}], [HEAD, {"kind": "stars", "filename": "1.mp4", "at": "x"}],
    *([HEAD, {"kind": "preferences", "name": "order", "value": odd}] for odd in ("{", "[" * 10 ** 5, None, 1)),
    [HEAD, {"kind": "account_preferences", "account": "ann", "name": "order", "value": "newest", "library": ""}],
    [HEAD, {"kind": "library_preferences", "name": "folder_keys", "value": ""}],
    [HEAD, MOVE, {"kind": "moved_sidecars", "move": 1, "name": "../1.json", "size_bytes": 1, "mtime_ns": 1}],
    [HEAD, {"kind": "skips", "filename": ["1.mp4"], "at": 1.0}], [HEAD, {"kind": "skips", "at": None}],
    [HEAD, {"kind": "decisions", "move": 7, "folder": "x", "predicted": "y", "confidence": 1.0, "is_blind": 1}],
    [HEAD, {"kind": "skips", "filename": "1.mp4", "at": 1.0}, {"kind": "dismissed", "what": "misfiled"}],
])
def test_what_is_no_such_export_is_refused_and_nothing_is_added(settings, rows):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        with pytest.raises(SettingsError, match="export said"):
            bring_back(database, "here", rows)
        for table in TABLES:
            assert database.connection().execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_file_that_is_none_is_one_sentence(settings, tmp_path, capsys):
    (tmp_path / "odd.jsonl").write_text("[1\n")
    (tmp_path / "list.jsonl").write_text(f"{json.dumps(HEAD)}\n[[1, 2]]\n")
    (tmp_path / "deep.jsonl").write_text("[" * 10 ** 5)
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\n")
    (tmp_path / "folder.jsonl").mkdir()
    odd = (("nowhere.jsonl", 3), ("folder.jsonl", 3), ("odd.jsonl", 2), ("list.jsonl", 2), ("deep.jsonl", 2))
    for name, code in (*odd, ("latin.jsonl", 2)):
        assert main(["import", str(tmp_path / name), *settings.as_flags()]) == code
        assert capsys.readouterr().err.count("\n") == 1


def test_a_server_that_runs_does_not_take_old_moves_for_new_ones(settings, tmp_path):
    say_all(settings)
    file = tmp_path / "said.jsonl"
    assert main(["export", "said", "--output", str(file), *settings.as_flags()]) == 0
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as connection:
        for table in TABLES:
            connection.execute(f"DELETE FROM {table}")
        connection.commit()
    server = Workspace(settings)
    server.start()
    try:
        before = server.library.snapshot()
        assert main(["import", str(file), *settings.as_flags()]) == 0
        assert server.library.snapshot() == before
        assert len(server.library.mover.history()) == 3
    finally:
        server.stop()
