"""Child processes that read what strangers made: with little memory and little time, begun anew when they die.

A file that would fill the memory of a server, or crash or stall a decoder, costs such a child, and nobody waits for it
longer than its limit. A child reads requests, one JSON line each, and answers each with one line, after lines that tell
how far it is; it ends at once when its starter is gone.
"""

import contextlib
import faulthandler
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ..errors import VideoDecodeError, VidsortError
from ..logs import as_starter

log = logging.getLogger(__name__)

# Of addresses, which is what can be limited: a picture of 8192 x 8192 takes 1.7 GB with all that is loaded.
MEMORY_BYTES = 2 << 30
# A decoder that hangs inside one call does not see its own deadline; then the process ends itself.
GRACE_S = 10.0
TOO_LARGE = f"its pictures are too large: reading it takes more than {MEMORY_BYTES >> 30} GB of memory"

STOPPED = "vidsort was stopped meanwhile"

Request = Mapping[str, Any]
# Does one request, telling the share that is done (0 to 1), and gives what the starter gets.
Answering = Callable[[Request, Callable[[float], None]], dict[str, Any]]


class ClosedError(VideoDecodeError):
    """The child was closed, because its starter ends: nothing is wrong with the video."""


class LimitedChild:
    """One such process, which runs `main` of a module; started when it is first asked; for one thread at a time."""

    def __init__(self, module: str) -> None:
        self._command = [sys.executable, "-c", f"from {module} import main; main()"]
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        # So that none is started behind the back of who closes it.
        self._starting = threading.Lock()

    def ask(
        self, request: Request, limit_s: float, tell: Callable[[float], object] = lambda _: None
    ) -> dict[str, Any]:
        """What the child answers; raises VideoDecodeError with the reason why it cannot, FileNotFoundError.

        ClosedError once it was closed, until it is opened again.
        """
        process, started = self._started(), time.monotonic()
        requests, answers = pipes(process)
        with contextlib.suppress(OSError):
            requests.write(json.dumps({**request, "limit_s": limit_s}) + "\n")
            requests.flush()
        for line in answers:
            answer: dict[str, Any] = json.loads(line)
            if "share" not in answer:
                return _checked(answer)
            tell(answer["share"])
        code = self._end()
        if self._is_closed:
            raise ClosedError(STOPPED)
        log.warning("A process that reads videos ended with code %s over %s", code, request.get("path"))
        if time.monotonic() - started >= limit_s:
            raise VideoDecodeError(f"reading it took longer than {limit_s:g} s")
        raise VideoDecodeError(f"the decoder crashed over it (exit code {code})")

    def _started(self) -> "subprocess.Popen[str]":
        with self._starting:
            if self._is_closed:
                raise ClosedError(STOPPED)
            if self._process is None:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii"
                )
            return self._process

    def close(self) -> None:
        """End it, also in the middle of a video; who asks from now on, or waits for its turn, is told so."""
        with self._starting:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()
                self._end()

    def open(self) -> None:
        """Let it be asked again after it was closed."""
        self._is_closed = False

    def _end(self) -> int:
        process, self._process = self._process, None
        return 0 if process is None else ended(process)


class LimitedChildren:
    """A few such processes of one module, for any number of threads: who finds all at work waits for the first."""

    def __init__(self, module: str, count: int) -> None:
        self._children = [LimitedChild(module) for _ in range(count)]
        # The one that was used last is asked first, so that no more are started than are needed at once.
        self._idle: queue.LifoQueue[LimitedChild] = queue.LifoQueue()
        for child in reversed(self._children):
            self._idle.put(child)

    @contextlib.contextmanager
    def one(self) -> Iterator[LimitedChild]:
        """One for this thread alone, as soon as there is one that is idle."""
        child = self._idle.get()
        try:
            yield child
        finally:
            self._idle.put(child)

    @contextlib.contextmanager
    def one_that_is_idle(self) -> Iterator[LimitedChild | None]:
        """One for this thread alone; None where all are at work."""
        try:
            child = self._idle.get_nowait()
        except queue.Empty:
            yield None
            return
        try:
            yield child
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End all of them, also in the middle of a video."""
        for child in self._children:
            child.close()

    def open(self) -> None:
        """Let them be asked again after they were closed."""
        for child in self._children:
            child.open()


def pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    """What a process reads requests from, and what it answers to."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("This process was started without pipes.")
    return process.stdin, process.stdout


def ended(process: "subprocess.Popen[str]") -> int:
    """The exit code of a process, once it has ended; its pipes are closed."""
    code = process.wait()
    for pipe in pipes(process):
        # What the child did not read any more is flushed here in vain.
        with contextlib.suppress(OSError):
            pipe.close()
    return code


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer.get("gone"):
        raise FileNotFoundError(answer["gone"])
    if answer.get("error"):
        raise VideoDecodeError(answer["error"])
    return answer


def serve_requests(answering: Answering) -> None:
    """The child's side: answer what comes on stdin until there is no more; whatever else prints goes to stderr."""
    # Ctrl+C is for the starter to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    as_starter()
    limit_memory()
    go_first()
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)

        def say(message: Mapping[str, object]) -> None:
            print(json.dumps(message), file=answers, flush=True)

        for request in _requests():
            faulthandler.dump_traceback_later(request["limit_s"] + GRACE_S, exit=True)
            say(_answer(answering, request, lambda share: say({"share": share})))
            faulthandler.cancel_dump_traceback_later()


def _requests() -> Iterator[Request]:
    """Requests as they come; a thread reads them, so that the end of the starter ends this process at any moment."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
        with os.fdopen(os.dup(0), encoding="ascii") as requests:
            for line in requests:
                lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield json.loads(lines.get())


def _answer(answering: Answering, request: Request, tell: Callable[[float], None]) -> dict[str, Any]:
    try:
        return answering(request, tell)
    except FileNotFoundError as error:
        return {"gone": str(error)}
    except MemoryError:
        return {"error": TOO_LARGE}
    except (VidsortError, OSError, ValueError) as error:
        return {"error": str(error)}


def limit_memory(limit_bytes: int = MEMORY_BYTES) -> None:
    """Let this process, and each that it starts, take no more; where the system has no such limit, nothing."""
    try:
        import resource
    except ImportError:
        return  # Windows
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or limit_bytes <= most:
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, most))


def go_first() -> None:
    """Let the kernel end this process, and each that it starts, before others where all memory is used up.

    Else it may choose the starter, and with it a whole run. Only Linux has such a wish.
    """
    # Not every container lets it be written.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
