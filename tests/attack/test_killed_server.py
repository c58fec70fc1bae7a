"""A server that is killed at any moment, while several people sort through it, has lost nothing when it is back."""

import contextlib
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from attacking import longer
from killed import undo_all
from places import apart, tree

from vidsort.library import scan
from vidsort.library.moves.mover import Mover
from vidsort.settings import Settings
from vidsort.store import open_database

ROUNDS, PEOPLE, VIDEOS = 2, 4, 300
FOLDERS = ("food", "soccer", "tennis")
LONGEST_S = 3.0
# One of each three is sorted with two files beside it.
SIDECARS = (".info.json", ".srt")


@pytest.fixture
def crowded(tmp_path) -> Settings:
    settings = Settings(data_dir=tmp_path / "videos", artifacts_dir=tmp_path / "artifacts")
    for folder in FOLDERS:
        (settings.data_dir / folder).mkdir(parents=True)
    for number in range(VIDEOS):
        for ending in (".mp4", *(SIDECARS if number % 3 == 0 else ())):
            (settings.data_dir / f"{number}{ending}").write_text(f"{number}{ending}")
    return settings


@contextlib.contextmanager
def served(settings: Settings, log: Path, eventually) -> Iterator[tuple[str, subprocess.Popen]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{address}/healthz").status_code == 200
        return False

    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "vidsort", "serve", *settings.as_flags(), "--port", str(port)],
            stdout=said, stderr=said,
        )
    try:
        eventually(answers, 60)
        yield address, server
    finally:
        server.kill()
        server.wait()


def review(address: str, chance: random.Random, done: list[int]) -> None:
    """What one person does until the server is gone; an answer of 500 or more is a failure."""
    numbers = [f"{number}.mp4" for number in range(VIDEOS)]
    with contextlib.suppress(httpx.TransportError), httpx.Client(base_url=address, timeout=30) as client:
        while True:
            name, folder, other = chance.choice(numbers), chance.choice(FOLDERS), chance.choice([*FOLDERS, None])
            path, body = chance.choice([
                ("/api/sort", {"filename": name, "folder": folder}),
                ("/api/sort", {"filename": name, "folder": folder}),
                ("/api/move", {"filename": name, "from": folder, "to": other}),
                ("/api/undo", None),
                ("/api/redo", None),
                ("/api/folders", {"name": f"new {chance.randrange(20)}"}),
            ])
            answer = client.post(path, json=body)
            assert answer.status_code < 500, f"{path} {body}: {answer.text}"
            assert answer.status_code != 422, f"{path} {body}: {answer.text}"
            done.append(answer.status_code)


@pytest.mark.storm
@pytest.mark.timeout(1800)
def test_a_server_killed_at_any_moment_has_lost_nothing(crowded, tmp_path, eventually, attacked):
    before, kills, sorted_ok = tree(crowded.data_dir), longer(ROUNDS), 0
    for turn in range(kills):
        chance = random.Random(turn)
        with served(crowded, tmp_path / f"{turn}.log", eventually) as (address, server):
            done: list[list[int]] = [[] for _ in range(PEOPLE)]
            people = [
                threading.Thread(target=review, args=(address, random.Random(f"{turn} {who}"), done[who]))
                for who in range(PEOPLE)
            ]
            for person in people:
                person.start()
            time.sleep(chance.uniform(0.05, LONGEST_S))
            server.kill()
            for person in people:
                person.join()
            sorted_ok += sum(each.count(200) for each in done)
        with contextlib.closing(open_database(crowded.artifacts_dir)) as database:
            Mover(crowded.data_dir, database).recover()
        now = tree(crowded.data_dir)
        assert sorted(filter(None, now.values())) == sorted(filter(None, before.values()))
        assert apart(crowded.data_dir) == []
    with contextlib.closing(open_database(crowded.artifacts_dir)) as database:
        mover = Mover(crowded.data_dir, database)
        assert {move.state for move in mover.history(10_000)} <= {"done", "undone"}
        undo_all(mover)
    assert tree(crowded.data_dir) == before
    assert len(scan(crowded.data_dir).unsorted) == VIDEOS
    assert sorted_ok > kills
    attacked("a server killed at random", kills)
    attacked("changes made by people before it was killed", sorted_ok)
