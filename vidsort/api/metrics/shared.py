"""Where the processes of one server count together, so that whichever of them is asked tells of all.

A server of several processes starts each by `multiprocessing`, which gives all of them one secret and no other server
the same: its digest names the folder in which they keep their counts, by Prometheus's own client.
"""

import hashlib
import logging
import multiprocessing
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

log = logging.getLogger(__name__)

FOLDER = "metrics"
# What the client looks for when it is imported; whoever starts processes in another way sets it.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
LOCK_SUFFIX = ".alive"


class Shared:
    """The counts of this process among those of its siblings; of a server of one process nothing is on disk."""

    def __init__(self, artifacts_dir: Path) -> None:
        self._lock: filelock.BaseFileLock | None = None
        if VARIABLE not in os.environ and multiprocessing.parent_process() is not None:
            self._join(artifacts_dir / FOLDER)
        self._folder = os.environ.get(VARIABLE)

    def _join(self, root: Path) -> None:
        secret = bytes(multiprocessing.current_process().authkey)
        folder = root / hashlib.blake2b(secret, digest_size=8).hexdigest()
        try:
            _sweep(root, folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = filelock.FileLock(folder / f"{os.getpid()}{LOCK_SUFFIX}")
            self._lock.acquire(blocking=False)
        except OSError as error:
            log.warning("Each server process counts its requests alone, as %s cannot be written: %s", root, error)
            return
        os.environ[VARIABLE] = str(folder)

    def register(self, registry: "CollectorRegistry", alone: Iterable[Any]) -> None:
        """Let a registry tell what was counted: by all processes together, else what these collectors have."""
        from prometheus_client.multiprocess import MultiProcessCollector

        if self._folder is not None and Path(self._folder).is_dir():
            MultiProcessCollector(registry, self._folder)
            return
        for collector in alone:
            registry.register(_WithoutTimes(collector))

    def close(self) -> None:
        """Count no longer; what was counted stays as long as a sibling does."""
        if self._lock is not None:
            self._lock.release()


class _WithoutTimes:
    """A collector without the moments at which its rows began: as many rows again, which several processes lack."""

    def __init__(self, collector: Any) -> None:
        self._collector = collector

    def collect(self) -> "Iterator[Metric]":
        for metric in self._collector.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric


def _sweep(root: Path, ours: Path) -> None:
    """Remove the counts of servers of which no process lives."""
    for folder in root.iterdir() if root.is_dir() else ():
        if folder != ours and folder.is_dir() and not _lives(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(folder: Path) -> bool:
    for path in folder.glob(f"*{LOCK_SUFFIX}"):
        try:
            with filelock.FileLock(path).acquire(blocking=False):
                continue
        except filelock.Timeout:
            return True
    return False
