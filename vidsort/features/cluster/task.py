"""What a worker of a cluster does: it looks at some videos by a child process, as a machine by itself does.

So a file that crashes a decoder costs itself here, too, and not the worker. Called by Dask, by these names.
"""

import base64
import contextlib
import logging
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ...errors import VidsortError
from ...media.pictures import picture_path
from ..modalities import from_json
from ..workers import Answer, Request, Worker, new_worker
from .place import Held, Place
from .sameness import Made, difference

log = logging.getLogger(__name__)

# To load networks takes seconds: a child is kept for the next task, and ended where none comes.
IDLE_S = 60.0
# Videos that are fetched and checked while others are looked at.
AHEAD = 2


class Child:
    """A child process, with a folder of its own for what it draws and for what is fetched for it."""

    def __init__(self, modalities: str, folder: Path | None) -> None:
        self.modalities = modalities
        self.idle_since_s = 0.0
        self._folder = tempfile.TemporaryDirectory(prefix="vidsort-", dir=folder)
        self.path = Path(self._folder.name)
        self._worker: Worker = new_worker(self.path, from_json(modalities))

    def ask(self, request: Request) -> Answer:
        """Its answer, and with it the poster that it drew ("poster", in base64); raises VidsortError."""
        answer = self._worker.ask(request)
        drawn = picture_path(self.path, bytes.fromhex(request["content"]), "poster")
        with contextlib.suppress(OSError):
            answer["poster"] = base64.b64encode(drawn.read_bytes()).decode("ascii")
            drawn.unlink()
        return answer

    def close(self) -> None:
        """End it."""
        self._worker.close()
        self._folder.cleanup()


class Children:
    """Those of one worker: as many as it does tasks at once, kept between them."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._idle: list[Child] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self, modalities: str) -> Iterator[Child]:
        """One that looks for these, for this thread alone."""
        with self._lock:
            fitting = [child for child in self._idle if child.modalities == modalities]
            child = fitting[-1] if fitting else None
            if child is not None:
                self._idle.remove(child)
        child = child or Child(modalities, _folder_of_worker())
        try:
            yield child
        except BaseException:
            child.close()
            raise
        child.idle_since_s = time.monotonic()
        with self._lock:
            self._idle.append(child)
        ending = threading.Timer(self._idle_s, self.end_idle, (self._idle_s,))
        ending.daemon = True
        ending.start()

    def end_idle(self, idle_s: float = 0.0) -> None:
        """End those that nobody has asked for so long."""
        now_s = time.monotonic()
        with self._lock:
            ended = [child for child in self._idle if now_s - child.idle_since_s >= idle_s]
            self._idle = [child for child in self._idle if child not in ended]
        for child in ended:
            child.close()


CHILDREN = Children()


def look_at(expected: Made, base: str, modalities: str, requests: list[Request]) -> dict[str, Any]:
    """The answers to these, in their order, and how long they took; or "refused": why this machine gives none.

    A request names a video by its "place" in the library, which is at `base`.
    """
    started, host = time.monotonic(), socket.gethostname()
    differs = difference(expected, modalities)
    if differs is not None:
        return {"host": host, "refused": differs}
    try:
        with CHILDREN.one(modalities) as child:
            found = [_answer(child, held) for held in _held_ahead(Place(base, child.path), requests)]
    except (VidsortError, OSError) as error:
        return {"host": host, "refused": f"cannot look at videos: {error}".rstrip(".")}
    return {"host": host, "answers": found, "took_s": time.monotonic() - started}


def why_unfit(expected: Made, base: str, modalities: str, samples: list[Request]) -> str | None:
    """Why this machine cannot be asked, as `difference` says it; where videos are named, it has to find one."""
    differs = difference(expected, modalities)
    if differs is not None:
        return differs
    try:
        with tempfile.TemporaryDirectory(dir=_folder_of_worker()) as folder:
            place = Place(base, Path(folder))
            reasons = [_why_not_held(place.hold(request)) for request in samples]
    except (VidsortError, OSError) as error:
        return f"does not reach the library: {error}"
    if not reasons or not all(reasons):
        return None
    return f"does not find {samples[0]['place']} in {base}{reasons[0]}: set cluster_library to where workers find it"


def _why_not_held(held: Held) -> str:
    """Why a video is not to be had, behind its place; empty where it is."""
    held.let_go()
    if held.request is not None:
        return ""
    found = [part["error"] for part in held.answer.get("found", {}).values()]
    return f" ({found[0]})" if found else ", or another file there"


def _answer(child: Child, held: Held) -> Answer:
    try:
        return held.answer if held.request is None else child.ask(held.request)
    finally:
        held.let_go()


def _held_ahead(place: Place, requests: Iterable[Request]) -> Iterator[Held]:
    """The videos in their order, some of them fetched while others are looked at."""
    waiting = iter(requests)
    coming: deque[Future[Held]] = deque()
    with ThreadPoolExecutor(AHEAD) as readers:
        try:
            for request in waiting:
                coming.append(readers.submit(place.hold, request))
                if len(coming) > AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.result().let_go()


def _folder_of_worker() -> Path | None:
    """Where Dask keeps what is a worker's own, and removes what a kill has left; elsewhere that of the system."""
    from distributed import get_worker

    try:
        return Path(get_worker().local_directory)
    except ValueError:
        return None
