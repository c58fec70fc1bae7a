"""What the library, its journal and its jobs know: the same in every process, asked for anew at each look."""

import os
import platform
import shutil
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ... import __version__
from ...store.jobs import Jobs, Tally
from ..workspace import OpenLibrary, Workspace

if TYPE_CHECKING:
    from prometheus_client import Metric

JOB_STATES = ("running", "succeeded", "cancelled", "failed")
NO_JOBS = Tally(0, 0.0, None)


class Known:
    """A collector of Prometheus's client; its numbers are of the library in use."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._jobs = workspace, Jobs(workspace.database)
        # The moves by kind and state, with where the journal was when they were counted.
        self._moves: tuple[tuple[str, int], dict[tuple[str, str], int]] | None = None
        self._lock = threading.Lock()

    def collect(self) -> "Iterator[Metric]":
        """All families; raises VidsortError where the database cannot be read."""
        from prometheus_client.core import InfoMetricFamily

        library = self._workspace.look_after()
        told = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("vidsort_build", "Which vidsort this is.", told)
        yield from self._of_library(library)
        yield from self._of_moves(library)
        yield from self._of_learning(library)
        yield from self._of_disk(library)

    def _of_library(self, library: OpenLibrary) -> "Iterator[Metric]":
        folders = library.live.folders()
        yield _gauge("vidsort_library_away", "1 while this is plainly not the library that it was, an unplugged drive "
                     "say.", library.why_away() is not None)
        yield _gauge("vidsort_pile_videos", "Videos that are still to be sorted.", library.live.count_unsorted())
        yield _gauge("vidsort_sorted_videos", "Videos that lie in a folder.", sum(folder.count for folder in folders))
        yield _gauge("vidsort_folders", "Folders of the library.", len(folders))
        yield _gauge("vidsort_not_looked_at_videos", "Videos that wait for an extraction of their features.",
                     library.looking.status()["not_looked_at"])
        left_out = {str(one.kind): one.count for one in library.left_out()}
        yield _gauges("vidsort_left_out_videos", "What takes no part in anything, by its reason.", "reason", left_out)

    def _of_moves(self, library: OpenLibrary) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily

        with self._lock:
            now = library.history, library.activity.mark()
            if self._moves is None or self._moves[0] != now:
                self._moves = now, library.activity.tally()
            found = self._moves[1]
        kinds = sorted({kind for kind, _ in found})
        moves = CounterMetricFamily("vidsort_moves", "Moves that took place, whoever asked for them.", labels=["kind"])
        for kind in kinds:
            moves.add_metric([kind], sum(found.get((kind, state), 0) for state in ("done", "undone")))
        yield moves
        undone = {kind: found.get((kind, "undone"), 0) for kind in kinds}
        yield _gauges("vidsort_undone_moves", "Those of them that are taken back now.", "kind", undone)
        yield CounterMetricFamily("vidsort_changes", "Moves, and what was undone and done again.", now[1])

    def _of_learning(self, library: OpenLibrary) -> "Iterator[Metric]":
        from prometheus_client.core import SummaryMetricFamily

        # A job whose process has died is written down as ended.
        self._workspace.retrain.status(library.history)
        jobs = self._jobs.tally(library.history)
        states = {state: jobs.get(state, NO_JOBS).number for state in JOB_STATES}
        yield _gauges("vidsort_jobs", "Retrain jobs by how they stand.", "state", states)
        done = jobs.get("succeeded", NO_JOBS)
        yield SummaryMetricFamily(
            "vidsort_retrain_duration_seconds", "How long retrains took that succeeded.", done.number, done.took_s
        )
        yield _gauge("vidsort_retrain_last_success_timestamp_seconds", "When the last one ended; 0: there was none.",
                     done.ended_at or 0)
        guesses = library.serving.learned()
        refits, refit_s = (guesses.sequence, guesses.refit_s) if guesses else (0, 0.0)
        yield SummaryMetricFamily(
            "vidsort_live_refit_duration_seconds", "How long the live head takes to learn from decisions; begins anew "
            "with each model.", refits, refit_s,
        )
        yield _gauge("vidsort_live_labels", "Videos that lie elsewhere than where the model in force learned them.",
                     guesses.labels if guesses else 0)

    def _of_disk(self, library: OpenLibrary) -> "Iterator[Metric]":
        database = self._workspace.database.path
        sizes = (path.stat().st_size for side in ("", "-wal") if os.path.lexists(
            path := database.with_name(database.name + side)
        ))
        yield _gauge("vidsort_database_bytes", "The database with what is written to it beside.", sum(sizes))
        free = {"artifacts": shutil.disk_usage(database.parent).free}
        if library.live.exists:
            free["library"] = shutil.disk_usage(library.data_dir).free
        yield _gauges("vidsort_disk_free_bytes", "Room beside the artifacts, and beside the library.", "of", free)


def _gauge(name: str, meaning: str, value: float) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, meaning, float(value))


def _gauges(name: str, meaning: str, label: str, values: Mapping[str, int]) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, meaning, labels=[label])
    for value_of_label, value in sorted(values.items()):
        family.add_metric([value_of_label], value)
    return family
