"""Asks the workers of a Dask cluster as `workers.answers` asks child processes; a task is some hundred videos."""

import base64
import contextlib
import importlib.util
import itertools
import logging
import time
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import SettingsError, VidsortError
from ...media.pictures import keep_drawn
from ..modalities import Modality, to_json
from ..workers import Answer, Request
from .pacing import IN_ADVANCE, task_size
from .place import is_here
from .sameness import made
from .task import look_at, why_unfit

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger(__name__)

INSTALL = 'the extra "cluster" is not installed: pip install "vidsort[cluster]"'
REACH_S = 10.0
# For so long there may be no worker at all: one that a nanny starts anew is back by then.
WITHOUT_WORKERS_S = 60.0
TICK_S = 1.0
# An answer comes over the network in no time, unless the worker that has it is gone.
ANSWER_S = 20.0
FORGETTING_S = 0.005
# Of so many videos each worker has to find one, before any is looked at.
SAMPLES = 3
LOST = "the worker ended each time that it was looked at: the next extraction tries it again"


def require_dask() -> None:
    """Raise SettingsError where the extra is not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise SettingsError(f"The setting cluster does nothing here because {INSTALL}")


class Cluster:
    """The workers of a Dask scheduler, for one extraction; `answers` may be called several times. Close it."""

    def __init__(self, address: str, data_dir: Path, library: str | None = None) -> None:
        """library: where the workers find what is in `data_dir`; by default at the same path.

        Raises VidsortError where no scheduler answers, or it has no workers, and SettingsError without the extra.
        """
        require_dask()
        from distributed import Client, Security

        if address.startswith(("tls:", "wss:")) and Security().get_connection_args("client")["ssl_context"] is None:
            raise SettingsError(
                f"The cluster at {address} needs certificates, and Dask's configuration on this machine names none: "
                "docs/cluster.md says how."
            )
        self._address, self._data_dir, self._base = address, data_dir, library or str(data_dir)
        # What it logs of a connection that is lost is told in the words of this room.
        dask_log = logging.getLogger("distributed")
        self._dask_logs = dask_log, dask_log.level
        dask_log.setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=REACH_S, set_as_default=False, name="vidsort")
        except (OSError, ValueError) as error:
            self._let_dask_log()
            raise VidsortError(
                f"No Dask scheduler answers at {address} ({error}): start one by `dask scheduler`, or leave out "
                "cluster."
            ) from error
        try:
            with self._reached():
                self._client.wait_for_workers(1, timeout=WITHOUT_WORKERS_S)
        except BaseException as error:
            # Also of who interrupts it: its threads would go on.
            self.close()
            if isinstance(error, TimeoutError):
                raise self._without_workers() from error
            raise
        # How long a video took on one thread, lately.
        self._video_s: float | None = None
        # Machines that were seen to find the library.
        self._finding: set[str] = set()

    def close(self) -> None:
        """Leave the cluster; what its workers are at is lost, nothing else."""
        self._client.close()
        self._let_dask_log()

    def _let_dask_log(self) -> None:
        dask_log, level = self._dask_logs
        dask_log.setLevel(level)

    @property
    def threads(self) -> int:
        """How many videos its workers look at at once."""
        with self._reached():
            return sum(self._client.nthreads().values())

    def answers(
        self, requests: Iterable[Request], artifacts_dir: Path, modalities: Mapping[str, Modality], count: int
    ) -> Generator[list[tuple[Request, Answer]]]:
        """`count` requests with their answers, a batch a task as they come; posters are kept in these artifacts.

        Takes at most two tasks a thread from `requests` in advance. A task whose worker dies is done by another one,
        and one that has ended several workers is done again, a video a task; one that does so alone, too, is an error,
        to be tried again another time. Close it: what was not answered is lost.
        Raises VidsortError where a worker would look in another way, does not find the library, or all have gone.
        """
        waiting = iter(requests)
        first = list(itertools.islice(waiting, SAMPLES))
        wanted = to_json(modalities)
        self._check(wanted, first)
        waiting = itertools.chain(first, waiting)
        pending: dict[Future, list[Request]] = {}
        # Of tasks that have ended workers: each video by itself; of these again, one after the other at the end, as
        # until then a worker may have been ended by what it had beside.
        alone, last, tried = deque[Request](), deque[Request](), set[str]()
        try:
            while True:
                threads = self.threads
                while len(pending) < IN_ADVANCE * max(threads, 1):
                    size = task_size(self._video_s, count, threads)
                    some = [alone.popleft()] if alone else list(itertools.islice(waiting, size))
                    if not some and last and not pending:
                        some = [last.popleft()]
                    if not some:
                        break
                    count -= len(some)
                    pending[self._submitted(wanted, some)] = some
                if not pending:
                    return
                batch: list[tuple[Request, Answer]] = []
                done = self._done(pending)
                for future in done:
                    some = pending[future]
                    try:
                        answered = self._answered(future, some)
                    except TimeoutError:
                        # Its worker has died with the answer: it is done anew, where there is another one.
                        continue
                    del pending[future]
                    if answered is not None:
                        batch += zip(some, answered, strict=True)
                    elif len(some) > 1:
                        alone.extend(some)
                    elif some[0]["path"] not in tried:
                        tried.add(some[0]["path"])
                        last.append(some[0])
                    else:
                        batch.append((some[0], {"error": LOST, "retry": True}))
                if batch:
                    self._let_go([future for future in done if future not in pending])
                    _keep_posters(artifacts_dir, batch)
                    yield batch
        finally:
            for future in pending:
                future.release()

    def _let_go(self, answered: Collection["Future"]) -> None:
        """Return when the scheduler has forgotten these: else they would be done anew where their worker dies later."""
        scheduler: Any = self._client.scheduler
        keys = [future.key for future in answered]
        for future in answered:
            future.release()
        with self._reached():
            while any(self._client.sync(scheduler.who_has, keys=keys).values()):
                time.sleep(FORGETTING_S)

    def _submitted(self, wanted: str, some: Sequence[Request]) -> "Future":
        with self._reached():
            return self._client.submit(look_at, made(), self._base, wanted, self._placed(some), pure=False)

    def _placed(self, some: Iterable[Request]) -> list[Request]:
        """These requests as a worker gets them: by their places in the library."""
        return [
            {**request, "place": Path(request["path"]).relative_to(self._data_dir).as_posix()} for request in some
        ]

    def _done(self, pending: Collection["Future"]) -> Collection["Future"]:
        """Those that have ended, as soon as there is one; none where others are to be submitted to new workers."""
        from distributed import wait

        alone_since_s = None
        while True:
            with self._reached(), self._client.as_current():
                try:
                    return wait(list(pending), timeout=TICK_S, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    threads = self.threads
            if threads * IN_ADVANCE > len(pending):
                return ()
            if threads:
                alone_since_s = None
            elif alone_since_s is None:
                alone_since_s = time.monotonic()
            elif time.monotonic() - alone_since_s > WITHOUT_WORKERS_S:
                raise self._without_workers()

    def _answered(self, future: "Future", some: Sequence[Request]) -> list[Answer] | None:
        """What came of a task; None where it has ended its workers.

        Raises TimeoutError where its answer is nowhere any more.
        """
        from distributed import KilledWorker

        with self._reached():
            error = future.exception(timeout=ANSWER_S)
            told: dict[str, Any] = {} if error is not None else future.result(timeout=ANSWER_S)
        if isinstance(error, KilledWorker):
            log.warning("A task of %s videos has ended several workers.", len(some))
            return None
        if error is not None:
            raise VidsortError(
                f"A task failed on a worker of the cluster ({error!r}): its log says why; what was finished is kept."
            ) from error
        if "refused" in told:
            raise VidsortError(f"The worker on {told['host']} {told['refused']}; what was finished is kept.")
        answered: list[Answer] = told["answers"]
        self._video_s = told["took_s"] / len(some)
        if all("gone" in answer for answer in answered):
            self._require_library(told["host"], some)
        else:
            self._finding.add(told["host"])
        return answered

    def _check(self, wanted: str, first: Sequence[Request]) -> None:
        """Raise VidsortError where a worker would look at videos in another way, or cannot find one of these."""
        with self._reached():
            there = self._placed(request for request in first if is_here(request))
            told = self._client.run(why_unfit, made(), self._base, wanted, there, on_error="return")
        unfit = []
        for address, why in told.items():
            if isinstance(why, OSError):
                # It has gone meanwhile.
                continue
            if isinstance(why, Exception):
                why = f"has no vidsort that answers this one ({why}): install version {made().version} there"
            if why is not None:
                unfit.append(f"The worker at {address} {why}.")
        if unfit:
            raise VidsortError(unfit[0] + (f" So it is with {len(unfit) - 1} more." if len(unfit) > 1 else ""))

    def _require_library(self, host: str, some: Sequence[Request]) -> None:
        """Raise VidsortError where a machine that never found a video does not find one that is there."""
        there = next((request for request in some if is_here(request)), None)
        if there is not None and host not in self._finding:
            raise VidsortError(
                f"The worker on {host} does not find {self._placed([there])[0]['place']} in {self._base}: let it reach "
                "the library there, or set cluster_library; what was finished is kept."
            )

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        from distributed import CancelledError

        try:
            yield
        except TimeoutError:
            raise
        except (OSError, CancelledError) as error:
            raise VidsortError(
                f"The Dask scheduler at {self._address} has gone ({error}): start it and run this again; what was "
                "finished is kept."
            ) from error

    def _without_workers(self) -> VidsortError:
        return VidsortError(
            f"The Dask scheduler at {self._address} has no workers: start some by `dask worker {self._address}`; what "
            "was finished is kept."
        )


def _keep_posters(artifacts_dir: Path, batch: Iterable[tuple[Request, Answer]]) -> None:
    for request, answer in batch:
        poster = answer.pop("poster", None)
        if poster is None:
            continue
        try:
            keep_drawn(artifacts_dir, bytes.fromhex(request["content"]), "poster", base64.b64decode(poster))
        except OSError as error:
            # It is drawn when it is asked for.
            log.warning("A poster could not be kept: %s", error)
