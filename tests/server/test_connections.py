"""Connections that hold the server: silent ones are closed, and a full table of descriptors is told once."""

import asyncio
import contextlib
import inspect
import logging
import socket
import threading
import time
from asyncio import selector_events

import pytest
import uvicorn

from vidsort.server.connections import FULL, TellFullOnce, TimedConnection

SILENCE_S = 0.6
HEAD = b"POST / HTTP/1.1\r\nhost: localhost\r\n"
ANSWER = b"HTTP/1.1 200"


class Impatient(TimedConnection):
    silence_s = SILENCE_S


async def slow(scope, receive, send):
    """Reads the body, takes longer than the server's patience, and sends in two parts as far apart."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(2 * SILENCE_S)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"on", "more_body": True})
    await asyncio.sleep(2 * SILENCE_S)
    await send({"type": "http.response.body", "body": b"ly"})


@pytest.fixture(scope="module")
def address():
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(slow, http=Impatient, proxy_headers=False, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(20)
    listener.close()


@contextlib.contextmanager
def connected(address, *pieces: bytes):
    """A connection on which these pieces were sent, a third of the patience apart."""
    with socket.create_connection(address, timeout=20) as connection:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(SILENCE_S / 3)
            with contextlib.suppress(ConnectionError):
                connection.sendall(piece)
        yield connection


@pytest.mark.parametrize("pieces", [
    (),
    (HEAD,),
    (HEAD + b"content-length: 5\r\n\r\n12",),
    # Letter by letter for longer than the patience.
    (HEAD, *[b"x"] * 5),
])
def test_who_says_nothing_or_too_little_is_hung_up_on(address, pieces):
    with connected(address, *pieces) as connection, contextlib.suppress(ConnectionError):
        assert connection.recv(100) == b""


@pytest.mark.parametrize("pieces", [
    (HEAD + b"content-length: 0\r\n\r\n",),
    (HEAD, b"content-length: 0\r\n\r\n"),
    # A body that takes longer than the patience, but is never silent for as long.
    (HEAD + b"content-length: 5\r\n\r\n", *[b"1"] * 5),
])
def test_who_is_only_slow_is_answered_however_long_that_takes(address, pieces):
    with connected(address, *pieces) as connection:
        answer = b""
        while not answer.endswith(b"only"):
            piece = connection.recv(1000)
            assert piece, answer
            answer += piece
    assert answer.startswith(ANSWER)


def test_a_full_table_of_descriptors_is_told_once_in_words(caplog):
    handler = TellFullOnce()
    loop = asyncio.new_event_loop()
    with contextlib.closing(loop), caplog.at_level(logging.ERROR):
        for _ in range(1000):
            handler(loop, {"message": FULL, "exception": OSError(24, "Too many open files")})
        handler(loop, {"message": "Something else went wrong"})
    texts = [record.getMessage() for record in caplog.records]
    assert len(texts) == 2
    assert "Too many open files" in texts[0]
    assert "ulimit -n" in texts[0]
    assert "Something else" in texts[1]


def test_a_full_table_is_what_asyncio_calls_so():
    """The words are asyncio's: where it changes them this tells."""
    assert FULL in inspect.getsource(selector_events)
