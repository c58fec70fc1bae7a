"""Some videos to features, words, posters and guesses: what a server runs beside itself when new ones come.

`python -m vidsort.look --settings JSON PLACES_FILE` looks at the videos whose places (relative to the library) are in a
file, a JSON list. It is nice to whatever else the machine does. On its standard input `h` lets it wait before the next
video, for a few seconds at most, `g` lets it go on, and its end ends the program.
"""

import argparse
import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import artifacts, extract_features, library
from .artifacts.looked_at import add_looked_at, stamp_of, version_of
from .errors import ArtifactError
from .features.stored import features_of
from .jobs.program import run_in_lines, settings_from_json
from .learning.classifier import Classifier
from .predict import PredictConfig, predictions_of
from .records import Failure, FeatureSet, Progress, Report
from .settings import Settings
from .steps import ProgressCallback, ignore_progress
from .store import open_database

__all__ = ["Turn", "run"]

STEP = "look"
# Guesses are shown after so many videos, then after as many as half of those before: a file is written each time.
FIRST_AT_ONCE, MOST_AT_ONCE = 16, 1000
# Whoever asks for pages without end must not keep new videos waiting for ever.
LONGEST_WAIT_S = 2.0
NICEST = 19
log = logging.getLogger(__name__)


class Turn:
    """Whose turn it is: called before each video, it waits while others are to go first, two seconds at most."""

    def __init__(self, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._longest_wait_s = longest_wait_s
        self._is_free = threading.Event()
        self._is_free.set()

    def __call__(self) -> None:
        """Wait, where others are to go first."""
        self._is_free.wait(self._longest_wait_s)

    def follow(self, handle: int) -> None:
        """Read `h` and `g` from a pipe, and end this process when whoever holds its other end is gone."""
        while said := os.read(handle, 1024):
            if said.endswith(b"h"):
                self._is_free.clear()
            else:
                self._is_free.set()
        os._exit(130)


def run(
    settings: Settings, places: Sequence[str], *, progress: ProgressCallback = ignore_progress,
    turn: Callable[[], object] = lambda: None, most_children: int = 1,
) -> Report:
    """Look at these videos, and let the model in force guess where those of the pile belong.

    Guesses are written as they come, beside predictions.json, for videos that it does not name. A video that cannot be
    read is in the report with its reason, and one that has gone in nothing. Raises as `extract_features.run` does.
    """
    settings = artifacts.at_home(settings)
    guessing = _Guessing(settings)
    started, done, failed = time.monotonic(), 0, list[Failure]()
    for start, some in _in_parts(places):

        def tell(told: Progress, start: int = start) -> None:
            looked_at = min(start + (told.done if told.rate_per_s else 0), len(places))
            rate = looked_at / (time.monotonic() - started) if looked_at else None
            progress(Progress(
                step=STEP, done=looked_at, total=len(places), rate_per_s=rate,
                left_s=(len(places) - looked_at) / rate if rate else None, message=told.message,
            ))

        report = extract_features.run(settings, only=some, turn=turn, most_children=most_children, progress=tell)
        done += report.done
        failed += report.failed
        guessing.guess(some)
    return Report(
        step=STEP, done=done, skipped=len(places) - done - len(failed), failed=tuple(failed),
        took_s=time.monotonic() - started, outputs={"guesses": guessing.count},
    )


def _in_parts(places: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The places part by part, each with how many came before."""
    start = 0
    while start < len(places):
        count = min(max(FIRST_AT_ONCE, start // 2), MOST_AT_ONCE)
        yield start, places[start : start + count]
        start += count


class _Guessing:
    """The model in force, read when it is first needed; nothing where there is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = settings.artifacts_dir
        self._top_k = settings.config("predict", PredictConfig).top_k
        self._model: tuple[str, FeatureSet, Classifier] | None = None
        self.count = 0

    def guess(self, places: Sequence[str]) -> None:
        """Write down what it says of those of these that are in the pile."""
        videos = library.videos_at(self._settings.data_dir, [place for place in places if "/" not in place])
        completes = version_of(stamp_of(artifacts.predictions_path(self._home)))
        model = self._in_force()
        if model is None or not completes or not videos:
            return
        _, feature_set, classifier = model
        with contextlib.closing(open_database(self._home)) as database:
            found = features_of(database, videos, feature_set)
        if found.videos:
            names = [video.filename for video in found.videos]
            entries = predictions_of(classifier, names, found.parts, self._top_k)
            self.count += len(entries)
            add_looked_at(self._home, completes, entries)

    def _in_force(self) -> tuple[str, FeatureSet, Classifier] | None:
        now = artifacts.current(self._home)
        if now is None or now.model_id is None:
            return None
        if self._model is None or self._model[0] != now.model_id:
            try:
                feature_set = artifacts.model_feature_set(self._home, now.model_id)
                classifier = artifacts.read_model(self._home, now.model_id, self._settings.trusted_types)
                self._model = now.model_id, feature_set, classifier
            except ArtifactError as error:
                log.warning("New videos get no guess: %s", error)
                return None
        return self._model


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program, with the lines of a step on stdout, and one sentence on stderr where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, metavar="JSON", help="all settings, as a server gives them")
    parser.add_argument("--children", type=int, default=1, metavar="N", help="how many videos are looked at at once")
    parser.add_argument("places", type=Path, metavar="PLACES_FILE")
    flags = parser.parse_args(arguments)
    if hasattr(os, "nice"):
        os.nice(NICEST)
    turn = Turn()
    threading.Thread(target=turn.follow, args=(sys.stdin.fileno(),), daemon=True).start()

    def run_it(tell: ProgressCallback) -> Report:
        places = json.loads(flags.places.read_bytes())
        return run(settings_from_json(flags.settings), places, progress=tell, turn=turn, most_children=flags.children)

    return run_in_lines(run_it)


if __name__ == "__main__":
    sys.exit(main())
