"""The review page beside a program: served by a child process, shown inside a notebook, its address said elsewhere."""

import contextlib
import html
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from typing import Self

from pydantic_core import to_jsonable_python

from ..errors import VidsortError
from ..media.limited import ended, pipes
from ..settings import SECRETS, Settings

HEIGHT_PX = 760
START_S = 60.0
# To end after it has failed.
FAILS_S = 10.0
# It stops within three seconds by itself; more is given to a machine that is busy.
STOP_S = 15.0


class Review:
    """A review page that is served on a free port of this machine until `close`, or until this program ends.

    As the last line of a cell a notebook shows the page itself; `address` is for a browser.
    """

    def __init__(self, settings: Settings) -> None:
        """Start it and wait until it answers; raises VidsortError where it does not."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        # In a session of its own: what interrupts a cell of a notebook does not stop the page.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vidsort.desk.serving"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._said, text=True, start_new_session=True,
        )
        try:
            self.address = f"http://127.0.0.1:{self._port(settings)}/"
            self._require_answer()
        except BaseException:
            # Also of who interrupts the cell: nobody else could end it.
            self.close()
            raise

    def _port(self, settings: Settings) -> str:
        """The port on which it listens, once it does; raises VidsortError where it does not."""
        at = {"data_dir": settings.data_dir, "artifacts_dir": settings.artifacts_dir, "host": "127.0.0.1", "port": 0}
        given = {name: value for name, value in settings.flags().items() if name not in SECRETS} | at
        asks, says = pipes(self._process)
        try:
            asks.write(json.dumps(to_jsonable_python(given)) + "\n")
            asks.flush()
        except BrokenPipeError as error:
            raise VidsortError(self._why()) from error
        port = says.readline().strip()
        if not port:
            raise VidsortError(self._why())
        return port

    def _why(self) -> str:
        """What it said before it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            # What has failed ends by itself, and says last that it was interrupted if it is told to meanwhile.
            self._process.wait(FAILS_S)
        with contextlib.suppress(BrokenPipeError):
            pipes(self._process)[0].close()
        self._end()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "The review page cannot be served: run `vidsort doctor`."

    def _require_answer(self) -> None:
        # Never by a proxy, which the environment may name: it is this machine.
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with directly.open(f"{self.address}healthz", timeout=START_S):
                return
        except (urllib.error.URLError, OSError) as error:
            raise VidsortError(self._why()) from error

    @property
    def is_served(self) -> bool:
        """Whether it still is: `close` was not called, and nothing has ended it."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop serving; again is no error."""
        if self._said.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            pipes(self._process)[0].close()
        self._end()
        self._said.close()

    def _end(self) -> None:
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        ended(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"The review page is at {self.address} (close() stops it)" if self.is_served else "It is closed"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        if not self.is_served:
            return f"<p>{self!r}</p>"
        address = html.escape(self.address)
        return (
            f'<iframe src="{address}" title="The review page" width="100%" height="{HEIGHT_PX}" '
            f'style="border:0" allow="autoplay; fullscreen"></iframe>'
            f'<p>The same in a tab of its own: <a href="{address}" target="_blank">{address}</a></p>'
        )
