"""New videos are looked at by themselves, and those from before on a press: one niced child for all server processes.

The process that holds the file lock of a library looks; any other follows what comes, so that it can go on where that
one ends, tells how far it is, and hands on what it is asked for.
"""

import contextlib
import json
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Literal

import filelock

from ..artifacts import predictions_path
from ..artifacts.looked_at import Stamp, read_looked_at, stamp_of
from ..errors import StepCancelled, VidsortError
from ..features.missing import usual_pace
from ..features.workers import cores
from ..library import videos_at
from ..library.live import LiveLibrary
from ..records import Report
from ..settings import Settings
from ..store import Database
from ..store.features import FeatureStore
from .arrivals import Arrivals
from .backlog import never_looked_at, place_of
from .board import Board
from .child import StepFailedError, run_step
from .retrain import Retrain

log = logging.getLogger(__name__)

LOCK_NAME = "look.lock"
TICK_S = 0.5
STOP_S = 5.0
# After a page or a picture was asked for, the child waits for so long.
STEP_BACK_S = 0.5
# While only sorting changes the library, what waits for a press is counted again so often.
COUNT_EVERY_S = 30.0
# A child that dies is started again, each time with a quarter of the videos; then what waited waits for a press.
MOST_TRIES = 3


def look_command(settings: Settings, places_path: Path, children: int) -> list[str]:
    """What looks at the videos whose places are in this file, until its end or ours."""
    flags = ["--settings", settings.as_json(), "--children", str(children)]
    return [sys.executable, "-m", "vidsort.look", *flags, str(places_path)]


class Looking:
    """Looks at what comes into one library, from `start` to `stop`; its answers are for any thread."""

    def __init__(
        self, settings: Settings, artifacts_dir: Path, live: LiveLibrary, database: Database,
        is_named: Callable[[str], bool], why_away: Callable[[], str | None],
        command: Callable[[Settings, Path, int], Sequence[str]] = look_command,
    ) -> None:
        """artifacts_dir: the library's own. is_named: whether a video of the pile has a guess now."""
        self._settings, self._home, self._live = settings, artifacts_dir, live
        self._store, self._retrain = FeatureStore(database), Retrain(database)
        self._is_named, self._why_away, self._command = is_named, why_away, command
        self._board = Board(artifacts_dir)
        self._arrivals = Arrivals(live.data_dir)
        self._version: int | None = None
        self._predicted: Stamp | None = None
        # What was counted, and when.
        self._counted: tuple[tuple[object, ...], float] | None = None
        # What gave nothing, not even a reason that is kept: pressing again would not help.
        self._hopeless: set[str] = set()
        self._is_pressed = False
        self._tries = 0
        self._busy_until_s = 0.0
        self._is_ours = False
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to follow what comes, in a thread of its own."""
        self._follow()
        self._predicted = stamp_of(predictions_path(self._home))
        self._thread = threading.Thread(target=self._keep_looking, name="looking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and its child; what was finished is kept."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def step_back(self) -> None:
        """Let who asks for a page or a picture now go first."""
        self._busy_until_s = time.monotonic() + STEP_BACK_S

    def status(self) -> dict[str, Any]:
        """How far it is, in whichever process; `not_looked_at`: how many wait for a press, which takes `about_s`."""
        return dict(self._board.state if self._is_ours or self._thread is None else self._board.told())

    def look(self) -> Literal["started", "already_running", "nothing_to_do"]:
        """Look at all that was not looked at yet; returns at once."""
        status = self.status()
        if status["pressed"]:
            return "already_running"
        if not status["not_looked_at"]:
            return "nothing_to_do"
        self._board.ask("look")
        return "started"

    def cancel(self) -> Literal["cancelling", "not_running"]:
        """Look no further at what was there before; what comes new is looked at all the same."""
        if not self.status()["pressed"]:
            return "not_running"
        self._board.ask("cancel")
        return "cancelling"

    def _keep_looking(self) -> None:
        trouble = ""
        with contextlib.ExitStack() as held:
            while not self._stopping.wait(TICK_S):
                try:
                    self._follow()
                    if self._may_look(held):
                        self._look_around()
                    trouble = ""
                except (VidsortError, OSError) as error:
                    # Told once: a disk that is full, or away, is so for many ticks.
                    if not trouble:
                        log.warning("New videos cannot be looked at, which is tried again: %s", error)
                    trouble = str(error)
                except Exception:
                    # Without this thread nothing new would be looked at any more.
                    log.exception("New videos could not be looked at; it is tried again.")

    def _may_look(self, held: contextlib.ExitStack) -> bool:
        """Whether this process is the one that looks; it becomes so where there is none."""
        if not self._is_ours:
            # Where the artifacts folder has been renamed, a lock must not be made in its place.
            self._store.database.connection()
            if self._home.is_dir():
                with contextlib.suppress(filelock.Timeout):
                    held.enter_context(filelock.FileLock(self._home / LOCK_NAME).acquire(blocking=False))
                    # What was asked of a process that has gone is not done by another one, hours later.
                    self._board.asked()
                    self._is_ours = True
        return self._is_ours

    def _follow(self) -> None:
        """Take in what has come; a library that is away has lost nothing, and nothing of it is new when it is back."""
        if self._settings.watch and self._live.exists and self._version != self._live.version:
            self._version = self._live.version
            self._arrivals.take(self._live.snapshot())

    def _look_around(self) -> None:
        self._take_asked()
        if not self._live.exists or self._why_away() is not None:
            return
        self._guess_anew()
        come = self._to_look_at()
        if come and not self._is_retraining():
            self._look_at(come, is_press=False)
        elif self._is_pressed and not come and not self._is_retraining():
            places = self._not_looked_at()
            if not places or self._look_at(places, is_press=True):
                self._is_pressed = False
        self._count()

    def _look_at(self, places: list[str], *, is_press: bool) -> bool:
        """Let the child look at these; whether that is done with. A press gives way to what comes new meanwhile."""
        some = places[: max(1, len(places) // 4**self._tries)]
        stamps = self._arrivals.stamps(some)
        asked_s = time.monotonic()

        def reason_to_stop() -> str | None:
            nonlocal asked_s
            if self._stopping.is_set():
                return "the server stopped"
            if time.monotonic() - asked_s < TICK_S:
                return None
            asked_s = time.monotonic()
            self._follow()
            self._take_asked()
            if self._is_retraining():
                return "a retrain looks at them"
            if is_press and not self._is_pressed:
                return "cancelled"
            return "what is new comes first" if is_press and self._to_look_at() else None

        def tell(progress: dict[str, Any]) -> None:
            self._board.tell(done=progress["done"], left_s=progress["left_s"])

        self._board.tell(running=True, total=len(some), done=0, left_s=None, failed=0, reason=None)
        self._counted = None
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "places.json"
                path.write_text(json.dumps(some), encoding="ascii")
                command = self._command(self._settings, path, cores() if is_press else 1)
                report = run_step("look", command, float("inf"), tell, reason_to_stop, self._is_held)
        except StepFailedError as error:
            return error.exit_code != StepCancelled.exit_code and self._give_up(places, error.reason)
        finally:
            self._board.tell(running=False, done=0, total=0, left_s=None)
        self._tries = 0
        self._arrivals.looked_at(stamps)
        self._arrivals.forget(some)
        self._tell_failed(Report.model_validate(report))
        return len(some) == len(places)

    def _give_up(self, places: Collection[str], reason: str) -> bool:
        """Whether a child died once too often over these."""
        log.warning("New videos could not be looked at: %s", reason)
        self._tries += 1
        if self._tries < MOST_TRIES:
            return False
        self._tries = 0
        self._arrivals.forget(places)
        self._board.tell(failed=len(places), reason=reason)
        return True

    def _tell_failed(self, report: Report) -> None:
        failed = {place_of(one.folder, one.filename): one.reason for one in report.failed}
        self._hopeless.update(failed)
        for place, reason in list(failed.items())[:1]:
            self._board.tell(failed=len(failed), reason=f"{place}: {reason}")

    def _take_asked(self) -> None:
        asked = self._board.asked()
        if asked is not None:
            self._is_pressed = asked == "look"
        self._board.tell(pressed=self._is_pressed)

    def _guess_anew(self) -> None:
        """Where other predictions are in force, those that came since the old ones have no guess any more."""
        predicted = stamp_of(predictions_path(self._home))
        if predicted == self._predicted:
            return
        self._predicted, self._counted = predicted, None
        since = read_looked_at(self._home)
        if since is not None and self._settings.watch:
            names = self._live.unsorted_among(entry.video for entry in since.predictions)
            self._arrivals.add(name for name in names if not self._is_named(name))

    def _to_look_at(self) -> list[str]:
        """What has come and is quiet, without what is known already."""
        places = self._arrivals.quiet()
        known = self._known(places) if places else set()
        self._arrivals.looked_at(self._arrivals.stamps(known))
        return [place for place in places if place not in known]

    def _known(self, places: Collection[str]) -> set[str]:
        """Those that were looked at as they are now, and have a guess where there are any."""
        contents = self._store.remembered_contents(videos_at(self._live.data_dir, places))
        seen = self._store.modalities_of(contents.values())
        return {
            place_of(video.folder, video.filename) for video, content in contents.items()
            if content in seen
            and (video.folder is not None or self._predicted is None or self._is_named(video.filename))
        }

    def _not_looked_at(self) -> list[str]:
        """What waits for a press: neither what has only just come nor what gives nothing."""
        return [
            place for place in never_looked_at(self._live, self._store)
            if place not in self._hopeless and place not in self._arrivals
        ]

    def _count(self) -> None:
        """Count what waits for a press, where anything has changed since."""
        now, now_s = (self._live.version, len(self._arrivals)), time.monotonic()
        if self._counted is not None and (now == self._counted[0] or now_s - self._counted[1] < COUNT_EVERY_S):
            return
        self._counted = now, now_s
        count = len(self._not_looked_at())
        about_s = count / usual_pace(self._settings, self._home) if count else None
        self._board.tell(not_looked_at=count, about_s=about_s, pressed=self._is_pressed)

    def _is_retraining(self) -> bool:
        with contextlib.suppress(VidsortError):
            return bool(self._retrain.status()["running"])
        return False

    def _is_held(self) -> bool:
        return time.monotonic() < self._busy_until_s
