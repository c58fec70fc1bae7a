"""The artifacts: whose they are, the database, moves that were cut off, and a clock that goes back."""

import calendar
import contextlib
import time
from pathlib import Path

import filelock

from ...artifacts import model_ids
from ...artifacts.files import version_ids
from ...artifacts.owners import history_of, homes, owner_of
from ...library.moves.files.alone import LOCK_NAME
from ...library.names import shown
from ...steps import counted
from ...store import open_database
from ...store.database import shared_dir
from ...store.jobs import Jobs
from ...store.journal import Activity, Journal
from ...store.rescue import is_damaged
from .check import Check, Patient
from .place import require_writable

# Clocks of one machine are not set by more, and what was written on another one may be as much ahead.
AHEAD_S = 300.0


def artifacts(patient: Patient) -> Check:
    """The folder can be written, and the database in it is whole and of no newer vidsort."""
    artifacts_dir = patient.settings.artifacts_dir
    open_database(artifacts_dir).close()
    if is_damaged(artifacts_dir):
        mend = "Run `vidsort doctor --rescue`, which keeps it and saves the history of moves."
        return Check("artifacts", "failed", f"the database in {artifacts_dir} is damaged", mend)
    require_writable(artifacts_dir)
    return Check("artifacts", "ok", f"{artifacts_dir} can be written, its database is whole")


def owner(patient: Patient) -> Check:
    """Artifacts that are here wait for no library that was moved and not known again."""
    home = patient.home
    if model_ids(home):
        return Check("owner", "ok", f"{home} is this library's")
    lost = []
    for place in homes(patient.settings.artifacts_dir):
        other = owner_of(place) if place != home and place.is_dir() else None
        if other is not None and other.path and not Path(other.path).is_dir() and model_ids(place):
            lost.append(other.path)
    if not lost:
        return Check("owner", "ok", "no other library has lost its artifacts here")
    found = f"this library has no model, and artifacts are here of {', '.join(lost)}, where no library is any more"
    return Check("owner", "warning", found, f"Run `vidsort adopt {shown(lost[0])}` if this is the one that lay there.")


def journal(patient: Patient) -> Check:
    """No move was cut off and waits to be finished or reverted."""
    root = shared_dir(patient.settings.artifacts_dir)
    with contextlib.closing(open_database(root)) as database:
        pending = Journal(database, history_of(patient.home, patient.settings.data_dir)).pending()
    if not pending:
        return Check("journal", "ok", "no move is left open")
    with contextlib.suppress(filelock.Timeout), filelock.FileLock(root / LOCK_NAME).acquire(blocking=False):
        told = [f"{shown(entry.origin)} to {shown(entry.destination or 'nothing')}" for entry in pending]
        mend = "Run `vidsort serve` once while its disk is there: as it starts it finishes the move or takes it back."
        found = f"{counted(len(pending), 'move was', 'moves were')} cut off\n{patient.in_lines(told)}"
        return Check("journal", "failed", found, mend)
    return Check("journal", "ok", "a move is under way")


def clock(patient: Patient) -> Check:
    """The clock is not behind what was written before: ids of versions sort by time."""
    home = patient.home
    ids = [*model_ids(home)[-1:], *version_ids(home / "predictions")[-1:]]
    written = [float(calendar.timegm(time.strptime(one[:15], "%Y%m%d-%H%M%S"))) for one in ids]
    library = history_of(home, patient.settings.data_dir)
    with contextlib.closing(open_database(patient.settings.artifacts_dir)) as database:
        last = Jobs(database).newest(library)
        written += [Activity(database, library).last_at() or 0.0, last.started_at if last else 0.0]
    newest, now = max(written), patient.now()
    if newest <= now + AHEAD_S:
        return Check("clock", "ok", f"{_shown(now)} UTC")
    found = f"the clock says {_shown(now)} UTC, and vidsort wrote something at {_shown(newest)}"
    mend = "Set the clock of this machine right: until then what is made new counts as older than what is there."
    return Check("clock", "failed", found, mend)


def _shown(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))

