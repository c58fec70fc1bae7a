"""Parts of a video as a browser asks for them, 100 KiB each, from one worker, beside nginx that serves the same file.

Run as `python -m benchmarks.playing`; nginx is Debian's, with one worker, sendfile on, and no log. One connection that
is kept, or six as a browser has, each asked for the next part as soon as the last has come; the servers take turns.
Then what else a player asks: If-Range, HEAD, and If-None-Match, which is answered with 304.
"""

import contextlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.soak import server
from vidsort.settings import Settings

FILE_BYTES, PART_BYTES = 64 << 20, 100 << 10
ROUNDS, SECONDS = 5, 3.0
CONNECTIONS = (1, 6)
TARGET_RATIO = 0.9
NAME = "7000000000000000000.mp4"
ROW = "{:<34}{:>14}{:>14}{:>8}"
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log error;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000;
  types {{ video/mp4 mp4; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


class Connection:
    """One kept connection that asks as plainly as can be, so that the client costs little."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._path, self._port, self._into = path, port, memoryview(bytearray(1 << 18))

    def ask(self, headers: str, method: str = "GET") -> tuple[int, dict[str, str]]:
        """One answer, read to its end: its status and headers, lower case."""
        request = f"{method} {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{headers}\r\n"
        self._socket.sendall(request.encode())
        held = self._received(self._into)
        while b"\r\n\r\n" not in bytes(self._into[:held]):
            held += self._received(self._into[held:])
        head, _, body = bytes(self._into[:held]).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        told = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        status = int(first.split()[1])
        left = 0 if method == "HEAD" or status == 304 else int(told.get("content-length", 0)) - len(body)
        while left > 0:
            left -= self._received(self._into)
        return status, told

    def _received(self, into: memoryview) -> int:
        count = self._socket.recv_into(into)
        if not count:
            raise ConnectionError("The server hung up in the middle of an answer.")
        return count

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def parts_per_s(port: int, path: str, connections: int) -> float:
    """How many parts all connections together get a second."""
    stopped = threading.Event()

    def keep_asking(number: int) -> int:
        chance, connection, count = random.Random(number), Connection(port, path), 0
        while not stopped.is_set():
            start = chance.randrange(FILE_BYTES - PART_BYTES)
            status, _ = connection.ask(f"Range: bytes={start}-{start + PART_BYTES - 1}\r\n")
            if status != 206:
                raise ConnectionError(f"A part was answered with {status}.")
            count += 1
        connection.close()
        return count

    with ThreadPoolExecutor(connections) as threads:
        asked = [threads.submit(keep_asking, number) for number in range(connections)]
        time.sleep(SECONDS)
        stopped.set()
    # What failed in a thread is raised here, else the server would only look slow.
    return sum(each.result() for each in asked) / SECONDS


@contextlib.contextmanager
def nginx(root: Path, folder: Path) -> Iterator[int]:
    """The port of an nginx that serves a folder; raises SystemExit where there is none."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(program, os.X_OK):
        raise SystemExit("No nginx to measure against: install Debian's package nginx.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    folder.mkdir()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, root=root))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "nginx.log"])
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        if process.poll() is not None:
            raise SystemExit(f"nginx has ended with {process.returncode}: {(folder / 'nginx.log').read_text()}")
        yield port
    finally:
        process.terminate()
        process.wait()


def tell_answers(label: str, port: int, path: str) -> None:
    """What a player asks beside parts, in milliseconds, and that it is answered as it must be."""
    connection, took = Connection(port, path), []
    _, told = connection.ask("", "HEAD")
    for headers, method, wanted in (
        ("", "HEAD", 200), (f"If-None-Match: {told['etag']}\r\n", "GET", 304),
        (f"If-Range: {told['etag']}\r\nRange: bytes=0-9\r\n", "GET", 206),
        ('If-Range: "another"\r\nRange: bytes=0-9\r\n', "HEAD", 200),
    ):
        began = time.perf_counter()
        status, _ = connection.ask(headers, method)
        took.append(f"{wanted} in {1000 * (time.perf_counter() - began):.1f} ms")
        if status != wanted:
            raise SystemExit(f"{method} with {headers!r} was answered with {status}, not {wanted}.")
    connection.close()
    print(f"{label}: HEAD, If-None-Match, If-Range, a stale If-Range: {', '.join(took)}")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        # nginx drops root's rights for its worker.
        root, data_dir = Path(scratch), Path(scratch) / "videos"
        root.chmod(0o755)
        data_dir.mkdir()
        (data_dir / NAME).write_bytes(random.Random(0).randbytes(FILE_BYTES))
        settings = Settings(data_dir=data_dir, artifacts_dir=root / "artifacts")
        with nginx(data_dir, root / "nginx") as plain, server(settings) as (address, _):
            ours = {"vidsort": (int(address.rpartition(":")[2]), f"/videos/{NAME}"), "nginx": (plain, f"/{NAME}")}
            print(ROW.format("parts of 100 KiB, MB/s", "vidsort", "nginx", "ratio"))
            for count in CONNECTIONS:
                rates: dict[str, list[float]] = {name: [] for name in ours}
                for turn in range(ROUNDS):
                    for name in sorted(ours, reverse=turn % 2 == 0):
                        rates[name].append(parts_per_s(*ours[name], count) * PART_BYTES / 1e6)
                our, their = (statistics.median(rates[name]) for name in ("vidsort", "nginx"))
                figures = f"{our:.0f}", f"{their:.0f}", f"{our / their:.2f}"
                print(ROW.format(f"{count} connections", *figures), flush=True)
            for name, where in ours.items():
                tell_answers(name, *where)
    print(f"Wanted: {TARGET_RATIO} of nginx.")


if __name__ == "__main__":
    main()
