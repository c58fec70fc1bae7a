"""Tells the addresses of [[webhooks]] what happens in the library: one process of all server processes does."""

import logging
import sqlite3
import threading
from collections.abc import Callable

import filelock

from ..api.workspace import Workspace
from ..errors import VidsortError
from .happened import Mark, happened, mark_of
from .message import body_of
from .sending import Outcome, Sending, Waiting

log = logging.getLogger(__name__)

LOCK_NAME = "webhooks.lock"
LOOK_S = 0.5
STOP_S = 5.0


class Telling:
    """Looks what has happened and hands it to who sends it, from `start` to `stop`; without webhooks it does nothing.

    Whoever moves a video waits for none of it: what happened is read from the journal, in a thread beside.
    """

    def __init__(
        self, workspace: Workspace, count: Callable[[Outcome], object] = lambda _: None,
        sending: Callable[..., Sending] = Sending,
    ) -> None:
        self._workspace = workspace
        self._sending = [(webhook, sending(webhook, count)) for webhook in workspace.settings.webhooks]
        self._mark: Mark | None = None
        self._lock: filelock.BaseFileLock | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin with what happens from now on."""
        if not self._sending:
            return
        for _, sending in self._sending:
            sending.start()
        # Before anything is moved by a request.
        self._try_to_look()
        self._thread = threading.Thread(target=self._keep_looking, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell what has happened until now, as far as it is taken at once, and end."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join(STOP_S)
        self._try_to_look()
        for _, sending in self._sending:
            sending.stop()
        if self._lock is not None:
            self._lock.release()

    def _keep_looking(self) -> None:
        trouble = ""
        while not self._stopping.wait(LOOK_S):
            # Told once: a disk that is away is so for many looks.
            trouble = self._try_to_look(trouble)

    def _try_to_look(self, told: str = "") -> str:
        """Look, and return what kept it from that; logged unless it is what was `told` before."""
        try:
            self._look()
        except (VidsortError, OSError, sqlite3.Error) as error:
            if str(error) != told:
                log.warning("What happens cannot be told to webhooks, which is tried again: %s", error)
            return str(error)
        except Exception:
            # Without this thread nothing would be told any more.
            log.exception("What happens could not be told to webhooks; it is tried again.")
        return ""

    def _look(self) -> None:
        if not self._is_ours():
            self._mark = None
            return
        before, now = self._mark, mark_of(self._workspace)
        found = [] if before is None else list(happened(self._workspace, before, now))
        # Not before all was read: what could not be is asked for again.
        self._mark = now
        for told in found:
            message = Waiting(told.event, told.id, body_of(told))
            for webhook, sending in self._sending:
                if told.event in webhook.events:
                    sending.put(message)

    def _is_ours(self) -> bool:
        """Whether this process is the one that tells of the library in use; it becomes so where there is none."""
        home = self._workspace.library.artifacts_dir
        path = home / LOCK_NAME
        if self._lock is not None and self._lock.lock_file != str(path):
            self._lock.release()
            self._lock = None
        if self._lock is not None:
            return True
        # Where the artifacts folder has been renamed, a lock must not be made in its place.
        self._workspace.database.connection()
        if not home.is_dir():
            return False
        lock = filelock.FileLock(path, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            return False
        self._lock = lock
        return True
