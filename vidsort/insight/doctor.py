"""Is everything there that vidsort needs? Each check says what it found and what to do about it."""

import contextlib
import hashlib
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata, resources
from pathlib import Path
from typing import Literal, NamedTuple

from .. import __version__
from ..errors import VidsortError
from ..settings import Settings
from ..steps import counted

PACKAGES = ("av", "fastapi", "gradio", "moviepy", "numpy", "onnxruntime", "pandas", "scikit-learn", "skops", "uvicorn")
IMPORT_NAMES = {"scikit-learn": "sklearn"}
WEIGHTS_SHA256 = "ee78460861c34a40f5e958e366ae61f2174d53dbbf34597f088cb87079922f77"
# The strongest features of pixels that rise evenly from -1 to 1, as this file gives them; in float32 it is one step of
# rounding more or less, and where bytes are multiplied wrongly they are far from it.
STRONGEST_OF_A_RAMP = {113: 4.42, 930: 3.64, 897: 3.53, 455: 3.14, 1277: 2.86, 176: 2.54}
ROUNDING = 0.15
LEAST_FREE_BYTES = 1_000_000_000
SHOWN_FAILURES = 5
NOT_YET = "not looked at yet: `vidsort extract-features` does"


class Check(NamedTuple):
    """One thing that was looked at; `warning` is worth a look and stops nothing."""

    name: str
    state: Literal["ok", "warning", "failed"]
    text: str


def examine(settings: Settings, shown_failures: int | None = SHOWN_FAILURES) -> list[Check]:
    """All checks, in the order in which their failures explain one another.

    `shown_failures`: of so many videos that cannot be read it is told which and why; None: of all.
    """
    checks: list[tuple[str, Callable[[], Check]]] = [
        ("python", _python),
        ("packages", _packages),
        ("encoder", _encoder),
        ("extras", lambda: _extras(settings)),
        ("ffmpeg", _ffmpeg),
        ("host", lambda: _host(settings)),
        ("library", lambda: _library(settings)),
        ("artifacts", lambda: _artifacts(settings.artifacts_dir)),
        ("free disk", lambda: _disk(settings.artifacts_dir)),
        ("model", lambda: _model(_home(settings))),
        ("left out", lambda: _left_out(settings)),
        ("unreadable videos", lambda: _unreadable(settings, shown_failures)),
        ("evidence", lambda: _evidence(settings)),
        ("words", lambda: _words(settings, shown_failures)),
    ]
    found = []
    for name, check in checks:
        try:
            found.append(check())
        except (VidsortError, OSError) as error:
            found.append(Check(name, "failed", str(error)))
    return found


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", f"vidsort {__version__} on Python {version}, {os.cpu_count()} cores")


def _packages() -> Check:
    versions, broken = [], []
    for package in PACKAGES:
        try:
            importlib.import_module(IMPORT_NAMES.get(package, package))
            versions.append(f"{package} {metadata.version(package)}")
        except (ImportError, OSError) as error:
            broken.append(f"{package} ({error})")
    if broken:
        return Check("packages", "failed", f"cannot be imported: {', '.join(broken)}; install vidsort again")
    return Check("packages", "ok", ", ".join(versions))


def _encoder() -> Check:
    """The network's file is whole, and the network gives the numbers that it should on this processor."""
    import numpy as np

    from ..features.encoders.image import NAME, SIDE, ImageEncoder

    weights = resources.files("vidsort.features.encoders") / "weights" / f"{NAME}.onnx"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        return Check("encoder", "failed", f"{weights} is damaged: install vidsort again")
    ramp = np.linspace(-1, 1, 3 * SIDE * SIDE, dtype=np.float32).reshape(1, 3, SIDE, SIDE)
    features = ImageEncoder().features(ramp)[0]
    if not np.allclose(features[list(STRONGEST_OF_A_RAMP)], list(STRONGEST_OF_A_RAMP.values()), atol=ROUNDING):
        return Check("encoder", "failed", "the network gives wrong features on this machine: install onnxruntime again")
    return Check("encoder", "ok", f"{NAME}, {len(features)} features, file unchanged")


def _extras(settings: Settings) -> Check:
    """The kinds that are looked for, and that what they need is on this machine."""
    from ..features.modalities import ExtractConfig

    chosen = settings.config("extract_features", ExtractConfig).chosen.values()
    for modality in chosen:
        modality.config.require()
    return Check("extras", "ok", f"{', '.join(modality.kind for modality in chosen)} can be looked for")


def _ffmpeg() -> Check:
    import imageio_ffmpeg

    try:
        version = imageio_ffmpeg.get_ffmpeg_version()
    except RuntimeError as error:
        return Check(
            "ffmpeg", "warning", f"{error}: videos that the browser cannot play get no copy, and there is no demo"
        )
    return Check("ffmpeg", "ok", f"{version} makes playable copies")


def _host(settings: Settings) -> Check:
    from ..accounts import has_accounts

    settings.require_safe_host(has_accounts=has_accounts())
    seen = "this machine only" if settings.is_loopback else "other machines, by a name or the password"
    return Check("host", "ok", f"{settings.host} can be reached from {seen}")


def _home(settings: Settings) -> Path:
    from ..artifacts import home_of

    return home_of(settings.artifacts_dir, settings.data_dir)


def _library(settings: Settings) -> Check:
    from ..artifacts.owners import require_there
    from ..library import is_learned, scan
    from ..library.names import shown

    data_dir = settings.data_dir
    snapshot = scan(data_dir, settings.video_names)
    require_there(_home(settings), data_dir, is_bare=not (snapshot.unsorted or snapshot.folders))
    _require_writable(data_dir)
    told = (
        f"{data_dir}: {counted(len(snapshot.unsorted), 'unsorted video')}, "
        f"{sum(map(len, snapshot.folders.values()))} in {counted(len(snapshot.folders), 'folder')}"
    )
    if not settings.not_learned:
        return Check("library", "ok", told)
    told += f", of which nothing is learned from {', '.join(map(shown, settings.not_learned))}"
    # A name that is misspelt would be learned from without a word.
    strange = [name for name in settings.not_learned if all(is_learned(folder, (name,)) for folder in snapshot.folders)]
    if strange:
        told += f"; there is no folder {' or '.join(map(shown, strange))}: make it, or correct not_learned"
    return Check("library", "warning" if strange else "ok", told)


def _artifacts(artifacts_dir: Path) -> Check:
    from ..store import open_database

    open_database(artifacts_dir).close()
    _require_writable(artifacts_dir)
    return Check("artifacts", "ok", f"{artifacts_dir} can be written, its database opens")


def _require_writable(folder: Path) -> None:
    """Raise OSError where no file can be made; the attempt leaves none behind."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _disk(artifacts_dir: Path) -> Check:
    free_bytes = shutil.disk_usage(artifacts_dir).free
    is_enough = free_bytes >= LEAST_FREE_BYTES
    return Check("free disk", "ok" if is_enough else "warning", f"{free_bytes / 1e9:.1f} GB beside the artifacts")


def _model(artifacts_dir: Path) -> Check:
    from ..artifacts import current, predictions_path, read_predictions

    now = current(artifacts_dir)
    if now is None and not predictions_path(artifacts_dir).exists():
        return Check("model", "warning", "there is none yet: sort a few videos, then run `vidsort retrain`")
    predictions = read_predictions(predictions_path(artifacts_dir))
    maker = now.model_id if now and now.model_id else "another program"
    return Check("model", "ok", f"{maker}, {len(predictions)} predictions")


def _left_out(settings: Settings) -> Check:
    from ..library import left_out
    from ..library.left_out import sentence

    found = left_out(settings.data_dir, settings.video_names)
    return Check("left out", "warning" if found else "ok", "\n".join(map(sentence, found)) or "nothing")


def _unreadable(settings: Settings, shown: int | None) -> Check:
    """Those that the newest extraction could not decode; nothing is decoded here."""
    from .. import library
    from ..artifacts import current_feature_set
    from ..features.stored import features_of
    from ..store import open_database

    home = _home(settings)
    if not (home / "features" / "current.json").is_file():
        return Check("unreadable videos", "ok", NOT_YET)
    database = open_database(settings.artifacts_dir)
    feature_set = current_feature_set(home)
    failed = features_of(database, library.videos(settings.data_dir, settings.video_names), feature_set).failed
    database.close()
    if not failed:
        return Check("unreadable videos", "ok", "none")
    told = [f"{failure.filename}: {failure.reason}" for failure in failed]
    return Check("unreadable videos", "warning", _in_lines(told, shown))


def _evidence(settings: Settings) -> Check:
    """A line a kind of evidence: how many videos have it, in how many there is none, in how many it failed."""
    from .. import library
    from ..artifacts import current_feature_set
    from ..features.contents import contents_of
    from ..features.unreadable import tallied
    from ..store import open_database
    from ..store.features import FeatureStore

    home = _home(settings)
    if not (home / "features" / "current.json").is_file():
        return Check("evidence", "ok", NOT_YET)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        contents = contents_of(store, library.videos(settings.data_dir, settings.video_names))
        found = tallied(store, contents, current_feature_set(home))
    lines = [
        f"{name}: {one.known} of {counted(len(contents.hashes), 'video')}" + (f"; {one.lacking}" if one.lacking else "")
        for name, one in found.items()
    ]
    return Check("evidence", "warning" if any(one.failed for one in found.values()) else "ok", "\n".join(lines))


def _words(settings: Settings, shown: int | None) -> Check:
    """From what the newest extraction gathered: how many videos have words, in which forms, and what is broken."""
    from ..features.words.gathering import told_forms
    from ..store import open_database
    from ..store.words import WordStore

    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = WordStore(database, settings.data_dir)
        counts, broken = store.counts(), store.broken()
    forms = ", ".join(f"{count} by {form}" for form, count in told_forms(counts).items())
    having = counted(sum(counts.values()), "video has", "videos have")
    found = f"{having} words: {forms}" if counts else "none were found by an extraction yet"
    if not broken:
        return Check("words", "ok", found)
    told = [f"{os.path.relpath(path, settings.data_dir)}: {reason}" for path, reason in broken.items()]
    return Check("words", "warning", f"{found}\n{_in_lines(told, shown)}")


def _in_lines(told: Sequence[str], shown: int | None) -> str:
    """The first few of them, a line each, and how many there are beyond."""
    lines = list(told[:shown])
    if len(told) > len(lines):
        lines.append(f"and {len(told) - len(lines)} more: `vidsort doctor --all` shows them")
    return "\n".join(lines)
