"""A library of files that are no real videos, and a picture of it, and drives that misbehave, for tests of moving."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

# What a folder holds beside videos and what belongs to one.
KEPT = ("folder.txt", ".DS_Store", "Thumbs.db")


def make_places(root: Path) -> Path:
    """Folders food, soccer and tennis with a video each, five unsorted; each file holds its own first place."""
    for place in ("food/3.mp4", "soccer/5.mp4", "tennis/7.mp4", *(f"1{digit}.mp4" for digit in range(5))):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(place)
    return root


def add_sidecars(root: Path) -> Path:
    """Beside 10.mp4 and 12.mp4 and the videos of food and soccer what exporters leave; each holds its first place.

    10.srt is empty.
    """
    (root / "10.srt").touch()
    for place in (
        "10.info.json", "10.en.vtt", "10.mp4.json", "12.description", "food/3.json", "food/3.webp", "soccer/5.srt",
    ):
        (root / place).write_text(place)
    return root


def add_kept(root: Path) -> Path:
    """In food and soccer what is no video's: what a person says of the folder, what other systems leave."""
    for place in ("food/folder.txt", "food/.DS_Store", "food/Thumbs.db", "soccer/folder.txt"):
        (root / place).write_text(place)
    return root


def apart(root: Path) -> list[str]:
    """What lies beside no video that it belongs to, of the files in a library whose others are all sidecars."""
    files = [path for path in root.rglob("*") if path.is_file() and path.name not in KEPT]
    videos = {path for path in files if path.suffix in (".mp4", ".mov")}
    stems = {path.with_suffix("") for path in videos}

    def is_beside_its_own(path: Path) -> bool:
        whole, stem = path.with_suffix(""), path.parent / path.name.split(".")[0]
        return whole in videos if ".mp4." in path.name else stem in stems

    return [str(path.relative_to(root)) for path in files if path not in videos and not is_beside_its_own(path)]


def tree(root: Path) -> dict[str, str | None]:
    """Every file with its text, every folder with None, hidden ones too."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_text()
        for path in sorted(root.rglob("*"))
    }


def tree_of_names(root: Path) -> list[str]:
    """Every file and folder, where files are no text."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def keeping_permissions() -> list[str]:
    """What to start a command with, so that permissions hold for it also where root runs the tests."""
    if os.getuid() != 0:
        return []
    without = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
    if shutil.which("setpriv") is None or subprocess.run([*without, "true"], check=False).returncode:
        pytest.skip("root runs the tests, and nothing here lets it obey permissions: install util-linux")
    return without


@contextlib.contextmanager
def mounted(what: Path, where: Path) -> Iterator[None]:
    """A folder shown at another place too, as a mount; skips the test where nothing can be mounted."""
    tried = subprocess.run(["mount", "--bind", what, where], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", where], check=True)


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library; see `make_places`."""
    return make_places(tmp_path / "videos")


@pytest.fixture
def database(tmp_path):
    """A fresh database, closed at the end."""
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.fixture
def mover(data_dir, database) -> Mover:
    """A mover on that library."""
    return Mover(data_dir, database)


def before_each(step: str, action: Callable[[], object]) -> contextlib.AbstractContextManager:
    """Do something right before each step of this name."""
    return struck_by(lambda when, name, *_: action() if (when, name) == ("before", step) else None)


def refuse(number: int) -> None:
    """Raise what the system would."""
    raise OSError(number, os.strerror(number))
