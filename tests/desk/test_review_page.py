"""The review page beside a program: on this machine alone, inside a notebook's page, and gone when its starter is."""

import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from conftest import BROWSER_FLAGS
from playwright.sync_api import sync_playwright

import vidsort
from vidsort.desk.review import Review
from vidsort.desk.serving import FRAMED_BY
from vidsort.errors import VidsortError

pytestmark = pytest.mark.programs


@pytest.mark.timeout(180)
def test_a_notebook_shows_the_page_and_close_ends_it(learned, tmp_path, chromium_path):
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    with library, library.review() as page:
        assert library.review() is page
        assert page.address in repr(page)
        # No password is asked here, so that nobody from elsewhere may come in.
        assert page.address.startswith("http://127.0.0.1:")
        answer = httpx.get(page.address)
        assert "x-frame-options" not in answer.headers
        assert f"frame-ancestors 'self' {' '.join(FRAMED_BY)};" in answer.headers["content-security-policy"] + ";"
        (tmp_path / "index.html").write_text(page._repr_html_())
        serves = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
        with (
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), serves) as notebook,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS) as browser,
        ):
            threading.Thread(target=notebook.serve_forever, daemon=True).start()
            shown = browser.new_page()
            shown.goto(f"http://127.0.0.1:{notebook.server_port}/index.html")
            frame = shown.frame_locator("iframe")
            frame.get_by_text("Where does it go?").wait_for()
            # What changes something comes from the page's own origin, wherever it is shown.
            frame.locator("video").first.wait_for()
            shown.frames[1].evaluate("() => fetch('/api/sort', {method: 'POST', headers: {'Content-Type': "
                                     "'application/json'}, body: JSON.stringify({filename: "
                                     "'71000000000000000.mp4', folder: 'food'})})")
            notebook.shutdown()
        assert (learned.data_dir / "food" / "71000000000000000.mp4").is_file()
    assert not page.is_served
    assert repr(page) == "It is closed"
    assert page._repr_html_() == "<p>It is closed</p>"
    page.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(page.address)


def test_it_ends_with_the_program_that_started_it_however_that_went(learned, eventually):
    code = (
        "import sys, time, vidsort\npage = vidsort.open(*sys.argv[1:]).review()\n"
        "print(page.address, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(learned.data_dir), str(learned.artifacts_dir)], stdout=subprocess.PIPE,
        text=True,
    ) as program:
        address = program.stdout.readline().strip()
        assert httpx.get(f"{address}healthz").status_code == 200
        os.kill(program.pid, signal.SIGKILL)

    def is_gone() -> bool:
        try:
            httpx.get(f"{address}healthz")
        except httpx.TransportError:
            return True
        return False

    eventually(is_gone, 20)


def test_what_keeps_it_from_being_served_is_one_sentence(learned):
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    database = next(learned.artifacts_dir.glob("*.db"))
    for leftover in learned.artifacts_dir.glob("*.db*"):
        leftover.unlink()
    database.mkdir()
    with pytest.raises(VidsortError) as raised:
        library.review()
    assert database.name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_it_works_with_the_settings_that_the_library_was_opened_with(learned):
    library = vidsort.open(
        learned.data_dir, learned.artifacts_dir, not_learned=("-old",), live_learning=False, train={"seed": 7},
    )
    with library.review() as page:
        assert httpx.get(f"{page.address}api/retrain/status").json()["live"] is None
        command = Path(f"/proc/{page._process.pid}/cmdline").read_bytes()
    assert str(learned.data_dir).encode() not in command


def test_who_interrupts_the_start_leaves_no_server(learned, monkeypatch):
    started = []
    monkeypatch.setattr(Review, "_require_answer", lambda self: started.append(self) or (_ for _ in ()).throw(
        KeyboardInterrupt()
    ))
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    with pytest.raises(KeyboardInterrupt):
        library.review()
    assert not started[0].is_served
    monkeypatch.undo()
    with library, library.review() as page:
        assert page.is_served


def test_one_that_ends_slowly_is_not_interrupted_in_saying_why(learned, monkeypatch):
    # Its port is what closes first; what then comes to its standard input, or is closed there, is an interrupt.
    ends_slowly = (
        "import os, select, sys, time\nos.close(1)\nsys.stderr.write('It cannot be.\\n')\ntime.sleep(1)\n"
        "os.read(0, 65536)\nif select.select([0], [], [], 0)[0]:\n    sys.stderr.write('KeyboardInterrupt\\n')\n"
        "sys.stderr.flush()\nos._exit(1)\n"
    )
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: real([command[0], "-c", ends_slowly], **how))
    with pytest.raises(VidsortError, match=r"^It cannot be\.$"):
        vidsort.open(learned.data_dir, learned.artifacts_dir).review()
