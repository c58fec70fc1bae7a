"""The pages of docs/: they are built without a fault, load nothing from elsewhere, and what they tell to type works."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from conftest import BROWSER_FLAGS, ROOT

from vidsort.cli import main
from vidsort.cli.program import build_parser
from vidsort.cli.verbs import COMMANDS

sys.path.insert(0, str(ROOT / "tools"))

DOCS = ROOT / "docs"
# Made from the code, so that they show an example of each command, not a way to go.
MADE = {"commands.md": "cli_reference", "keys.md": "page_keys"}
API, PYTHON = "http-api.md", "python.md"
BLOCK = re.compile(r"^(?:<!-- (not run|takes long)(?:: ([^>]+))? -->\n+)?```(console|python)\n(.*?)^```", re.M | re.S)
# Where the pages say that a server is.
ADDRESS = "127.0.0.1:8000"


class Block(NamedTuple):
    """What a page shows to be typed: its mark (empty for none), the reason of that, its language, its lines."""

    mark: str
    reason: str
    language: str
    text: str

    def commands(self, program: str) -> list[list[str]]:
        """Those of this program, as a shell takes them apart; a line that ends in a backslash goes on, as JSON does."""
        lines = re.split(r"^\$ ", self.text.replace("\\\n", ""), flags=re.M)
        found = [shlex.split(line, comments=True) for line in lines if line.split(" ")[0] == program]
        return [[os.path.expanduser(word) for word in words] for words in found]  # noqa: PTH111 (words, not paths)


def blocks(page: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))]


PAGES = sorted(
    path.name for path in DOCS.glob("*.md")
    if path.name not in MADE and any(block.commands("vidsort") for block in blocks(path.name))
)


@pytest.fixture
def home(learned, tmp_path, monkeypatch) -> Path:
    """The folder in which a page is followed: a person's home with a library that was learned from."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VIDSORT_DATA_DIR", str(learned.data_dir))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def follow(page: str, capsys, marks: tuple[str, ...]) -> int:
    """Type what a page tells, in its order, and return how many commands that were."""
    typed = 0
    for block in blocks(page):
        for _, *arguments in block.commands("vidsort") if block.mark in marks else ():
            assert main(arguments) == 0, (page, arguments, capsys.readouterr())
            typed += 1
    return typed


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_can_be_typed(page, home, capsys):
    follow(page, capsys, ("",))


@pytest.mark.storm
def test_what_takes_long_can_be_typed_too(home, capsys):
    pages = [page for page in PAGES if any(block.mark == "takes long" for block in blocks(page))]
    assert sum(follow(page, capsys, ("takes long",)) for page in pages)
    for block in blocks(PYTHON):
        if block.mark == "takes long":
            exec(compile(block.text, PYTHON, "exec"), {})


def test_what_is_not_run_says_why_and_is_no_way_out():
    found = {page: blocks(page) for page in PAGES}
    assert all(block.reason for page in PAGES for block in found[page] if block.mark == "not run")
    run = sum(len(block.commands("vidsort")) for page in PAGES for block in found[page] if not block.mark)
    left = sum(len(block.commands("vidsort")) for page in PAGES for block in found[page] if block.mark == "not run")
    assert run > 2 * left > 0


@pytest.mark.programs
def test_what_python_is_told_can_be_done(home, capsys):
    names: dict[str, object] = {}
    for block in blocks(PYTHON):
        if not block.mark:
            exec(compile(block.text, PYTHON, "exec"), names)
    assert "nothing.mp4" in capsys.readouterr().out


@pytest.mark.programs
def test_what_the_api_is_asked_for_is_answered(home, learned, eventually, capsys):
    """The examples of curl and of Python, in the order of the page."""
    from vidsort.server.web import create_app

    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(create_app(learned), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        eventually(lambda: server.started, 30)
        asked = 0
        for block in blocks(API):
            if block.mark:
                continue
            if block.language == "python":
                exec(compile(block.text.replace(ADDRESS, address), API, "exec"), {})
                continue
            for _, *arguments in block.commands("curl"):
                words = [word.replace(ADDRESS, address) for word in arguments]
                done = subprocess.run(
                    ["curl", "--fail-with-body", *words], capture_output=True, text=True, check=False, timeout=30
                )
                assert done.returncode == 0, (arguments, done.stdout, done.stderr)
                asked += 1
        assert asked > 8
        assert "moved already" in capsys.readouterr().out
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.mark.parametrize("page", MADE)
def test_what_is_made_from_the_code_is_what_the_code_has(page):
    tool = __import__(MADE[page])
    assert DOCS / page == tool.PAGE
    assert tool.PAGE.read_text(encoding="utf-8") == tool.written(), f"run: python tools/{MADE[page]}.py"


def test_every_example_of_a_command_is_one_that_can_be_typed():
    examples = [words[1:] for block in blocks("commands.md") for words in block.commands("vidsort")]
    assert len(examples) == len(COMMANDS)
    for words in examples:
        typed = [word for word in words if not word.startswith(">")]
        assert build_parser(typed[:1]).parse_args(typed).run


@pytest.mark.programs
def test_the_keys_are_those_that_the_page_has():
    """The table is read by a pattern here, and by JavaScript there."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node found")
    from page_keys import ACTIONS, ROW

    asked = f"import {{ ACTIONS }} from {str(ACTIONS)!r}; console.log(Object.keys(ACTIONS).join(' '))"
    done = subprocess.run([node, "--input-type=module", "-e", asked], capture_output=True, text=True, check=True)
    assert [row[0] for row in ROW.findall(ACTIONS.read_text(encoding="utf-8"))] == done.stdout.split()


def test_the_readme_links_to_what_is_there():
    links = re.findall(r"\]\((?!\w+:)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert "docs/index.md" in links
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site as `make docs` makes it, where a link that leads nowhere is an error."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class _Loaded(HTMLParser):
    """What a page makes a browser load: everything but links that a person follows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and (name in ("src", "srcset", "poster", "data") or (name == "href" and tag != "a")):
                self.found.append(value)


def test_the_site_names_no_other_host_to_load_from(site):
    pages = list(site.rglob("*.html"))
    loaded = {value for page in pages for value in _Loaded(page).found}
    loaded |= {
        value for sheet in site.rglob("*.css")
        for value in re.findall(r"(?:url\(|@import )[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
    }
    assert len(pages) > 40
    assert loaded
    assert not [value for value in loaded if re.match(r"(?!data:)\w+:|//", value)]


def test_the_site_is_read_and_searched_from_the_disk(site, chromium_path):
    """In a browser, which would ask for whatever a script of the theme wants."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS)
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        for name in ("limits.html", "repository/CONTRIBUTING.html", "decisions/index.html", "index.html"):
            page.goto((site / name).as_uri())
        page.fill("[data-md-component=search-query]", "journal")
        page.wait_for_selector(".md-search-result__item a")
        browser.close()
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
