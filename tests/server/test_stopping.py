"""A stop does not wait for streams that never end, and lets finish what changes something."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import httpx
import pytest

from vidsort.server.stopping import EndStreams, Stopping

# A server with an endless stream, a file that nobody reads to its end, and a slow change.
APP = """
import asyncio, contextlib, pathlib, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from vidsort.server.stopping import EndStreams, Stopping

stopping = Stopping()
done = pathlib.Path(sys.argv[1])

async def endless():
    while True:
        yield b"still here"
        await asyncio.sleep(0.05)

async def slow(request):
    await asyncio.sleep(1)
    done.touch()
    return PlainTextResponse("done")

async def sized(request):
    return StreamingResponse(endless(), headers={"content-length": "100000000"})

@contextlib.asynccontextmanager
async def lifespan(app):
    with stopping.listening():
        yield

app = Starlette(lifespan=lifespan, routes=[
    Route("/endless", lambda request: StreamingResponse(endless())), Route("/sized", sized), Route("/slow", slow),
])
app.add_middleware(EndStreams, stopping=stopping)
import socket, uvicorn
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
with contextlib.suppress(KeyboardInterrupt):
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
"""


@pytest.fixture
def server(tmp_path):
    done = tmp_path / "done"
    process = subprocess.Popen(
        [sys.executable, "-c", APP, str(done)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.base_url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.done = done
    with process:
        yield process
        process.kill()


@pytest.mark.programs
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_streams_that_would_never_end(server, number):
    with ExitStack() as opened, httpx.Client(base_url=server.base_url) as client:
        stream = opened.enter_context(client.stream("GET", "/endless"))
        parts = stream.iter_bytes()
        assert next(parts).startswith(b"still here")
        sized = opened.enter_context(client.stream("GET", "/sized"))
        assert next(sized.iter_bytes()).startswith(b"still here")
        started_s = time.monotonic()
        server.send_signal(number)
        for _ in parts:
            continue
        server.wait(10)
        assert time.monotonic() - started_s < 3
    assert "Traceback" not in server.stderr.read()


@pytest.mark.programs
def test_a_change_that_is_under_way_is_finished_first(server):
    async def ask_and_stop():
        async with httpx.AsyncClient(base_url=server.base_url) as client:
            await client.get("/nothing")
            asked = asyncio.create_task(client.get("/slow"))
            await asyncio.sleep(0.2)
            os.kill(server.pid, signal.SIGTERM)
            return await asked

    assert asyncio.run(ask_and_stop()).text == "done"
    server.wait(10)
    assert server.done.exists()


def test_a_request_that_the_server_itself_cancels_stays_cancelled():
    async def cancelled():
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await asyncio.sleep(60)

        async def send(_):
            pass

        task = asyncio.create_task(EndStreams(app, Stopping())({"type": "http"}, None, send))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
