"""Notebooks in git hold no outputs, no execution counts and no metadata of one machine: check, or `--fix`.

    python tools/check_notebooks.py [--fix] [notebooks/train.ipynb …]

Without names: all in notebooks/. Exits with 1 and names what is not clean. The pre-commit hook
calls it; it needs nothing but Python.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_METADATA = {"tags"}


def faults(notebook: dict) -> list[str]:
    """What is not clean in a notebook, one sentence each."""
    found = []
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("outputs"):
            found.append(f"cell {number} has outputs")
        if cell.get("execution_count") is not None:
            found.append(f"cell {number} has an execution count")
        if extra := set(cell["metadata"]) - CELL_METADATA:
            found.append(f"cell {number} has metadata of an editor: {', '.join(sorted(extra))}")
    if notebook["metadata"].get("kernelspec") != KERNEL:
        found.append(f"its kernel is not {KERNEL['name']}")
    if extra := set(notebook["metadata"]) - {"kernelspec", "language_info"}:
        found.append(f"it has metadata of an editor: {', '.join(sorted(extra))}")
    if set(notebook["metadata"].get("language_info", {"name": "python"})) != {"name"}:
        found.append("it names the version of one machine's Python")
    return found


def cleaned(notebook: dict) -> dict:
    """The same notebook without what `faults` finds."""
    cells = []
    for cell in notebook["cells"]:
        metadata = {name: value for name, value in cell["metadata"].items() if name in CELL_METADATA}
        empty = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
        cells.append(cell | {"metadata": metadata} | empty)
    return notebook | {"cells": cells, "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or fix; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--fix", action="store_true", help="write them clean instead of complaining")
    flags = parser.parse_args(arguments)
    dirty = False
    for path in flags.paths or sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found = faults(notebook)
        if found and flags.fix:
            path.write_text(json.dumps(cleaned(notebook), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for fault in found:
            print(f"{path}: {fault}", file=sys.stderr)
        dirty |= bool(found)
    if dirty and not flags.fix:
        print("`python tools/check_notebooks.py --fix` cleans them.", file=sys.stderr)
    return int(dirty and not flags.fix)


if __name__ == "__main__":
    sys.exit(main())
