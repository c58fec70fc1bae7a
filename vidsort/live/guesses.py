"""What the live head says of the videos of a library: kept in one file, which every server process reads."""

import io
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.files import OddFile, read_whole, write_whole
from ..library.names import is_folder_name

log = logging.getLogger(__name__)

LIVE_DIR, GUESSES_FILE, LOCK_FILE = "live", "guesses.npz", "learner.lock"
MOST_BYTES = 1 << 30
TOLD = 3
# What moves by less is no news to a person, and lists are kept as they are.
NEWS = 0.02
NOBODY = -1


@dataclass(frozen=True)
class Guesses:
    """The first three guesses of each row, and when each was another last.

    token: of the reading of features that rows are of; sequence grows with each refit of it. base: the version of
    predictions.json that they are on top of. labels: how many videos lie elsewhere than where the model learned them
    (all, where there is no model). at: UTC, ISO 8601. refit_s: seconds that the refits of the reading took in all.
    folders: what `top` counts, those that have gone among them.
    names: the filename of each row. top: int16 [n, 3], -1 for none; shares: float32 [n, 3], 0 to 1; changed: int32 [n],
    the sequence in which the row was another last. A row keeps what was said of it last when its video is sorted.
    """

    token: str
    base: str
    model_id: str | None
    names: tuple[str, ...]
    top: np.ndarray
    shares: np.ndarray
    changed: np.ndarray
    folders: tuple[str, ...] = ()
    sequence: int = 0
    labels: int = 0
    at: str = ""
    refit_s: float = 0.0

    @classmethod
    def none(cls, token: str, base: str, model_id: str | None, names: tuple[str, ...]) -> "Guesses":
        """Before anything is said."""
        count = len(names)
        return cls(
            token, base, model_id, names, np.full((count, TOLD), NOBODY, np.int16),
            np.zeros((count, TOLD), np.float32), np.zeros(count, np.int32),
        )

    def refitted(
        self, folders: tuple[str, ...], rows: np.ndarray, shares: np.ndarray, labels: int, at: str
    ) -> "Guesses":
        """The same after a refit: rows int [m], shares float [m, k] of these folders; even ones say nothing.

        What is as before but for a hair stays as it is, so that lists need not be made anew.
        """
        from ..learning.classifier import is_guess

        known = (*self.folders, *(name for name in folders if name not in self.folders))
        column_of = np.array([known.index(name) for name in folders], np.int16)
        top, best = np.full((len(rows), TOLD), NOBODY, np.int16), np.zeros((len(rows), TOLD), np.float32)
        if folders and len(rows):
            order, values = _best(shares)
            top[:, : order.shape[1]], best[:, : order.shape[1]] = column_of[order], np.clip(values, 0, 1)
            silent = ~is_guess(shares)
            top[silent], best[silent] = NOBODY, 0
        is_new = (top != self.top[rows]).any(axis=1) | (np.abs(best - self.shares[rows]) > NEWS).any(axis=1)
        new = rows[is_new]
        tops, all_shares, changed = self.top.copy(), self.shares.copy(), self.changed.copy()
        tops[new], all_shares[new], changed[new] = top[is_new], best[is_new], self.sequence + 1
        return replace(
            self, folders=known, top=tops, shares=all_shares, changed=changed, sequence=self.sequence + 1,
            labels=labels, at=at,
        )

    def silenced(self, labels: int, at: str) -> "Guesses":
        """The same where there is too little to say anything: no row has a guess."""
        every = np.arange(len(self.names))
        return self.refitted((), every, np.zeros((len(every), 0)), labels, at)

    def to_bytes(self) -> bytes:
        """As the file has it: arrays of numbers, which are read without running anything."""
        told = {name: getattr(self, name) for name in _HEADER}
        written = io.BytesIO()
        np.savez(
            written, header=_text(told), names=_text(self.names), top=self.top, shares=self.shares, changed=self.changed
        )
        return written.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, before: "Guesses | None" = None) -> "Guesses":
        """What `to_bytes` gave; `before` has the names where it is of the same reading. Raises ValueError else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                told = _value(arrays["header"])
                is_same = before is not None and before.token == told["token"]
                names = before.names if before is not None and is_same else tuple(_value(arrays["names"]))
                found = cls(
                    **(told | {"folders": tuple(told["folders"])}), names=names,
                    **{name: arrays[name] for name in ("top", "shares", "changed")},
                )
            return _checked(found)
        except Exception as error:  # numpy and zipfile raise a dozen kinds for bytes that are none of theirs
            raise ValueError(f"{error!r:.200}") from error


_HEADER = ("token", "base", "model_id", "folders", "sequence", "labels", "at", "refit_s")


def guesses_path(artifacts_dir: Path) -> Path:
    """Where the guesses of the live head are, while there is one."""
    return artifacts_dir / LIVE_DIR / GUESSES_FILE


def write_guesses(artifacts_dir: Path, guesses: Guesses) -> None:
    """Put them where servers read; raises OSError, also where the folder of artifacts has another name by now."""
    artifacts_dir.stat()
    write_whole(guesses_path(artifacts_dir), guesses.to_bytes(), is_lasting=False)


def read_guesses(path: Path, before: Guesses | None = None) -> Guesses | None:
    """What the file says, None where there is none or it is damaged, which is logged."""
    try:
        return Guesses.from_bytes(read_whole(path, MOST_BYTES), before)
    except FileNotFoundError:
        return None
    except (OSError, OddFile, ValueError) as error:
        log.warning("What was learned since the last retrain cannot be read and is left out (%s): %s", path, error)
        return None


def remove_guesses(artifacts_dir: Path) -> None:
    """Take the file away, and what a kill left beside it."""
    folder = artifacts_dir / LIVE_DIR
    try:
        for path in folder.glob(f"*{GUESSES_FILE}*"):
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("What an earlier server learned could not be removed from %s: %s", folder, error)


def _best(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns of the largest values of each row, best first, int [n, 3 or fewer], and these values."""
    rows = np.arange(len(shares))[:, None]
    if shares.shape[1] > TOLD:
        among = np.sort(np.argpartition(shares, -TOLD, axis=1)[:, -TOLD:], axis=1)
    else:
        among = np.broadcast_to(np.arange(shares.shape[1]), shares.shape)
    values = shares[rows, among]
    order = np.argsort(-values, axis=1, kind="stable")
    return among[rows, order], values[rows, order]


def _checked(found: Guesses) -> Guesses:
    """The same; raises ValueError for what no learner writes."""
    count, shape = len(found.names), (len(found.names), TOLD)
    if found.top.dtype != np.int16 or found.shares.dtype != np.float32 or found.changed.dtype != np.int32:
        raise ValueError("its numbers are of other kinds")
    if found.top.shape != shape or found.shares.shape != shape or found.changed.shape != (count,):
        raise ValueError("its parts do not fit one another")
    if count and not (found.top.min() >= NOBODY and found.top.max() < len(found.folders)):
        raise ValueError("it names folders that it does not hold")
    if not ((found.shares >= 0) & (found.shares <= 1)).all() or not all(map(is_folder_name, found.folders)):
        raise ValueError("it holds no shares of folders")
    return found


def _text(value: object) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def _value(array: np.ndarray) -> Any:
    return json.loads(array.tobytes())
