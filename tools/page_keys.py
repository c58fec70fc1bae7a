"""Write docs/keys.md from the page's own table of actions: `python tools/page_keys.py`."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ACTIONS = ROOT / "vidsort" / "server" / "page" / "static" / "actions.js"
PAGE = ROOT / "docs" / "keys.md"
HEAD = """\
# All keys

The keys that the page has at first; "Keys and order" on the page changes the first of each, and `?` shows those that
hold. Folders have the keys 1 to 9, then letters that nothing else has; in the grid they file what is marked, or else
what you point at. A key means nothing while you type. Made by `python tools/page_keys.py` from the table of which the
page makes its own help.

| key | what it does | where | who, where there are accounts |
| --- | --- | --- | --- |
"""
ROW = re.compile(r'^  (\w+): \{ keys: \[(.*?)\], label: "(.*?)",(.*)\n    does: "(.*?)", act: ', re.MULTILINE)
BEGUN = re.compile(r"^  \w+: \{", re.MULTILINE)
VIEWS = {"SINGLE": "one by one", "GRID": "grid", "EITHER": "one by one, grid"}


def written() -> str:
    """The page, of what is in the table now; raises ValueError for a row that is in another form."""
    table = ACTIONS.read_text(encoding="utf-8").split("export const ACTIONS")[1].split("\n};")[0]
    rows = ROW.findall(table)
    if len(rows) != len(BEGUN.findall(table)):
        raise ValueError(f"{ACTIONS} has rows in a form that is not known: teach `ROW` of {__file__} to read them.")
    return HEAD + "".join(_row(*row) for row in rows)


def _row(_: str, keys: str, label: str, rest: str, does: str) -> str:
    named = " or ".join(f"`{_shown(key)}`" for key in re.findall(r'"(.*?)"', keys)) or "a button"
    where = re.search(r"where: (\w+)", rest)
    role = re.search(r'for: "(\w+)"', rest)
    who = {"reviewer": "reviewer, admin", "admin": "admin"}[role[1]] if role else "anyone"
    return f"| {named} | **{label}.** {does}. | {VIEWS[where[1]] if where else 'everywhere'} | {who} |\n"


def _shown(key: str) -> str:
    before, plus, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
    return before + plus + (last.upper() if len(last) == 1 else last)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    print(f"Written: {PAGE}.")
