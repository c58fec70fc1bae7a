"""The program that refits the head: told on stdin where videos lie, it writes what it guesses of those in the pile.

The first line has all that it begins with, each further one a change; it ends with its starter.
"""

import contextlib
import dataclasses
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from .. import artifacts
from ..artifacts.files import created_now
from ..errors import ArtifactError, VidsortError
from ..features.said import names_of
from ..features.stored import LibraryFeatures, features_of
from ..features.words.folders import descriptions
from ..learning.classifier import Classifier
from ..learning.live.head import QUICK, LiveHead
from ..learning.rows.names import NO_NAMES, Names
from ..logs import as_starter
from ..media.limited import go_first
from ..records import FeatureSet, Video
from ..settings import Settings
from ..store import Database, open_database
from ..store.features import FeatureStore
from .guesses import Guesses, write_guesses
from .labels import NOTHING_TO_LEARN, PILE, Elsewhere, Rows

log = logging.getLogger(__name__)

# Behind what a person waits for, before what nobody does.
NICENESS = 5
# Labels that come faster than they are learned: something new is shown at least so often.
LONGEST_WAIT_S = 0.3
# While there are videos without features, it is asked so often whether they have some by now; reading all anew takes
# at most a twentieth of the time.
LOOK_S, READING_SHARE = 2.0, 0.05


class Learner:
    """What one library is learned by: its features, where its videos lie, and the head."""

    def __init__(self, begin: Mapping[str, Any]) -> None:
        self._settings = Settings.model_validate_json(begin["settings"])
        self._home = Path(begin["artifacts_dir"])
        self._base, self._model_id = begin["base"], begin["model_id"]
        self._at: dict[str, set[str]] = {folder: set(names) for folder, names in begin["places"].items()}
        self._database = open_database(self._home)
        self._learned_of = self._labels_of_model()
        self._pending: dict[int, str | None] = {}
        self._unknown: set[tuple[str, str]] = set()
        self._next_look_s = self._begun_s = 0.0
        self.is_told = bool(begin["is_told"])
        self.read()

    @property
    def folders(self) -> list[str]:
        """The category folders now."""
        return sorted(self._at.keys() - {PILE})

    def read(self) -> None:
        """Read the features of all videos that have some; ends the program where none has."""
        begun_s = time.monotonic()
        feature_set, held, winner = self._held()
        found = _read(self._database, self._settings, self._at, feature_set)
        if not found.videos:
            sys.exit(NOTHING_TO_LEARN)
        self._goes_by_names = held is None or bool(held.fusion.named)
        self._videos, self._feature_set, self._named = found.videos, feature_set, self.folders
        at = [(video.folder or PILE, video.filename) for video in found.videos]
        self._rows = Rows(at)
        self._unknown = {(folder, name) for folder, names in self._at.items() for name in names}.difference(at)
        self._head = LiveHead(found.parts, held, self._names(), winner)
        self._pending = self._rows.folder_of()
        self._elsewhere = Elsewhere([self._learned_of.get(video.filename) for video in found.videos], self._pending)
        token = f"{os.getpid():x}{time.time_ns():x}"
        self._guesses = Guesses.none(token, self._base, self._model_id, tuple(self._rows.names()))
        self._next_look_s = begun_s + (time.monotonic() - begun_s) / READING_SHARE

    def follow(self, change: Mapping[str, Any]) -> None:
        """Take in where videos lie now."""
        left, came = ([(folder, name) for folder, name in change[key]] for key in ("left", "came"))
        for folder, name in left:
            self._at.get(folder, set()).discard(name)
            self._unknown.discard((folder, name))
        self._at = {PILE: self._at[PILE]} | {folder: self._at.get(folder, set()) for folder in change["folders"]}
        for folder, name in came:
            self._at.setdefault(folder, set()).add(name)
        moved, unknown = self._rows.follow(left, came)
        self._pending |= moved
        self._elsewhere.follow(moved)
        self._unknown.update(unknown)
        self.is_told = self.is_told or bool(change["is_of_labels"])

    def learn(self) -> None:
        """Give the head what has changed."""
        self._begun_s = time.perf_counter()
        pending, self._pending = self._pending, {}
        is_renamed, self._named = self._named != self.folders, self.folders
        self._head.learn(pending, self.folders, self._names() if is_renamed else None)

    def warm(self) -> None:
        """Do once what a refit does, so that the first one is as quick as the others."""
        self.learn()
        self._head.shares()

    def guess(self) -> None:
        """Guess, and put it where servers read."""
        labels, at = len(self._elsewhere), created_now()
        folders, rows, shares = self._head.shares()
        if len(folders) < 2:
            self._guesses = self._guesses.silenced(labels, at)
        else:
            self._guesses = self._guesses.refitted(folders, rows, shares, labels, at)
        took_s = time.perf_counter() - self._begun_s
        self._guesses = dataclasses.replace(self._guesses, refit_s=self._guesses.refit_s + took_s)
        try:
            write_guesses(self._home, self._guesses)
        except OSError as error:
            log.warning("What was learned could not be written down (%s): the guesses stay as they were.", error)

    def has_more(self) -> bool:
        """Whether videos that had no features have some now, and it is time to read them."""
        begun_s = time.monotonic()
        if not self._unknown or begun_s < self._next_look_s:
            return False
        feature_set, _, _ = self._held()
        some = {folder: {name for at, name in self._unknown if at == folder} for folder, _ in self._unknown}
        found = _read(self._database, self._settings, some, feature_set).videos
        self._next_look_s = begun_s + (time.monotonic() - begun_s) / READING_SHARE
        return bool(found)

    def _held(self) -> tuple[FeatureSet, Classifier | None, str]:
        """What videos are seen by, the model whose choices are kept (None: there is none), and what its head is."""
        if self._model_id is None:
            return artifacts.current_feature_set(self._home), None, QUICK[0]
        model, manifest = self._model_id, artifacts.show_model(self._home, self._model_id)["manifest"]
        held = artifacts.read_model(self._home, model, self._settings.trusted_types)
        return artifacts.model_feature_set(self._home, model), held, manifest.get("head", QUICK[0])

    def _labels_of_model(self) -> dict[str, str]:
        """Where each video lay that the model has learned from, by filename."""
        if self._model_id is None:
            return {}
        manifest = artifacts.show_model(self._home, self._model_id)["manifest"]
        return {filename: folder for filename, folder, _ in manifest.get("dataset", ())}

    def _names(self) -> Names:
        """What folders are called, where the model goes by that, or there is none."""
        if not self._goes_by_names:
            return NO_NAMES
        try:
            folders = descriptions(self._settings.data_dir, self.folders)
            return names_of(self._database, self._videos, self._feature_set, folders)
        except VidsortError as error:
            log.warning("The names of folders are left out: %s", error)
            return NO_NAMES


def _read(
    database: Database, settings: Settings, at: Mapping[str, set[str]], feature_set: FeatureSet
) -> LibraryFeatures:
    """The features of those of these videos whose content is known; no video is opened."""
    videos = []
    for folder, names in sorted(at.items()):
        directory = settings.data_dir / folder
        for name in sorted(names):
            try:
                facts = (directory / name).stat()
            except OSError:
                continue  # it was moved just now, and it is told where to
            videos.append(Video(
                filename=name, folder=folder or None, directory=directory, size_bytes=facts.st_size,
                mtime_ns=facts.st_mtime_ns,
            ))
    store = FeatureStore(database)
    known = store.remembered_contents(videos)
    moved = store.recognised([video for video in videos if video not in known], settings.data_dir)
    if moved:
        store.remember_contents(moved)
    return features_of(database, [video for video in videos if video in known or video in moved], feature_set)


def main() -> None:
    """Learn until stdin ends."""
    # Ctrl+C is for the starter to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    go_first()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    if not as_starter():
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    told: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(told,), daemon=True).start()
    from threadpoolctl import threadpool_limits

    try:
        learner = Learner(told.get())
        # Libraries that are loaded by then are limited: one core is left to whoever presses keys.
        with threadpool_limits(1):
            _learn(learner, told)
    except (ArtifactError, VidsortError) as error:
        log.warning("Nothing is learned between two retrains: %s", error)
        sys.exit(NOTHING_TO_LEARN)


def _learn(learner: Learner, told: "queue.SimpleQueue[Mapping[str, Any]]") -> NoReturn:
    learner.warm()
    is_due, shown_s = learner.is_told, 0.0
    while True:
        if not (is_due and told.empty()):
            changes = _next(told)
            for change in changes:
                learner.follow(change)
            if not changes and learner.has_more():
                learner.read()
            elif not changes:
                continue
        learner.learn()
        is_due = learner.is_told
        # What is overtaken by newer labels is dropped: those are learned first.
        if is_due and (told.empty() or time.monotonic() - shown_s > LONGEST_WAIT_S):
            learner.guess()
            is_due, shown_s = False, time.monotonic()


def _next(told: "queue.SimpleQueue[Mapping[str, Any]]") -> list[Mapping[str, Any]]:
    """All that is told by now, waiting a while for the first; none where nothing is."""
    found = []
    with contextlib.suppress(queue.Empty):
        found.append(told.get(timeout=LOOK_S))
        while True:
            found.append(told.get_nowait())
    return found


def _listen(told: "queue.SimpleQueue[Mapping[str, Any]]") -> None:
    """Read what is told; with the end of the starter this process ends at any moment."""
    # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
    with os.fdopen(os.dup(0), encoding="ascii") as lines:
        for line in lines:
            told.put(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    main()
