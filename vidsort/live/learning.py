"""Keeps a library learned while its videos are sorted: one child process of one of all server processes."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import filelock

from ..artifacts import current, current_feature_set, model_ids
from ..errors import ArtifactError, VidsortError
from ..library import Snapshot
from ..library.live import LiveLibrary
from ..settings import Settings
from .guesses import LIVE_DIR, LOCK_FILE, remove_guesses
from .labels import NOTHING_TO_LEARN, Change, change_between, learned_of, places, sampled
from .serving import Serving

log = logging.getLogger(__name__)

# While there is a learner: what other processes move, and what they retrain, is looked for so often.
LOOK_S = 0.1
# A change is seldom alone: what comes right behind it is told with it, and the sort that made it ends undisturbed.
GATHER_S = 0.03
# So often a process that does not learn asks whether the one that does has gone.
ASK_S = 1.0
# Nobody has pressed a key or had a page open for so long: the memory is given back.
IDLE_S = 900.0
# A learner that has died is begun anew after so long, and after twice as long each time.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
STOP_S = 2.0
# Which model made predictions.json is written down right after that.
SETTLED_S = 0.5
# It holds the numbers of so many videos, a gigabyte. Of a larger library it is an even sample: others keep what was
# predicted, and one of them that is sorted is learned when all is read anew, which takes a twentieth of the time.
MOST_LEARNED = 60_000
# One thread: the other core is left to whoever presses keys.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Learning:
    """Starts, tells and ends the learner of one library, where no other process has one; safe to use from any thread.

    It begins with the first change of a label that is seen after predictions.json was another: until then that is
    served as it is.
    """

    def __init__(
        self, settings: Settings, live: LiveLibrary, serving: Serving, *, catch_up: Callable[[], object],
        why_away: Callable[[], str | None],
    ) -> None:
        """settings: with the artifacts of this library. catch_up: shows what other processes have moved."""
        self._settings, self._live, self._serving = settings, live, serving
        self._catch_up, self._why_away = catch_up, why_away
        self._lock = filelock.FileLock(settings.artifacts_dir / LIVE_DIR / LOCK_FILE, thread_local=False)
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._seen = Snapshot()
        self._base = ""
        # Whether a label has changed since predictions.json was another.
        self._is_told = False
        self._wanted_s = float("-inf")
        self._next_start_s, self._pause_s = float("-inf"), FIRST_PAUSE_S

    def start(self) -> None:
        """Learn from now on what changes, until `stop`, unless the settings say otherwise."""
        if not self._settings.live_learning:
            return
        self._seen = learned_of(self._live.snapshot(), self._settings.not_learned)
        self._base = self._serving.base_version
        if self._is_ours():
            # Of a process that is no more: at the start predictions.json is served as it is.
            remove_guesses(self._settings.artifacts_dir)
        self._serving.is_on = True
        self._stopped.clear()
        self._thread = threading.Thread(target=self._keep_learning, name="live-learning", daemon=True)
        self._thread.start()

    def warm(self) -> None:
        """Somebody looks at the pile: have all ready before the first key is pressed."""
        is_new = time.monotonic() - self._wanted_s > IDLE_S
        self._wanted_s = time.monotonic()
        if is_new and self._thread is not None:
            self._live.news.set()

    def stop(self) -> None:
        """End the learner; nothing of it is left."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopped.set()
        self._live.news.set()
        child = self._child
        if child is not None:
            child.kill()  # also where it is being told something, which would be waited for
        thread.join(STOP_S)
        self._end()
        if self._lock.is_locked:
            remove_guesses(self._settings.artifacts_dir)
            self._lock.release()

    def _keep_learning(self) -> None:
        trouble = ""
        while not self._stopped.is_set():
            if self._live.news.wait(self._patience_s()):
                self._stopped.wait(GATHER_S)
            self._live.news.clear()
            try:
                if not self._stopped.is_set() and self._is_ours():
                    self._look()
                trouble = ""
            except (VidsortError, OSError) as error:
                # Told once: a disk that is full, or away, is so for many tries.
                if not trouble:
                    log.warning("What was sorted could not be learned, which is tried again: %s", error)
                trouble = str(error)
                self._rest()
            except Exception:
                # Sorting goes on; without this thread nothing would be learned for good.
                log.exception("What was sorted could not be learned; it is tried again.")
                self._rest()

    def _rest(self) -> None:
        self._end()
        self._put_off()
        self._stopped.wait(self._pause_s)

    def _patience_s(self) -> float | None:
        if not self._lock.is_locked:
            return ASK_S
        # Else the next change of a label sets `news`.
        return LOOK_S if self._child is not None or self._is_wanted() else None

    def _is_wanted(self) -> bool:
        return time.monotonic() - self._wanted_s < IDLE_S

    def _is_ours(self) -> bool:
        """Whether this process is the one that learns."""
        if self._lock.is_locked:
            return True
        # Where the folder has another name by now, nothing is made in its place.
        if not self._settings.artifacts_dir.is_dir():
            return False
        try:
            self._lock.acquire(blocking=False)
        except (filelock.Timeout, OSError):
            return False
        return True

    def _look(self) -> None:
        """Tell the learner what has changed; begin one where there is none and one is wanted, or end it."""
        base = self._serving.base_version
        if base != self._base:
            self._end()
            self._base, self._is_told, self._next_start_s = base, False, time.monotonic() + SETTLED_S
        self._catch_up()
        snapshot = learned_of(self._live.snapshot(), self._settings.not_learned)
        # Asked after the names: of a library that has gone since they would be none.
        if not self._live.exists or self._why_away() is not None:
            self._end()
            return
        change = change_between(self._seen, snapshot)
        self._seen = snapshot
        if change is not None and change.is_of_labels:
            self._is_told, self._wanted_s = True, time.monotonic()
        if not self._is_wanted():
            self._end()
        elif self._child is None:
            self._begin(snapshot)
        elif self._child.poll() is not None:
            self._bury(self._child.returncode)
        elif change is not None:
            self._tell(change)

    def _begin(self, snapshot: Snapshot) -> None:
        if time.monotonic() < self._next_start_s:
            return
        home = self._settings.artifacts_dir
        now, ids = current(home), model_ids(home)
        model_id = now.model_id if now is not None and now.model_id in ids else None
        if model_id is None and not _has_features(self._settings):
            self._put_off()
            return
        self._child = subprocess.Popen(
            [sys.executable, "-m", "vidsort.live.learner"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD, start_new_session=True,
        )
        self._send({
            "settings": self._settings.as_json(), "artifacts_dir": str(home), "base": self._base,
            "model_id": model_id, "is_told": self._is_told,
            "places": sampled(places(snapshot), MOST_LEARNED),
        })

    def _tell(self, change: Change) -> None:
        self._send(vars(change))
        self._pause_s = FIRST_PAUSE_S

    def _send(self, message: object) -> None:
        if self._child is None or self._child.stdin is None:
            return
        # One that has ended is seen by its exit code.
        with contextlib.suppress(OSError):
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()

    def _bury(self, code: int) -> None:
        """See what a learner that has ended by itself leaves to be done."""
        self._end()
        if code == NOTHING_TO_LEARN:
            self._pause_s = LONGEST_PAUSE_S
        else:
            log.warning("The process that learns between two key presses ended with code %s; it is begun anew.", code)
        self._put_off()

    def _put_off(self) -> None:
        self._next_start_s = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()


def _has_features(settings: Settings) -> bool:
    try:
        current_feature_set(settings.artifacts_dir)
    except ArtifactError:
        return False
    return True
