"""Retrain jobs: what runs, how far it is, how it ended; every server process asks here."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .database import Database, value_of


@dataclass(frozen=True)
class Job:
    """One run of the pipeline. `progress` is what the page is shown of it; `result` is None until it has ended."""

    id: int
    state: str
    step: str | None
    progress: Mapping[str, object] = field(default_factory=dict)
    result: str | None = None
    cancel_requested: bool = False
    started_at: float = 0.0
    ended_at: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether nobody has written down its end yet; its process may be gone all the same."""
        return self.state == "running"


class Tally(NamedTuple):
    """Jobs that stand alike: how many, the seconds that they took in all, and when the last one ended."""

    number: int
    took_s: float
    ended_at: float | None


class Jobs:
    """The questions about jobs that are asked of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, library: str) -> int:
        """Write down a new job of this process on a library and return its id."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO jobs (state, started_at, library) VALUES ('running', ?, ?)", (time.time(), library)
            )
            return cursor.lastrowid or 0

    def tell(self, job_id: int, step: str, progress: Mapping[str, object]) -> None:
        """Write down how far a running job is; one that has ended stays as it is."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET step = ?, progress = ? WHERE id = ? AND state = 'running'",
                (step, json.dumps(progress), job_id),
            )

    def end(self, job_id: int, result: str, progress: Mapping[str, object] | None = None) -> None:
        """Write down how a running job ended; the first to say so is right."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'ended', result = ?, progress = coalesce(?, progress), ended_at = ?"
                " WHERE id = ? AND state = 'running'",
                (result, None if progress is None else json.dumps(progress), time.time(), job_id),
            )

    def request_cancel(self, job_id: int) -> None:
        """Ask the process that runs this job to stop it."""
        with self._database.write() as connection:
            connection.execute("UPDATE jobs SET cancel_requested = 1 WHERE id = ?", (job_id,))

    def is_cancel_requested(self, job_id: int) -> bool:
        """Whether somebody asked this job to stop."""
        question = "SELECT cancel_requested FROM jobs WHERE id = ?"
        row = self._database.connection().execute(question, (job_id,)).fetchone()
        return row is not None and bool(row[0])

    def tally(self, library: str) -> dict[str, Tally]:
        """The jobs of this library by how they stand: running, succeeded, cancelled or failed."""
        question = (
            "SELECT CASE WHEN state = 'running' THEN 'running' WHEN result = 'success' THEN 'succeeded'"
            " WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END AS stands,"
            " count(*), total(ended_at - started_at), max(ended_at) FROM jobs WHERE library IN (?, '') GROUP BY stands"
        )
        return {stands: Tally(*row) for stands, *row in self._database.connection().execute(question, (library,))}

    def newest(self, library: str | None = None) -> Job | None:
        """The last job that was begun, on this library or on any; None where there was none."""
        return self._one("1 = 1", library)

    def newest_ended(self, library: str | None = None) -> Job | None:
        """The last job that has ended, on this library or on any; None where there is none."""
        return self._one("state = 'ended'", library)

    def _one(self, condition: str, library: str | None) -> Job | None:
        # `condition` is one of the two texts above, never anything from outside.
        question = (
            "SELECT id, state, step, progress, result, cancel_requested, started_at, ended_at"  # noqa: S608
            f" FROM jobs WHERE {condition} AND (:library IS NULL OR library IN (:library, ''))"
            " ORDER BY id DESC LIMIT 1"
        )
        row = self._database.connection().execute(question, {"library": library}).fetchone()
        if row is None:
            return None
        job_id, state, step, progress, result, cancel_requested, started_at, ended_at = row
        shown = value_of(progress) if progress else {}
        return Job(job_id, state, step, shown, result, bool(cancel_requested), started_at, ended_at)
