"""Child processes that extract features, one a core: a file that crashes or stalls a decoder costs one of them."""

import base64
import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import StepCancelled, VidsortError
from ..media.limited import ended, pipes
from ..records import Video
from ..store.features import SIGNATURE_TYPE, VECTOR_TYPE, FeatureRow
from .extraction import BY_PROCESSOR, VIDEO_LIMIT_S, Devices, video_limit_s
from .modalities import Modality, to_json

log = logging.getLogger(__name__)

# SIGKILL: what the kernel sends where memory runs out.
KILLED = -9
# There is a child for each core, so none calculates on more than one.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

# {"path", "stamp": [size, mtime in ns], "content": of the video's bytes, "wanted": {modality: source}}, hashes in hex;
# "by_processor": without the device that decodes, where there is one.
Request = dict[str, Any]
# {"found": {modality: {"vector", "signatures", "document"} or {"error", "retry"}}, "facts", "frames", and seconds
# spent}; neither vector nor document: the video has no such thing. {"gone"} where another file or none is at the path,
# {"error", "retry"} of all that was wanted where the child died over it. "told": sentences on its devices.
Answer = dict[str, Any]


def request_of(video: Video, content: bytes, sources: Mapping[str, bytes]) -> Request:
    """What is asked of a video: its content, and the source of each modality that is to be looked for."""
    return {
        "path": str(video.path), "stamp": [video.size_bytes, video.mtime_ns], "content": content.hex(),
        "wanted": {modality: source.hex() for modality, source in sources.items()},
    }


def rows_of(request: Request, answer: Answer) -> list[FeatureRow]:
    """What is to be kept of an answer; nothing of a video that was not there."""
    if "gone" in answer:
        return []
    # A child that died over a video says so once, of all that was wanted.
    found = answer.get("found") or dict.fromkeys(request["wanted"], answer)
    return [_row(modality, bytes.fromhex(request["wanted"][modality]), part) for modality, part in found.items()]


def _row(modality: str, source: bytes, part: Answer) -> FeatureRow:
    if "error" in part:
        return FeatureRow(modality, source, error=part["error"], retry=part["retry"])
    return FeatureRow(
        modality, source, vector=_unpacked(part["vector"], VECTOR_TYPE),
        signatures=_unpacked(part["signatures"], SIGNATURE_TYPE), document=part["document"],
    )


def _unpacked(text: str | None, kind: np.dtype) -> np.ndarray | None:
    return None if text is None else np.frombuffer(base64.b64decode(text), kind)


class Worker:
    """One child process; started when it is first asked, and again after it has died."""

    def __init__(self, command: list[str], limit_s: float = VIDEO_LIMIT_S) -> None:
        self._command = command
        self._limit_s = limit_s
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def ask(self, request: Request) -> Answer:
        """The answer of the child, or {"error", "retry"} where it died over this request.

        Raises VidsortError where no child can be started at all, or `stop` was called.
        """
        process = self._process or self._start()
        started = time.monotonic()
        requests, answers = pipes(process)
        with contextlib.suppress(OSError):
            requests.write(json.dumps(request) + "\n")
            requests.flush()
        line = answers.readline()
        if line:
            answer: Answer = json.loads(line)
            return answer
        code = self._end()
        if self._stopped:
            raise StepCancelled("The extraction was stopped; what was finished is kept.")
        log.warning("A decoder process ended with code %s over %s", code, request["path"])
        return _died(code, time.monotonic() - started, self._limit_s)

    def _start(self) -> "subprocess.Popen[str]":
        with self._lock:
            if self._stopped:
                raise StepCancelled("The extraction was stopped; what was finished is kept.")
            process = self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii",
                env=os.environ | ONE_THREAD,
            )
        if not pipes(process)[1].readline() and not self._stopped:
            raise VidsortError(
                f"The encoder cannot be started (exit code {self._end()}): the lines above say why; "
                "`vidsort doctor` checks the installation."
            )
        return process

    def stop(self) -> None:
        """End the child, also in the middle of a video; whoever waits for its answer gets StepCancelled."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Stop, and wait until the child is gone; nobody may be asking."""
        self.stop()
        if self._process is not None:
            self._end()

    def _end(self) -> int:
        process, self._process = self._process, None
        return 0 if process is None else ended(process)


def _died(code: int, took_s: float, limit_s: float) -> Answer:
    """Why there is no answer; only a crash by the content's doing is a lasting failure."""
    if took_s >= limit_s:
        return {"error": f"reading it took longer than {limit_s:g} s", "retry": True}
    if code == KILLED:
        reason = "the decoder was killed, perhaps for want of memory: the next extraction tries it again"
        return {"error": reason, "retry": True}
    return {"error": f"the decoder crashed over it (exit code {code})", "retry": code >= 0}


def new_worker(artifacts_dir: Path, modalities: Mapping[str, Modality], devices: Devices = BY_PROCESSOR) -> Worker:
    """A child that looks for these in videos, and keeps posters in these artifacts."""
    command = [sys.executable, "-m", "vidsort.features.extraction", str(artifacts_dir), to_json(modalities), *devices]
    return Worker(command, video_limit_s(modalities))


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answers(
    requests: Iterable[Request], artifacts_dir: Path, modalities: Mapping[str, Modality], count: int,
    devices: Devices = BY_PROCESSOR,
) -> Generator[list[tuple[Request, Answer]]]:
    """Requests with their answers as they come, in batches of what is there, by `count` children.

    Takes at most two requests a child from `requests` in advance. Close it: that ends the children,
    and what they are at then is lost, nothing else. A child that died over a video while a device decoded is asked for
    it again, without that. What there is to say of the devices is logged, each sentence once.
    """
    workers = [new_worker(artifacts_dir, modalities, devices) for _ in range(count)]
    told: set[str] = set()
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def answered(request: Request) -> tuple[Request, Answer]:
        worker = idle.get()
        try:
            answer = worker.ask(request)
            if "error" in answer and devices.decoding != "off":
                answer = worker.ask({**request, "by_processor": True})
            return request, answer
        finally:
            idle.put(worker)

    waiting = iter(requests)
    threads = ThreadPoolExecutor(count)
    try:
        pending: set[Future[tuple[Request, Answer]]] = {
            threads.submit(answered, request) for request in islice(waiting, 2 * count)
        }
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            pending |= {threads.submit(answered, request) for request in islice(waiting, len(done))}
            batch = [future.result() for future in done]
            for sentence in (sentence for _, answer in batch for sentence in answer.pop("told", ())):
                if sentence not in told:
                    log.warning("%s", sentence)
                told.add(sentence)
            yield batch
    finally:
        for worker in workers:
            worker.stop()
        threads.shutdown(cancel_futures=True)
        for worker in workers:
            worker.close()
