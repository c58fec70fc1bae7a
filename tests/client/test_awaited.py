"""The client that is awaited does what the other does, against a real server, and holds up nothing meanwhile."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest
from conftest import ROOT
from pydantic import SecretStr
from test_client import PASSWORD, serving

from vidsort.api import contract
from vidsort.client import AsyncVidsortClient, awaited
from vidsort.errors import ConflictError, NotFoundError, VidsortError

__all__ = ["serving"]

# How mypy has to see both clients; in the comments what it has to complain of.
TYPED = '''
from collections.abc import AsyncGenerator, Coroutine, Iterator
from pathlib import Path
from typing import Any, assert_type

from vidsort.api import contract
from vidsort.client import AsyncVidsortClient, VidsortClient


def waited(server: VidsortClient) -> None:
    assert_type(server.sort("1.mp4", "dance"), contract.SortAnswer)
    assert_type(server.videos(limit=3), contract.VideosAnswer)
    assert_type(server.poster("1.mp4"), bytes)
    assert_type(server.download("1.mp4", "x"), Path)
    assert_type(server.events(), Iterator[contract.State | contract.Moved])
    server.sort("1.mp4")  # call-arg
    server.videos(limit="3")  # arg-type


async def awaited(server: AsyncVidsortClient) -> None:
    assert_type(await server.sort("1.mp4", "dance"), contract.SortAnswer)
    asked: Coroutine[Any, Any, contract.VideosAnswer] = server.videos(limit=3)
    assert_type(await asked, contract.VideosAnswer)
    assert_type(await server.wait_for_retrain(), contract.RetrainStatus)
    assert_type(server.events(), AsyncGenerator[contract.State | contract.Moved, None])
    async for video in server.each_video():
        assert_type(video, contract.VideoEntry)
    await server.move("1.mp4", 3, "dance")  # arg-type
    server.undo()  # unused-coroutine
'''


def test_it_sorts_undoes_goes_through_pages_and_makes_a_table(serving, settings, monkeypatch):
    monkeypatch.setattr(awaited, "PAGE", 2)
    names = sorted(path.name for path in settings.data_dir.glob("*.mp4"))

    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address, browser="ann") as server:
            assert [video.filename async for video in server.each_video(order="filename")] == names
            answer = await server.sort(names[0], "dance")
            assert isinstance(answer, contract.SortAnswer)
            assert (settings.data_dir / "dance" / names[0]).is_file()
            assert (await server.history(limit=1)).moves[0].by == "ann"
            assert (await server.undo()).moves[0].state == "undone"
            assert (settings.data_dir / names[0]).is_file()
            table = await server.predictions()
            assert sorted(table["filename"]) == names
            # What is asked at the same time is answered in whichever order.
            asked = await asyncio.gather(server.me(), server.folders(), *(server.video(name) for name in names))
            assert [each.filename for each in asked[2:]] == names

    asyncio.run(ask(serving(settings)))


def test_events_come_while_the_program_does_something_else(serving, settings):
    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address) as server, contextlib.aclosing(server.events()) as events:
            first = await anext(events)
            assert isinstance(first, contract.State)
            name = (await server.videos()).videos[0].filename
            waiting = asyncio.ensure_future(anext(events))
            await server.sort(name, "dance")
            moved = await waiting
            assert isinstance(moved, contract.Moved)
            assert [move.source for move in moved.moves] == [name]
            assert (await anext(events)).total == first.total - 1

    asyncio.run(ask(serving(settings)))


def test_a_retrain_is_started_and_waited_for(serving, settings, monkeypatch):
    # Of what the steps do there are tests; here it counts that one ends.
    monkeypatch.setattr("vidsort.jobs.retrain.Retrain._run_step", lambda *_: asyncio.run(asyncio.sleep(0.2)))

    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address) as server:
            assert (await server.retrain()).status == "started"
            with pytest.raises(VidsortError, match="still runs after 0 s"):
                await server.wait_for_retrain(timeout_s=0, every_s=0)
            ended = await server.wait_for_retrain(timeout_s=30, every_s=0.02)
            assert (ended.running, ended.last_result) == (False, "success")

    asyncio.run(ask(serving(settings)))


@pytest.mark.programs
def test_videos_and_pictures_are_saved_and_nothing_is_written_over(serving, settings, tmp_path):
    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address) as server:
            name = (await server.videos()).videos[0].filename
            saved = await server.download(name, tmp_path / "saved.mp4")
            assert saved.read_bytes() == (settings.data_dir / name).read_bytes()
            with pytest.raises(ConflictError, match="is there already"):
                await server.download(name, saved)
            with pytest.raises(NotFoundError):
                await server.download("404.mp4", tmp_path / "none.mp4")
            assert not (tmp_path / "none.mp4").exists()
            assert (await server.poster(name))[:4] == b"RIFF"
            assert "vidsort_" in await server.metrics()

    asyncio.run(ask(serving(settings)))


def test_errors_are_the_servers_sentences_and_who_asks_is_said(serving, settings):
    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address, PASSWORD) as server:
            with pytest.raises(NotFoundError, match="404"):
                await server.sort("404.mp4", "dance")
        async with AsyncVidsortClient(address) as stranger:
            with pytest.raises(VidsortError, match=r"(?i)password"):
                await stranger.videos()
            with pytest.raises(VidsortError, match=r"(?i)password"):
                await anext(stranger.events())

    asyncio.run(ask(serving(settings.model_copy(update={"password": SecretStr(PASSWORD)}))))
    with pytest.raises(TypeError, match="one of them"):
        AsyncVidsortClient(password=PASSWORD, token="vidsort_secret")


def test_where_no_server_is_the_error_says_how_to_start_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def ask() -> None:
        async with AsyncVidsortClient(f"http://127.0.0.1:{port}") as server:
            with pytest.raises(VidsortError, match="vidsort serve"):
                await server.videos()

    asyncio.run(ask())


def test_a_save_that_is_given_up_leaves_no_half_of_a_video(serving, settings, tmp_path, monkeypatch):
    async def ask(address: str) -> None:
        async with AsyncVidsortClient(address) as server:
            name = (await server.videos()).videos[0].filename
            with anyio.CancelScope() as scope:
                # Not of anyio itself, which the server's threads are of, too.
                monkeypatch.setattr(awaited, "to_thread", SimpleNamespace(run_sync=lambda *_: cancelled(scope)))
                await server.download(name, tmp_path / "half.mp4")
            assert scope.cancelled_caught

    async def cancelled(scope: anyio.CancelScope) -> None:
        scope.cancel()
        await anyio.sleep_forever()

    asyncio.run(ask(serving(settings)))
    assert not (tmp_path / "half.mp4").exists()


@pytest.mark.storm
def test_both_clients_have_the_types_that_the_schema_has(tmp_path):
    path = Path(tmp_path / "typed.py")
    path.write_text(TYPED, encoding="utf-8")
    flags = ["--config-file", ROOT / "pyproject.toml", "--cache-dir", tmp_path / "kept"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *flags, path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    wanted = [
        f"typed.py:{number}: {line.rpartition('# ')[2]}"
        for number, line in enumerate(TYPED.splitlines(), 1) if "  # " in line
    ]
    found = [
        f"{line.split(':')[0].rpartition('/')[2]}:{line.split(':')[1]}: {line.rpartition('[')[2].rstrip(']')}"
        for line in done.stdout.splitlines() if ": error:" in line
    ]
    assert found == wanted, done.stdout
