"""A receiver of webhooks for tests: a real HTTP server that keeps what comes, and answers as it is told."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from typing import NamedTuple

SECRET = "correct horse battery staple"


class Came(NamedTuple):
    """A message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Keeps what came; `answers` are the next statuses, 204 when they are used up; it answers only when `is_open`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.came: list[Came] = []
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.is_open = threading.Event()
        self.is_open.set()


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append(Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            receiver.is_open.wait(30)
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            receiver.came.append(Came(self.path, {}, b"GET"))
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.is_open.set()
            server.shutdown()
            thread.join(10)
