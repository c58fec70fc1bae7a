"""What goes wrong between the page and the server loses no decision; what comes from disk is only text."""

import http.server
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest
from videos import make_video

from page.conftest import (
    FOLDERS,
    PILE,
    Line,
    name_of,
    on_show,
    predict,
    wait_for_answer,
    wait_for_card,
    wait_until_saved,
)

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def killable(pile, eventually):
    """`start()` runs a server as its own process on one port, again and again; gives (address, start)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    running = []

    def answers() -> bool:
        try:
            return urllib.request.urlopen(address + "healthz", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def start() -> subprocess.Popen:
        flags = [*pile.settings.as_flags(), "--port", str(port)]
        server = subprocess.Popen([sys.executable, "-m", "vidsort", "serve", *flags], stdout=subprocess.DEVNULL)
        running.append(server)
        eventually(answers, 60)
        return server

    yield address, start
    for server in running:
        server.kill()
        server.wait()


@pytest.mark.storm
def test_a_server_killed_in_mid_review_loses_no_decision(pile, killable, visitor):
    address, start = killable
    pile.fill()
    server = start()
    page = visitor.open(address)
    wait_for_card(page, name_of(0))
    page.keyboard.press("1")
    wait_until_saved(page)
    server.send_signal(signal.SIGKILL)
    server.wait()
    for number in range(1, 10):
        page.keyboard.press("123"[number % 3])
        page.wait_for_timeout(500)
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    page.keyboard.press("z")
    start()
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    for number in range(1, 9):
        assert name_of(number) in pile.inside(FOLDERS[number % 3])
    assert pile.unsorted() == {name_of(number) for number in range(9, PILE)}


def stop_the_clock(page) -> None:
    """Of a page whose clock was installed, which would run on by itself, and that cannot send.

    The jump is longer than any wait, so that it ends one; after that nothing is on its way.
    """
    with page.expect_event("requestfailed"):
        page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 10)


def test_two_seconds_after_the_server_is_back_everything_is_sent(pile, serve, visitor):
    """The page's clock is the test's once the server is away: then it stands still until it is told to go on."""
    context = visitor.context()
    line = Line(context, "**/api/sort")
    page = context.new_page()
    page.clock.install()
    page.goto(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    line.is_cut = True
    page.keyboard.press("1")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    stop_the_clock(page)
    said = page.inner_text("[data-shout]")
    assert said.startswith("Server away: 1 kept")
    assert "cannot be reached: see whether it runs" in said
    assert "fetch" not in said
    # It has been away for long: the waits are as long as they get.
    for _ in range(12):
        with page.expect_event("requestfailed"):
            page.clock.run_for(2_000)
    line.is_cut = False
    page.clock.run_for(2_000)
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert page.locator("[data-shout]").text_content() == ""
    page.wait_for_function("document.querySelector('[data-say]').textContent.startsWith('The server is back')")


def test_what_waits_is_sent_at_once_where_the_person_asks(pile, serve, visitor):
    context = visitor.context()
    line = Line(context, "**/api/sort")
    page = context.new_page()
    page.clock.install()
    page.goto(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    assert page.get_by_role("button", name="Try now").count() == 0
    line.is_cut = True
    page.keyboard.press("1")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    # Nothing is tried again by itself any more.
    stop_the_clock(page)
    page.wait_for_function("!document.querySelector('[data-try-now]').hidden")
    line.is_cut = False
    page.get_by_role("button", name="Try now").click()
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert page.get_by_role("button", name="Try now").count() == 0


def test_a_video_that_cannot_be_fetched_says_so_in_words(pile, serve, visitor):
    pile.fill(2)
    make_video(pile.data_dir / name_of(0), size=(96, 160), codec="mpeg4")
    context = visitor.context()
    context.route("**/playable/*", lambda route: route.abort())
    page = visitor.open(serve(pile.settings), context=context)
    page.wait_for_selector("[data-note]:has-text('The server cannot be reached')")
    assert "fetch" not in page.inner_text("[data-note]")


def test_decisions_that_were_not_sent_survive_a_reload(pile, serve, visitor):
    context = visitor.context()
    line = Line(context, "**/api/sort")
    page = visitor.open(serve(pile.fill().settings), context=context)
    wait_for_card(page, name_of(0))
    line.is_cut = True
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    line.is_cut = False
    page.reload()
    wait_for_card(page, name_of(2))
    wait_until_saved(page)
    assert name_of(0) in pile.inside("dance")
    assert name_of(1) in pile.inside("food")


def test_decisions_of_a_page_that_is_closed_later_are_taken_over(pile, serve, visitor):
    context = visitor.context()
    page = context.new_page()
    line = Line(page, "**/api/sort")
    page.goto(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    line.is_cut = True
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.wait_for_selector('[data-sync][data-state="trouble"]')
    other = visitor.open(page.url, context=context)
    wait_for_card(other, name_of(0))
    page.close()
    wait_for_card(other, name_of(2))
    wait_until_saved(other)
    assert name_of(0) in pile.inside("dance")
    assert name_of(1) in pile.inside("food")


def test_a_sort_whose_answer_was_lost_is_done_once(pile, serve, visitor):
    lost = []

    def lose(route):
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(response.status)
            route.abort()

    context = visitor.context()
    context.route("**/api/sort", lose)
    page = visitor.open(serve(pile.fill().settings), context=context)
    wait_for_card(page, name_of(0))
    page.keyboard.press("1")
    wait_until_saved(page)
    assert lost == [200]
    assert name_of(0) in pile.inside("dance")
    assert page.locator(".toast.is-failure").count() == 0


def test_names_and_captions_with_markup_are_shown_as_text(pile, serve, visitor):
    pile.fill(4, (EVIL, "food", "sport"))
    page = visitor.open(serve(pile.settings))
    page.on("dialog", lambda dialog: visitor.complaints.append("a script of a name ran"))
    page.route("**/api/queue*", lambda route: route.fulfill(json=_with_caption(route.fetch().json())))
    page.reload()
    wait_for_card(page, name_of(0))
    assert page.inner_text("[data-guesses] li:first-child .name") == EVIL
    assert page.inner_text("[data-caption]") == f"<b>{EVIL}</b>"
    page.keyboard.press("1")
    page.wait_for_selector(".toast")
    assert page.inner_text(".toast .text") == f"→ {EVIL}"
    for key in ("h", "g", "/", ","):
        page.keyboard.press(key)
        page.wait_for_timeout(150)
    assert page.locator("#vidsort img[src='x'], #vidsort [onerror], #vidsort b").count() == 0


def _with_caption(answer: dict) -> dict:
    return answer | {"videos": [video | {"caption": f"<b>{EVIL}</b>"} for video in answer["videos"]]}


def test_the_page_is_whole_without_any_other_host(pile, serve, visitor):
    address = serve(pile.fill().settings)
    page = visitor.open(address)
    wait_for_card(page, name_of(0))
    elsewhere = {url for url in visitor.asked if not url.startswith((address, "blob:", "data:"))}
    assert elsewhere == set()


class _Prefix(http.server.BaseHTTPRequestHandler):
    """A proxy that serves everything under /mine/ and strips that before it asks the server."""

    protocol_version = "HTTP/1.0"
    upstream = ""

    def do_GET(self):
        self._pass_on(None)

    def do_HEAD(self):
        self._pass_on(None)

    def do_POST(self):
        self._pass_on(self.rfile.read(int(self.headers.get("content-length", 0))))

    do_PUT = do_POST

    def _pass_on(self, body):
        if not self.path.startswith("/mine/"):
            self.send_error(404)
            return
        names = ("range", "content-type", "accept", "sec-fetch-site", "sec-fetch-mode")
        headers = {name: self.headers[name] for name in names if name in self.headers}
        request = urllib.request.Request(
            self.upstream + self.path.removeprefix("/mine/"), body, headers, method=self.command
        )
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.send_response(answer.status)
            for name in ("content-type", "content-range", "accept-ranges"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            try:
                while piece := answer.read1(65536):
                    self.wfile.write(piece)
            except (BrokenPipeError, ConnectionResetError):
                return

    def log_message(self, *_):
        return


def test_the_page_works_behind_a_proxy_that_strips_a_prefix(pile, serve, visitor):
    upstream = serve(pile.fill().settings)
    handler = type("Handler", (_Prefix,), {"upstream": upstream})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        proxy.block_on_close = False
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_port}/mine/"
        page = visitor.open(address)
        wait_for_card(page, name_of(0))
        page.wait_for_selector("video.on-show")
        page.keyboard.press("1")
        wait_until_saved(page)
        assert name_of(0) in pile.inside("dance")
        # What changes on the disk is told by the stream of events, not found by asking again and again.
        (pile.data_dir / "art").mkdir()
        page.wait_for_selector('[data-folder="art"]')
        own = {url for url in visitor.asked if url.startswith(address)}
        assert {address + "api/events", address + "videos/" + name_of(1)} <= own
        assert address + "api/folders" not in own
        # Only Gradio's own theme and its script for frames are asked for elsewhere; the page needs neither.
        elsewhere = [url for url in visitor.asked - own if not url.startswith(("blob:", "data:"))]
        assert all("/theme.css" in url or "/iframeResizer" in url for url in elsewhere)
        page.close()
        proxy.shutdown()


def test_modules_are_asked_for_anew_and_answered_with_304(pile, serve):
    address = serve(pile.fill(1).settings) + "review/main.js"
    with urllib.request.urlopen(address) as first:
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["content-type"].partition(";")[0].endswith("/javascript")
        tag = first.headers["etag"]
    with pytest.raises(urllib.error.HTTPError) as again:
        urllib.request.urlopen(urllib.request.Request(address, headers={"if-none-match": tag}))
    again.value.close()
    assert again.value.code == 304


def test_predictions_that_come_while_the_page_starts_are_shown(pile, serve, visitor):
    turned = [predict(name_of(number), PILE - number) for number in range(PILE)]

    def late(route) -> None:
        pile.predict(turned)
        route.continue_()

    context = visitor.context()
    # The stream of events is opened after the queue was read.
    context.route("**/api/events", late)
    page = visitor.open(serve(pile.fill().settings), context=context)
    # What comes after the card on show and the next one is fetched ahead.
    page.wait_for_function(
        f"performance.getEntriesByType('resource').some((each) => each.name.includes('{name_of(PILE - 1)}'))"
    )
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(1))
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(PILE - 1))


def test_new_predictions_move_neither_the_card_on_show_nor_the_next(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    turned = [predict(name_of(number), PILE - number) for number in range(PILE)]
    pile.predict(turned)
    # The last video is the surest now, so it comes third.
    wait_for_answer(page, "api/queue?limit=1", f"answer.videos[0].filename === '{name_of(PILE - 1)}'")
    page.wait_for_timeout(1500)
    assert on_show(page) == name_of(0)
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(1))
    page.keyboard.press("ArrowRight")
    wait_for_card(page, name_of(PILE - 1))
