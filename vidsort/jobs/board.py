"""What the process that looks at new videos and all others tell one another: how far it is, what it is asked for."""

import logging
import time
from pathlib import Path
from typing import Any, Literal

from ..artifacts.files import as_json, read_json, write_whole
from ..artifacts.looked_at import Stamp, stamp_of
from ..errors import ArtifactError

log = logging.getLogger(__name__)

STATE_NAME, ASKED_NAME = "look.json", "look_asked.json"
TELL_EVERY_S = 1.0
# What is told anew often; all else is written down at once.
OFTEN = ("done", "left_s")
NOTHING: dict[str, Any] = {
    "running": False, "pressed": False, "done": 0, "total": 0, "left_s": None, "not_looked_at": 0, "about_s": None,
    "failed": 0, "reason": None,
}
Asked = Literal["look", "cancel"]


class Board:
    """Two small files in the artifacts of one library; `state` is what this process has told."""

    def __init__(self, artifacts_dir: Path) -> None:
        self._state_path, self._asked_path = artifacts_dir / STATE_NAME, artifacts_dir / ASKED_NAME
        self.state = dict(NOTHING)
        self._written_s = float("-inf")
        self._read: tuple[object, dict[str, Any]] = (None, dict(NOTHING))
        # The wish that was taken last.
        self._taken: Stamp | None = None

    def tell(self, **what: object) -> None:
        """Write down what is otherwise now, what changes often once a second at most."""
        changed = {name for name, value in what.items() if self.state[name] != value}
        self.state |= what
        now_s = time.monotonic()
        if changed.difference(OFTEN) or (changed and now_s - self._written_s >= TELL_EVERY_S):
            self._written_s = now_s
            try:
                write_whole(self._state_path, as_json(self.state))
            except OSError as error:
                log.warning("How far the look at new videos is could not be written down (%s).", error)

    def told(self) -> dict[str, Any]:
        """What the process that looks has told last."""
        stamp = stamp_of(self._state_path)
        if stamp != self._read[0]:
            try:
                self._read = stamp, NOTHING | (read_json(self._state_path) if stamp else {})
            except ArtifactError as error:
                log.warning("How far the look at new videos is cannot be told: %s", error)
                self._read = stamp, dict(NOTHING)
        return self._read[1]

    def ask(self, what: Asked) -> None:
        """Leave a wish for the process that looks."""
        write_whole(self._asked_path, as_json({"asked": what}))

    def asked(self) -> Asked | None:
        """The wish that was left last, once; raises ArtifactError for what is none."""
        stamp = stamp_of(self._asked_path)
        if stamp is None or stamp == self._taken:
            return None
        self._taken = stamp
        wish = read_json(self._asked_path).get("asked")
        return wish if wish in ("look", "cancel") else None
