"""Every step that touches the disk has a name, at which tests can strike."""

import ast
import inspect
from pathlib import Path

import pytest

from vidsort.library import moves
from vidsort.library.moves.files.faults import step, struck_by

# What changes something on the disk; a descriptor that is opened to be read does not.
CHANGING = {
    "chmod", "flush_folder", "fsync", "link", "mkdir", "rename", "replace", "rmdir", "sync_folder", "unlink", "write",
}


def changing_calls_outside_of_steps(tree: ast.AST) -> list[str]:
    found = []

    def look(node: ast.AST, *, is_in_step: bool) -> None:
        if isinstance(node, ast.With):
            is_in_step = is_in_step or any(ast.unparse(item.context_expr).startswith("step(") for item in node.items)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            name = called.rpartition(".")[2]
            if name in CHANGING and (called.startswith(("os.", "writer.")) or called == name) and not is_in_step:
                found.append(f"line {node.lineno}: {called}")
        for child in ast.iter_child_nodes(node):
            look(child, is_in_step=is_in_step)

    look(tree, is_in_step=False)
    return found


def test_whatever_a_move_does_to_the_disk_is_a_step_of_it():
    found = {
        path.name: calls for path in Path(inspect.getfile(moves)).parent.rglob("*.py")
        if (calls := changing_calls_outside_of_steps(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert not found
    outside = ast.parse("with step('x'):\n    os.unlink('x')\nos.unlink('x')")
    assert changing_calls_outside_of_steps(outside) == ["line 3: os.unlink"]


def test_what_a_strike_raises_the_step_raises_and_afterwards_nothing_strikes():
    seen = []

    def strike(when, name, *places):
        seen.append((when, name, *places))
        if when == "after":
            raise OSError(5, "struck")

    with struck_by(strike), pytest.raises(OSError, match="struck"), step("rename", "here", "there"):
        seen.append("done")
    with step("rename"):
        seen.append("done again")
    assert seen == [("before", "rename", "here", "there"), "done", ("after", "rename", "here", "there"), "done again"]
