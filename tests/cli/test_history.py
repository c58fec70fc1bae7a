"""`vidsort undo`, `redo`, `history`, `skip`: several actions, one by its id, a look beforehand; what a script does."""

import contextlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from places import tree_of_names
from test_program import call

from vidsort.api.workspace import Workspace
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

__all__ = ["call"]
FILES = tuple(f"71000000000000{number}00.mp4" for number in range(3))


@pytest.fixture
def moved(settings):
    """Three actions: a sort, a batch of two, a folder that was made."""
    before = tree_of_names(settings.data_dir)
    database = open_database(settings.artifacts_dir)
    mover = Mover(settings.data_dir, database)
    mover.sort(FILES[0], "food")
    mover.sort_batch([(FILES[1], "food"), (FILES[2], "dance")])
    mover.create_folder("golf")
    database.close()
    return before, tree_of_names(settings.data_dir)


def places(out: str, key: str = "moves") -> list[str]:
    return [move["target"] for move in json.loads(out)[key]]


def test_a_dry_run_tells_what_would_be_taken_back_in_that_order_and_takes_nothing(call, settings, moved):
    code, out, _ = call("undo", "2", "--dry-run", "--json")
    assert (code, places(out)) == (0, ["golf", f"dance/{FILES[2]}", f"food/{FILES[1]}"])
    assert tree_of_names(settings.data_dir) == moved[1]
    (settings.data_dir / FILES[1]).write_bytes(b"another")
    code, out, _ = call("undo", "9", "--dry-run")
    assert code == 4
    assert f"There is a {FILES[1]} already" in out
    assert "3 changes would be taken back; nothing was." in out
    code, out, _ = call("undo", "2")
    assert code == 4
    assert "1 change not undone" in out


def test_a_dry_run_stops_where_the_undo_would(call, settings, moved):
    (settings.data_dir / FILES[1]).write_bytes(b"another")
    (settings.data_dir / "dance" / FILES[2]).rename(settings.data_dir / "sport" / FILES[2])
    code, out, err = call("undo", "9", "--dry-run", "--json")
    assert (code, places(out)) == (4, ["golf"])
    assert f"dance/{FILES[2]} is not there any more" in err
    code, out, _ = call("undo", "9", "--json")
    assert (code, places(out)) == (4, ["golf"])
    (settings.data_dir / "food" / FILES[0]).unlink()
    code, out, err = call("undo", "--dry-run")
    assert (code, out, err.count("\n")) == (4, "", 1)


def odd_steps(mover) -> None:
    """Changes that build on one another: a video moved twice, folders renamed, merged, removed and made."""
    mover.sort(FILES[0], "food")
    mover.move(FILES[0], "food", "dance")
    mover.rename_folder("dance", "ballet")
    mover.move(FILES[0], "ballet", None)
    mover.rename_folder("ballet", "Ballet")
    mover.create_folder("golf")
    mover.sort_batch([(FILES[0], "golf"), (FILES[1], "golf")])
    mover.merge_folder("golf", "sport")
    mover.sort_batch([(FILES[2], "chess")], "chess")
    mover.move(FILES[2], "chess", "food")
    mover.remove_folder("chess")


def test_a_dry_run_sees_what_the_turns_before_would_do(call, settings):
    before = tree_of_names(settings.data_dir)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        odd_steps(Mover(settings.data_dir, database))
    count = len(json.loads(call("history", "--actions", "--json")[1])["actions"])
    for number in range(1, count + 1):
        code, out, err = call("undo", str(number), "--dry-run", "--json")
        assert (code, err, json.loads(out)["told"]) == (0, "", []), number
    foreseen = places(out)
    code, out, err = call("undo", str(count + 1), "--dry-run", "--json")
    assert (code, places(out), err) == (4, foreseen, "There is nothing to undo.\n")
    code, out, _ = call("undo", str(count), "--json")
    assert (code, places(out)) == (0, foreseen)
    assert tree_of_names(settings.data_dir) == before
    assert call("undo", "--dry-run")[0] == 4


def test_several_are_taken_back_and_done_again_and_fewer_than_asked_for_is_told(call, settings, moved):
    code, out, _ = call("undo", "2", "--json")
    assert (code, len(places(out))) == (0, 3)
    assert (settings.data_dir / "food" / FILES[0]).is_file()
    code, out, err = call("undo", "5", "--json")
    assert (code, places(out), err) == (4, [f"food/{FILES[0]}"], "There is nothing to undo.\n")
    assert tree_of_names(settings.data_dir) == moved[0]
    assert call("redo", "3")[0] == 0
    assert tree_of_names(settings.data_dir) == moved[1]
    assert call("redo")[0] == 4


def test_one_move_and_one_batch_are_named_as_the_history_has_them(call, settings, moved):
    actions = json.loads(call("history", "--actions", "--json")[1])["actions"]
    assert [(one["move"]["kind"], one["count"]) for one in actions] == [("create", 1), ("sort", 2), ("sort", 1)]
    batch, first = actions[1]["move"]["batch"], actions[2]["move"]["id"]
    assert places(call("undo", "--batch", batch, "--dry-run", "--json")[1]) == [f"dance/{FILES[2]}", f"food/{FILES[1]}"]
    assert call("undo", "--batch", batch)[0] == 0
    assert call("undo", "--id", str(first), "--dry-run")[0] == 0
    assert call("undo", "--id", str(first))[0] == 0
    assert call("undo", "--id", str(first))[0] == 4
    assert call("undo", "--id", "99", "--dry-run")[0] == 3
    assert call("undo", "--batch", "nosuch", "--dry-run")[0] == 3
    shown = call("history", "--limit", "1")[1].splitlines()
    assert shown[0].split() == ["id", "when", "what", "was", "at", "is", "at", "by", "state"]
    assert len(shown) == 2


def test_what_is_put_off_comes_last_and_comes_back(call, settings, moved):
    assert call("undo", "3")[0] == 0
    assert call("skip", FILES[0])[0] == 0
    here = Workspace(settings)
    assert here.queue(10, None, "filename")["skipped"] == 1
    assert call("skip", FILES[0], "--back")[0] == 0
    assert here.queue(10, None, "filename")["skipped"] == 0
    here.stop()
    assert call("skip", "../1.mp4")[0] == 2


# As a person would write it; where there is no jq its two filters are Python.
SCRIPT = """\
set -eu
vidsort list --limit 100 --json | pick wishes >wishes.json
vidsort sort --batch wishes.json --makes kept --json | pick count
vidsort list --json | pick total
vidsort undo --json | pick undone
vidsort list --json | pick total
vidsort undo -q && echo "more than there was" || echo "code $?"
"""
READ = "import json, sys; said = json.load(sys.stdin)\n"
FILTERS = {
    "wishes": ('{moves: [.videos[] | {filename, folder: "kept"}]}',
               '{"moves": [{"filename": one["filename"], "folder": "kept"} for one in said["videos"]]}'),
    "count": ("[.outcomes[] | select(.success)] | length", 'sum(one["success"] for one in said["outcomes"])'),
    "total": (".total", 'said["total"]'),
    "undone": ('[.moves[] | select(.state == "undone" and .kind == "sort")] | length',
               'sum(one["state"] == "undone" and one["kind"] == "sort" for one in said["moves"])'),
}


@pytest.mark.programs
@pytest.mark.parametrize("tool", ["jq", "python"])
def test_a_script_sorts_a_hundred_videos_and_takes_them_back_beside_a_server(settings, tmp_path, tool):
    jq = shutil.which("jq")
    if tool == "jq" and jq is None:
        pytest.skip("no jq here")
    for number in range(100):
        (settings.data_dir / f"{7200000000000000 + number}.mp4").write_bytes(b"%d" % number)
    before = tree_of_names(settings.data_dir)
    cases = "\n".join(
        f"        {name}) '{jq}' '{query}' ;;" if tool == "jq" else
        f"        {name}) '{sys.executable}' -c '{READ}print(json.dumps({code}))' ;;"
        for name, (query, code) in FILTERS.items()
    )
    script = tmp_path / "script.sh"
    vidsort = f"vidsort() {{ '{sys.executable}' -m vidsort \"$@\"; }}\n"
    script.write_text(f"{vidsort}pick() {{\n    case $1 in\n{cases}\n    esac\n}}\n{SCRIPT}")
    server = Workspace(settings)
    server.start()
    try:
        done = subprocess.run(
            ["bash", str(script)], cwd=tmp_path, capture_output=True, text=True, check=False,
            env=os.environ | {"VIDSORT_DATA_DIR": str(settings.data_dir),
                              "VIDSORT_ARTIFACTS_DIR": str(settings.artifacts_dir)},
        )
        assert (done.returncode, done.stdout.split("\n")) == (0, ["100", "3", "100", "103", "code 4", ""]), done.stderr
        assert done.stderr == "There is nothing to undo.\n"
        assert len(server.library.snapshot().unsorted) == 103
        assert len(server.library.mover.history(200)) == 101
    finally:
        server.stop()
    assert tree_of_names(settings.data_dir) == before
