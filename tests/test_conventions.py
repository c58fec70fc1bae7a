"""The house rules of CONTRIBUTING.md, each as a test."""

import ast
import collections
import itertools
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from vidsort.steps import STEPS

PACKAGE = ROOT / "vidsort"
MOST_LINES = 300
MOST_MODULES = 8
# Tables of like things, a module a row: they may grow.
TABLES = {"api.contract", "api.routes", "cli", "features.encoders", "insight.figures"}
# Beside `library.moves`, which alone renames or removes anything in a library: these do so with files of their own.
OWN_FILES = {
    "api.metrics.shared", "artifacts.files", "cli.demo.library", "client.streams", "features.cluster.place",
    "features.cluster.task", "jobs.notebook", "live.guesses", "media.pictures", "media.playable", "store.rescue",
    "upkeep.backups.backup", "upkeep.backups.restore", "upkeep.files",
}
REMOVING = {"remove", "removedirs", "rename", "renames", "rmdir", "rmtree", "unlink"}
HEAVY = {
    "av", "dask", "distributed", "faster_whisper", "fastapi", "fsspec", "gradio", "imageio_ffmpeg", "matplotlib",
    "moviepy", "onnxruntime", "pandas", "papermill", "plotly", "rapidocr", "scipy", "skimage", "sklearn", "skops",
    "uvicorn",
}
WEB = {"fastapi", "starlette", "uvicorn"}
FORBIDDEN_WORD = re.compile(r"(^|_)(helpers?|utils?|common|managers?)(_|$)|^_*(process|handle|do)_", re.IGNORECASE)
# In pieces, so that this file does not hold what it looks for.
FORBIDDEN_TEXT = re.compile("|".join([
    "/wor" + "k/", "/roo" + "t/", "pypi" + r"\.org/simple", "files" + r"\.pythonhosted",
    "registry" + r"\.npmjs", "TO" + "DO", "FIX" + "ME", r"XX" + "X",
]))
TOP = {
    ".ci", ".dockerignore", ".github", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md",
    "Dockerfile", "LICENSE", "Makefile", "README.md", "RELEASING.md", "app.py", "artifacts", "benchmarks",
    "compose.yaml", "constraints.txt", "deploy", "docs", "environment.yml", "mkdocs.yml", "notebooks",
    "pyproject.toml", "schemathesis.toml", "tests", "tools", "vidsort",
}
WRITTEN = {".py", ".js", ".css", ".html", ".md", ".toml", ".txt", ".yml", ".yaml", ".sql", ".ipynb", ".json", ".sh", ""}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def kept_files() -> list[Path]:
    """Every file that belongs to the project: what git knows, or would know if it were added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def written_files() -> list[Path]:
    """Those of them that are text."""
    return [path for path in kept_files() if path.suffix in WRITTEN]


def imports(name: str) -> Iterator[str]:
    """The modules of vidsort that a module imports, anywhere in it."""
    is_package = MODULES[name].name == "__init__.py"
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom):
            if node.level == 0:
                root, *base = node.module.split(".")
                if root != "vidsort":
                    continue
            else:
                here = name.split(".") if name else []
                base = here[: len(here) - node.level + is_package] + (node.module or "").split(".")
            base = [part for part in base if part]
            for alias in node.names:
                whole = ".".join([*base, alias.name])
                yield whole if whole in MODULES else ".".join(base)
        elif isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("vidsort.") for alias in node.names if "vidsort." in alias.name)


def drawn_rooms() -> dict[str, int]:
    """The rooms that CONTRIBUTING.md draws, each with its floor; the drawing is the only list of them there is."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawing = page.split("<!-- the rooms -->")[1].split("```")[1]
    rows = re.findall(r"^ *(\d+)  (\S+(?: \S+)*)", drawing, re.MULTILINE)
    return {room.rstrip("/").replace("/", "."): int(floor) for floor, names in rows for room in names.split(" · ")}


ROOMS = drawn_rooms()


def room_of(name: str) -> str | None:
    """The innermost room that a module is in, or the module itself where it has a place of its own."""
    parts = name.split(".")
    return next((room for end in range(len(parts), 0, -1) if (room := ".".join(parts[:end])) in ROOMS), None)


def imported_on_import(tree: ast.Module) -> Iterator[str]:
    """Top names of the packages that importing a module imports."""
    pending = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.ClassDef | ast.Try | ast.With | ast.If):
            is_for_types_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            pending += [] if is_for_types_only else node.body


def test_every_module_is_in_a_room_that_is_drawn_and_every_drawn_room_is_there():
    assert not [name for name in MODULES if name and room_of(name) is None]
    assert not set(ROOMS) - set(MODULES)


def test_a_room_imports_only_rooms_below_it():
    upward = [
        f"{name} (in {room_of(name)}) imports {other} (in {room_of(other)})"
        for name in MODULES for other in imports(name)
        if name and other and room_of(name) != room_of(other) and ROOMS[room_of(other)] >= ROOMS[room_of(name)]
    ]
    assert not upward


def test_a_room_is_small_enough_to_know():
    counts = collections.Counter(room_of(name) for name, path in MODULES.items() if name and path.stem != "__init__")
    assert not {room: count for room, count in counts.items() if count > MOST_MODULES and room not in TABLES}


def test_no_room_imports_the_private_names_of_another():
    found = []
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("vidsort")):
                found += [f"{name}: {alias.name}" for alias in node.names if re.match("_(?!_)", alias.name)]
    assert not found


def test_only_the_moves_rename_or_remove_anything_in_a_library():
    def removes(call: ast.Call) -> bool:
        if not isinstance(call.func, ast.Attribute):
            return False
        # A path's `replace` takes one value, a text's two.
        return call.func.attr in REMOVING or (call.func.attr == "replace" and len(call.args) == 1 and not call.keywords)

    found = {
        name for name, tree in TREES.items()
        if any(isinstance(node, ast.Call) and removes(node) for node in ast.walk(tree))
    }
    assert {name for name in found if room_of(name) not in ("library.moves", "library.moves.files")} == OWN_FILES


def takes_video_names() -> dict[str, int | None]:
    """What in the library takes the rule of names, with its place among the arguments, None: by keyword only."""
    found: dict[str, int | None] = {}
    for name, tree in TREES.items():
        if not name.startswith("library"):
            continue
        for node in tree.body:
            is_class = isinstance(node, ast.ClassDef)
            made = [one for one in node.body if getattr(one, "name", "") == "__init__"] if is_class else [node]
            for function in made:
                if isinstance(function, ast.FunctionDef):
                    places = [one.arg for one in function.args.args][is_class:]
                    if "video_names" in places:
                        found[node.name] = places.index("video_names")
                    elif "video_names" in [one.arg for one in function.args.kwonlyargs]:
                        found[node.name] = None
    return found


def calls_without_video_names(tree: ast.AST, takes: dict[str, int | None]) -> Iterator[str]:
    libraries = {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        for alias in node.names if alias.name == "library"
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called, given = node.func, node.args
        if isinstance(called, ast.Attribute) and called.attr == "partial":
            called, *given = node.args
        if isinstance(called, ast.Attribute) and getattr(called.value, "id", None) in libraries:
            name = called.attr
        else:
            name = getattr(called, "id", None)
        is_given = any(keyword.arg == "video_names" for keyword in node.keywords) or (
            takes.get(name) is not None and len(given) > takes[name]
        )
        if name in takes and not is_given:
            yield f"line {node.lineno}: {name}"


def test_the_rule_of_names_is_passed_along_wherever_a_library_is_looked_at():
    """Who forgets it sees names of digits only, whatever was set; the demo makes no others."""
    takes = takes_video_names()
    assert {"LiveLibrary", "Mover", "check_filename", "find", "is_filename", "list_root", "scan"} <= set(takes)
    trees = dict(TREES)
    for notebook in ROOT.glob("notebooks/*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        trees[notebook.name] = ast.parse(code)
    found = {name: list(calls_without_video_names(tree, takes)) for name, tree in trees.items()}
    assert not {name: calls for name, calls in found.items() if calls and not name.startswith("cli.demo")}
    for forgotten in ("scan(path)", "functools.partial(list_root)", "Mover(path, database, live)"):
        assert list(calls_without_video_names(ast.parse(forgotten), takes))


def test_no_name_is_defined_twice_in_the_contract():
    defined = collections.Counter(
        node.name for name, tree in TREES.items() if name.startswith("api.contract")
        for node in tree.body if isinstance(node, ast.ClassDef)
    )
    assert defined
    assert not [name for name, count in defined.items() if count > 1]


@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_three_steps_never_import_one_another(name):
    reached, pending = set(), {name}
    while pending:
        reached |= pending
        pending = {other for one in pending for other in imports(one) if other} - reached
    assert reached & set(STEPS) == {name}


def test_importing_a_module_imports_nothing_heavy():
    """Routes are made of the web framework, so modules of the server may import that."""
    found = []
    for name, tree in TREES.items():
        heavy = set(imported_on_import(tree)) & HEAVY - (WEB if name.startswith(("api", "server")) else set())
        found += [f"{name} imports {', '.join(heavy)}: do so inside the function that needs it"] if heavy else []
    assert not found


@pytest.mark.programs
def test_help_imports_nothing_that_is_slow():
    code = (
        "import sys\nfrom vidsort.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & (HEAVY | {"numpy", "pydantic", "rich"})
    assert "retrain" in done.stdout


def test_every_file_is_short_enough_to_read():
    long = [
        str(path.relative_to(ROOT)) for path in written_files()
        if path.suffix in {".py", ".js", ".css", ".html"} and "tests" not in path.parts
        and len(path.read_text(encoding="utf-8").splitlines()) >= MOST_LINES
    ]
    assert not long


def test_nothing_is_at_the_top_but_what_belongs_there():
    """What a run leaves behind, a place of artifacts say, is not to be kept with the code."""
    assert {path.relative_to(ROOT).parts[0] for path in kept_files()} <= TOP


def test_every_test_file_has_a_name_of_its_own():
    """Where two have one name, a run of all of them stops at the second; each alone, and each room alone, runs."""
    named = collections.Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in named.items() if count > 1] == []


def test_names_say_what_and_not_nothing():
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    named = {node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, kinds)}
    parts = {part for name in MODULES for part in name.split(".")}
    assert not [word for word in named | parts if FORBIDDEN_WORD.search(word)]


def test_no_error_is_swallowed():
    swallowed = [
        f"{name}, line {node.lineno}" for name, tree in TREES.items() for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or isinstance(node.body[0], ast.Pass))
    ]
    assert not swallowed


def test_nothing_is_unpickled():
    for name, tree in TREES.items():
        imported = {
            alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & {"pickle", "dill", "cloudpickle", "marshal", "shelve"}, name
        assert "allow_pickle=True" not in ast.unparse(tree), name


def test_no_file_names_a_machine_or_a_registry_or_puts_work_off():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in written_files()
        for match in FORBIDDEN_TEXT.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.programs
def test_ruff_has_no_complaints():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_file_of_the_package_goes_into_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]
    shipped = {
        path
        for package, globs in patterns.items()
        for pattern in globs
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "vidsort"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    files = {ROOT / line for line in listed.stdout.splitlines() if not line.endswith(".py")}
    assert {path for path in files if path.is_file()} <= shipped


def test_constraints_pin_every_dependency_and_name_no_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    pinned = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in pinned)
    names = {line.split("==")[0].lower().replace("_", "-") for line in pinned}
    assert {re.match(r"[A-Za-z0-9._-]+", name).group().lower() for name in wanted} <= names
