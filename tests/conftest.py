"""Fixtures that all tests share: a tiny library, settings on it, the shared data, waiting, a browser."""

import contextlib
import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import hypothesis
import pytest
from videos import make_video

from vidsort.settings import PREFIX, Settings

if TYPE_CHECKING:
    from vidsort.steps import StepConfig

pytest_plugins = ["attacking", "programs"]
ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LIBRARY_FOLDERS = ("dance", "food", "sport")
VIDEOS_A_FOLDER = 4
UNSORTED = 3
# For a browser that asks nobody but this machine. Playwright's own list is named in whole, as the last one that a
# browser is given replaces those before; behind it stands what opens two more pages with each context (the popups of
# the address bar) and one beforehand, each as dear as a small page that a test looks at.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,"
    "NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,TcpPortRandomizationWin,"
    "ThirdPartyStoragePartitioning,"
    "SpareRendererForSitePerProcess,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,WebUIOmniboxPopup",
]
# Those whose tests take longest.
LONGEST = ("tests/server/page/", "tests/test_notebooks.py", "tests/server/test_schema.py", "tests/test_end_to_end.py")
# An example that takes long on a machine that is busy is no failure.
hypothesis.settings.register_profile("on any machine", deadline=None)
hypothesis.settings.load_profile("on any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A worker that is done takes some of what another still has: a few tests take as long as all the rest."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_modifyitems(items):
    """What takes longest comes first, so that no worker is left with it at the end; the page's share one browser."""
    items.sort(key=lambda item: [room in item.nodeid for room in LONGEST], reverse=True)


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_works():
    """Started in the background, a shell has told the tests to ignore Ctrl+C, and so would the programs they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _nobody_waits_for_the_disk():
    """No test cuts the power: what a disk is told to keep at once it may keep when it likes, as far as they can see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        patch.setattr("vidsort.store.database.SYNCHRONOUS", "OFF")
        yield


@pytest.fixture(scope="session")
def _empty_folders(tmp_path_factory) -> Iterator[Path]:
    """A new one each time: pytest's own, numbered, would each look through all that there are already."""
    home = tmp_path_factory.mktemp("cwd")
    return (home / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path, monkeypatch, _empty_folders):
    """No setting of the person who runs the tests reaches them, and nothing is written into the checkout.

    After `tmp_path`, so that what a test has replaced is as it was before its files are removed.
    """
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    # Else each program that a test starts would compile the package anew.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    # Of a library as small as those here one child has looked at all before a second has started.
    monkeypatch.setattr("vidsort.extract_features.cores", lambda: 1)
    folder = next(_empty_folders)
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture(autouse=True)
def _no_test_leaves_another_priority():
    """A test that does so slows down, or stops, all that come after it."""
    yield
    assert getattr(os, "sched_getscheduler", lambda _: 0)(0) == 0


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory, any_program) -> Callable[[str, Callable[[Path], object]], Path]:
    """`once_a_run(name, make)`: a folder that `make` has filled, one for all workers; copied, never changed."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        home = shared / name
        with filelock.FileLock(shared / f"{name}.lock"):
            whole = shared / f"{name} is whole"
            if not whole.exists():
                shutil.rmtree(home, ignore_errors=True)
                home.mkdir()
                with any_program():
                    make(home)
                whole.touch()
        return home

    return folder


@pytest.fixture(scope="session")
def library_template(once_a_run) -> Path:
    """Three folders of four videos and three unsorted ones, one of each folder's kind."""

    def make(library: Path) -> None:
        for number, folder in enumerate(LIBRARY_FOLDERS):
            for index in range(VIDEOS_A_FOLDER):
                make_video(library / folder / f"70000000000000{number}{index:02}.mp4", pattern=number)
        for number in range(UNSORTED):
            make_video(library / f"71000000000000{number}00.mp4", pattern=number)

    return once_a_run("template", make)


@pytest.fixture
def library(library_template, tmp_path) -> Path:
    """A tiny library of this test's own: folders dance, food and sport with 4 videos each, 3 unsorted."""
    return Path(shutil.copytree(library_template, tmp_path / "library"))


@pytest.fixture
def settings(library, tmp_path) -> Settings:
    """Settings on the tiny library with fresh artifacts."""
    return Settings(data_dir=library, artifacts_dir=tmp_path / "artifacts")


def take_over(artifacts_dir: Path, settings: Settings, config: "StepConfig | None" = None) -> None:
    """Copy artifacts that were made beside a copy of this library: it is known again, no video is looked at anew."""
    from vidsort import extract_features

    assert not any(settings.artifacts_dir.glob("*.db")), "a database is open: ask for this fixture before a client"
    shutil.copytree(artifacts_dir, settings.artifacts_dir, dirs_exist_ok=True)
    assert extract_features.run(settings, config).outputs["encoder_calls"] == 0


@pytest.fixture(scope="session")
def extracted_template(library_template, once_a_run) -> Path:
    """The artifacts of the tiny library after an extraction, made once: copy them by `take_over`."""
    from vidsort import extract_features

    def make(home: Path) -> None:
        library = Path(shutil.copytree(library_template, home / "library"))
        extract_features.run(Settings(data_dir=library, artifacts_dir=home / "artifacts"))

    return once_a_run("extracted", make) / "artifacts"


@pytest.fixture(scope="session")
def learned_template(library_template, extracted_template, once_a_run) -> Path:
    """The artifacts of the tiny library with a model that has predicted, made once: copy them by `take_over`."""
    from vidsort import predict, train

    def make(home: Path) -> None:
        library = Path(shutil.copytree(library_template, home / "library"))
        settings = Settings(data_dir=library, artifacts_dir=home / "artifacts")
        take_over(extracted_template, settings)
        train.run(settings)
        predict.run(settings)

    return once_a_run("learned", make) / "artifacts"


@pytest.fixture
def learned(learned_template, settings) -> Settings:
    """Settings on the tiny library, of which a model is in force and has predicted; ask for it before a client."""
    take_over(learned_template, settings)
    return settings


@pytest.fixture(scope="session")
def data_sets() -> Path:
    """The shared labelled videos: read only, copy what you use."""
    folder = Path(os.environ.get("TEST_DATA_DIR") or ROOT.parent / "shared" / "data")
    if not (folder / "labels.csv").is_file():
        pytest.skip(f"no shared videos in {folder}: set TEST_DATA_DIR")
    return folder


@pytest.fixture(scope="session")
def eventually() -> Callable[..., object]:
    """`eventually(predicate, timeout_s)`: poll until it is true and return its value, or fail."""

    def wait(predicate: Callable[[], object], timeout_s: float = 10) -> object:
        deadline = time.monotonic() + timeout_s
        while True:
            value = predicate()
            if value:
                return value
            if time.monotonic() > deadline:
                pytest.fail(f"not within {timeout_s} s: {getattr(predicate, '__name__', predicate)}")
            time.sleep(0.02)

    return wait


def children_of(pid: int) -> list[int]:
    """The processes that this one has started and that still live; only where there is /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name may hold anything, the fields behind it are numbers.
            state, parent = entry.read_text().rpartition(") ")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(entry.parent.name))
    return found


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium to test the page with; where there is none the test is skipped, but never in CI.

    First its headless shell: it draws and runs all that a page is, and has no windows, tabs and menus to keep.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    reason = "no Chromium found: install the Debian package chromium"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)`: no serious or critical fault in what a browser shows, in `inside` or in the whole of a frame.

    `of` names which of several states that is, where a test shows more than one.
    """
    if not AXE.is_file():
        reason = "axe-core is not installed: make test does it, or npm install --no-save axe-core"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    source = AXE.read_text(encoding="utf-8")

    def check(page, inside: str = "#vidsort", of: str = "") -> None:
        page.evaluate("() => document.getAnimations().forEach((each) => each.finish())")
        page.evaluate(f"() => {{ {source} }}")
        asked = f"axe.run('{inside}', {{resultTypes: ['violations']}}).then((result) => result.violations)"
        bad = [
            (fault["id"], node["html"][:160], node["failureSummary"])
            for fault in page.evaluate(asked) if fault["impact"] in ("serious", "critical") for node in fault["nodes"]
        ]
        assert (of, bad) == (of, [])

    return check
