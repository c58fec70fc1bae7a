"""A real server on a tiny library, and Chromium on its page; other hosts do not exist for it."""

import contextlib
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from conftest import BROWSER_FLAGS, ROOT
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from starlette.routing import BaseRoute
from videos import make_video

from page.visiting import Visitor
from vidsort.media.content import content_hash
from vidsort.media.pictures import keep_pictures
from vidsort.media.reading.once import sample_frames
from vidsort.server.page import shell
from vidsort.server.web import create_app
from vidsort.settings import Settings

FOLDERS = ("dance", "food", "sport")
FIRST = 7100000000000000000
PILE = 24
FAILED = pytest.StashKey[bool]()
# What somebody who looks for the cause wants to know of a page.
SHOWN = """() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());
    return JSON.stringify({
        card: document.querySelector("[data-stage]")?.dataset.filename, sync: texts("[data-sync]"),
        said: texts("[data-say], [data-shout]"), toasts: texts(".toast .text"), left: texts("[data-left]"),
        dialog: texts("dialog h2, .welcome-card h2"), focus: document.activeElement?.outerHTML.slice(0, 200),
    });
}"""


def name_of(number: int) -> str:
    """The filename of the n-th unsorted video."""
    return f"{FIRST + number}.mp4"


def predict(filename: str, number: int, folders: tuple[str, ...] = FOLDERS) -> dict:
    """A prediction whose confidence falls with the number, so that the queue's order is that of the numbers."""
    turned = [folders[(number + step) % len(folders)] for step in range(len(folders))]
    confidence = round(0.99 - number * 0.001, 4)
    scores = [confidence, *[round((1 - confidence) / (2 + step), 4) for step in range(len(folders) - 1)]]
    best = [{"folder": folder, "confidence": score} for folder, score in zip(turned, scores, strict=True)]
    return {
        "video": filename,
        "predicted_folder": turned[0],
        "confidence": confidence,
        "top_predictions": best[:3],
    }


class Pile:
    """A library with an unsorted pile and its predictions."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.data_dir = folder / "library"
        self.artifacts_dir = folder / "artifacts"
        self.template = template
        self.data_dir.mkdir()
        self.artifacts_dir.mkdir()

    def fill(self, count: int = PILE, folders: tuple[str, ...] = FOLDERS, predicted: bool = True) -> "Pile":
        """So many unsorted videos, two in each folder, their pictures as an extraction leaves them, and predictions."""
        shutil.copytree(self.template / "pictures", self.artifacts_dir / "pictures", dirs_exist_ok=True)
        clips = sorted(self.template.glob("*.mp4"))
        for number in range(count):
            shutil.copy(clips[number % len(clips)], self.data_dir / name_of(number))
        for place, folder in enumerate(folders):
            (self.data_dir / folder).mkdir()
            for number in range(2):
                shutil.copy(clips[place % len(clips)], self.data_dir / folder / f"{10 * place + number}.mp4")
        if predicted and folders:
            self.predict([predict(name_of(number), number, folders) for number in range(count)])
        return self

    def predict(self, predictions: list[dict]) -> None:
        """Put these predictions in force."""
        beside = self.artifacts_dir / "predictions.json.new"
        beside.write_text(json.dumps(predictions))
        beside.replace(self.artifacts_dir / "predictions.json")

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data_dir, artifacts_dir=self.artifacts_dir)

    def unsorted(self) -> set[str]:
        return {path.name for path in self.data_dir.glob("*.mp4")}

    def inside(self, folder: str) -> set[str]:
        return {path.name for path in (self.data_dir / folder).glob("*.mp4")}

    def tree(self) -> set[str]:
        return {str(path.relative_to(self.data_dir)) for path in self.data_dir.rglob("*")}


@pytest.fixture(scope="session")
def clips(tmp_path_factory) -> Path:
    """Eight different short clips that the piles are filled with, and the pictures of them."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(8):
        clip = make_video(folder / f"{number}.mp4", pattern=number % 4, size=(90, 160))
        keep_pictures(folder, content_hash(clip), sample_frames(clip))
    return folder


@pytest.fixture
def pile(tmp_path, clips) -> Pile:
    """An empty library of this test's own: `pile.fill()`."""
    return Pile(tmp_path, clips)


@pytest.fixture(scope="session")
def ports() -> list[int]:
    """Where a test's first server listens, its second, and so on: what a browser keeps, it keeps by address."""
    return []


def listen(ports: list[int], number: int) -> socket.socket:
    """A socket on the n-th port, or on another from now on where that is taken."""
    if number < len(ports):
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", ports[number]))
    listener = socket.create_server(("127.0.0.1", 0))
    ports[number:number + 1] = [listener.getsockname()[1]]
    return listener


@pytest.fixture(scope="session")
def shells() -> dict[str, list[BaseRoute]]:
    """What Gradio has made of the page, by its title: it is the same for every library of that name."""
    return {}


@pytest.fixture
def serve(ports, shells, monkeypatch) -> Iterator[Callable[[Settings], str]]:
    """`serve(settings)` gives the address of a server that runs until the test ends."""
    servers = []

    real_mount = shell.mount

    def mount(app: FastAPI, settings: Settings, *served: object) -> FastAPI:
        title = settings.data_dir.name
        if title in shells:
            app.router.routes.extend(shells[title])
        else:
            before = len(app.router.routes)
            real_mount(app, settings, *served)
            shells[title] = app.router.routes[before:]
        return app

    monkeypatch.setattr(shell, "mount", mount)

    def start(settings: Settings) -> str:
        listener = listen(ports, len(servers))
        config = uvicorn.Config(create_app(settings), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        servers.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for server, thread, listener in servers:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="package")
def browser(chromium_path) -> Iterator[Browser]:
    """One Chromium for all tests of the page: its event loop must be over before other rooms run their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def kept_contexts(browser) -> list[BrowserContext]:
    """One for a test's first page, its second, and so on, from test to test: they have read the modules already."""
    return []


class Line:
    """The way of a page's requests (or of all of a context) to addresses of one pattern, cut and mended at will.

    Laid before the page is opened: a route that is added under an open page may miss the request that comes next.
    """

    def __init__(self, whose: Page | BrowserContext, pattern: str) -> None:
        self.is_cut = False
        whose.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self.is_cut:
            route.abort()
        else:
            route.continue_()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let fixtures know whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def visitor(browser, kept_contexts, request) -> Iterator[Visitor]:
    """`visitor.open(address)` gives a page; an error in any of its scripts fails the test.

    The report of a test that fails tells what its pages showed.
    """
    visitor = Visitor(browser, kept_contexts)
    yield visitor
    has_failed = request.node.stash.get(FAILED, False)
    if has_failed:
        for page in visitor.pages():
            request.node.add_report_section("teardown", "what a page showed", f"{page.url} {page.evaluate(SHOWN)}")
    visitor.leave(has_failed)
    assert visitor.complaints == []


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """`shot(page, name)` keeps a picture in `screenshots/`, or where SCREENSHOTS_DIR says."""
    folder = Path(os.environ.get("SCREENSHOTS_DIR") or ROOT / "screenshots")

    def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")

    return take


def on_show(page: Page) -> str:
    """The filename of the video on show."""
    return page.locator("[data-stage]").get_attribute("data-filename")


def wait_until_saved(page: Page) -> None:
    """Until the server has answered for every decision."""
    page.wait_for_selector('[data-sync][data-state="saved"]')


def wait_for_card(page: Page, filename: str) -> None:
    """Until this video is on show and its picture is there."""
    page.wait_for_selector(f'[data-stage][data-filename="{filename}"]')


def wait_for_answer(page: Page, path: str, test: str) -> None:
    """Until the JSON at this path satisfies a JavaScript expression about `answer`."""
    script = f"async () => {{ const answer = await (await fetch('{path}')).json(); return {test}; }}"
    for _ in range(200):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{path} never had {test}")
