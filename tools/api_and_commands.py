"""Write docs/api-and-commands.md from the table in the code: `python tools/api_and_commands.py`."""

from pathlib import Path

from vidsort.cli.routes import ROUTES
from vidsort.cli.verbs import COMMANDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api-and-commands.md"
HEAD = """\
# API and commands

What the API can the command line can, and so can `vidsort.client` from Python; `AsyncVidsortClient` has the same
methods, to be awaited. A command needs no server and is safe beside one: it takes the same locks, writes the same
journal, and answers by the function that answers the route. With `--json` it prints what the route would answer, and
nothing else on stdout; an error is a sentence on stderr and an exit code, as in README.md. Made by
`python tools/api_and_commands.py`.

| route | command | `VidsortClient` |
| --- | --- | --- |
"""
MORE = """
Commands without a route: what only this machine can do, or what only its owner should. With `--json` they answer, as
`status` does, in models of `vidsort.api.contract` that are made for that: `StatusAnswer`, `ConfigAnswer`,
`UsersAnswer`, `DownloadAnswer`, `ExportAnswer`, `LabelsAnswer` (import-labels), `SaidAnswer` (import);
`extract-features`, `train`, `predict` and `notebook` with the `Report` of their step, `clean`, `backup`, `restore` and
`doctor` with what they did or found. `retrain` answers as its status does when it has ended.

| command | what it does |
| --- | --- |
"""


def written() -> str:
    """The page, of what is in the code now."""
    rows = []
    for route, way in ROUTES.items():
        command = f"`vidsort {way.command}`" if way.command else way.reason
        method = f"`{way.method}`" if way.method else "" if not way.command else way.reason
        rows.append(f"| `{route}` | {command} | {method or '–'} |\n")
    used = {way.command.split()[0] for way in ROUTES.values() if way.command}
    more = [f"| `vidsort {name}` | {command.summary} |\n" for name, command in COMMANDS.items() if name not in used]
    return HEAD + "".join(rows) + MORE + "".join(more)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    print(f"Written: {PAGE}.")
