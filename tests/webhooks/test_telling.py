"""Events of a real server arrive at a real receiver, once, signed, and nobody who sorts waits for them."""

import json
import threading

import pytest
from receiving import SECRET, receiving

from vidsort.api.contract.webhooks import MovesTold, RetrainTold
from vidsort.api.workspace import Workspace
from vidsort.errors import ArtifactError
from vidsort.settings import Webhook
from vidsort.store.jobs import Jobs
from vidsort.webhooks import Telling
from vidsort.webhooks import telling as telling_module
from vidsort.webhooks.message import signature

NAMES = ("71000000000000000.mp4", "71000000000000100.mp4", "71000000000000200.mp4")


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch):
    monkeypatch.setattr(telling_module, "LOOK_S", 0.02)


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def telling(settings):
    """`telling(*addresses, events=...)`: the workspace of a server process that tells these; stopped at the end."""
    running = []

    def start(*addresses: str, **chosen) -> Workspace:
        webhooks = tuple(Webhook(url=address, secret=SECRET, **chosen) for address in addresses)
        workspace = Workspace(settings.model_copy(update={"webhooks": webhooks}))
        workspace.start()
        one = Telling(workspace)
        one.start()
        running.append((one, workspace))
        return workspace

    start.running = running
    yield start
    for one, workspace in running:
        one.stop()
        workspace.stop()


def events(receiver) -> list[str]:
    return [json.loads(came.body)["event"] for came in receiver.came]


def sources(receiver) -> list[str]:
    return [move["source"] for came in receiver.came for move in json.loads(came.body)["data"]["moves"]]


def test_each_event_arrives_signed_with_what_the_stream_has(telling, receiver, eventually):
    workspace = telling(receiver.address)
    mover, jobs = workspace.library.mover, Jobs(workspace.database)
    mover.sort(NAMES[0], "dance")
    assert eventually(lambda: events(receiver) == ["filed"])
    mover.move(NAMES[0], "dance", "food")
    assert eventually(lambda: events(receiver)[1:] == ["moved"])
    mover.undo()
    assert eventually(lambda: events(receiver)[2:] == ["taken_back"])
    jobs.end(jobs.begin(workspace.library.history), "success")
    assert eventually(lambda: events(receiver)[3:] == ["retrained"])
    for came in receiver.came:
        told = (RetrainTold if b'"retrained"' in came.body else MovesTold).model_validate_json(came.body)
        assert came.headers["x-vidsort-id"] == told.id
        timestamp = came.headers["x-vidsort-timestamp"]
        assert came.headers["x-vidsort-signature"] == signature(SECRET, timestamp, came.body)
        assert told.time.endswith("+00:00")
    first = MovesTold.model_validate_json(receiver.came[0].body)
    assert [(move.source, move.target) for move in first.data.moves] == [(NAMES[0], f"dance/{NAMES[0]}")]


def test_only_what_was_asked_for_is_told_and_each_address_has_its_own(telling, receiver, eventually):
    with receiving() as other:
        workspace = telling(receiver.address, other.address, events=("taken_back",))
        workspace.library.mover.sort(NAMES[0], "dance")
        workspace.library.mover.undo()
        assert eventually(lambda: receiver.came and other.came)
        assert events(receiver) == events(other) == ["taken_back"]
        ids = [json.loads(each.came[0].body)["id"] for each in (receiver, other)]
        assert ids[0] == ids[1]


def test_who_sorts_does_not_wait_for_a_receiver_that_does_not_answer(telling, receiver, eventually):
    """By order, not by time: all is sorted and taken back while the first message is still being sent."""
    workspace = telling(receiver.address)
    receiver.is_open.clear()
    workspace.library.mover.sort(NAMES[0], "dance")
    assert eventually(lambda: len(receiver.came) == 1)
    workspace.library.mover.sort(NAMES[1], "dance")
    workspace.library.mover.undo()
    workspace.library.mover.sort(NAMES[2], "food")
    assert len(receiver.came) == 1, "the first was answered by nobody yet"
    receiver.is_open.set()
    assert eventually(lambda: set(sources(receiver)) == set(NAMES))


def test_one_address_does_not_wait_for_another_that_does_not_answer(telling, receiver, eventually):
    with receiving() as other:
        workspace = telling(receiver.address, other.address)
        receiver.is_open.clear()
        for name in NAMES:
            workspace.library.mover.sort(name, "food")
            assert eventually(lambda sorted_now=name: sorted_now in sources(other))
        assert len(receiver.came) == 1
        receiver.is_open.set()
        assert eventually(lambda: set(sources(receiver)) == set(NAMES))


def test_of_several_processes_one_tells_and_another_takes_over_when_that_ends(telling, receiver, eventually):
    first, second = telling(receiver.address), telling(receiver.address)
    first.library.mover.sort(NAMES[0], "dance")
    second.library.mover.sort(NAMES[1], "dance")
    assert eventually(lambda: sorted(sources(receiver)) == sorted(NAMES[:2]))
    one, workspace = telling.running.pop(0)
    one.stop()
    workspace.stop()
    (other, _), = telling.running
    assert eventually(lambda: other._lock is not None and other._mark is not None)
    second.library.mover.sort(NAMES[2], "food")
    assert eventually(lambda: NAMES[2] in sources(receiver))
    assert sorted(sources(receiver)) == sorted(NAMES), "each once"


def test_what_happened_right_before_a_stop_is_told(telling, receiver):
    workspace = telling(receiver.address)
    workspace.library.mover.sort(NAMES[0], "dance")
    one, _ = telling.running.pop()
    one.stop()
    workspace.stop()
    assert events(receiver) == ["filed"]


def test_what_happened_before_the_start_is_not_told(telling, settings, receiver, eventually):
    before = Workspace(settings)
    before.library.mover.sort(NAMES[0], "dance")
    before.stop()
    workspace = telling(receiver.address)
    workspace.library.mover.sort(NAMES[1], "food")
    assert eventually(lambda: receiver.came)
    assert NAMES[0].encode() not in receiver.came[0].body


def test_without_webhooks_nothing_runs_and_no_lock_is_made(telling, settings):
    telling()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("webhook")]
    assert not list(settings.artifacts_dir.rglob("webhooks.lock"))


def test_a_database_that_cannot_be_read_is_told_once_and_loses_nothing(
    telling, receiver, eventually, monkeypatch, caplog
):
    workspace = telling(receiver.address)
    tries = []

    def broken(*_):
        tries.append(1)
        raise ArtifactError("The database is away: see that its disk is there.")

    with monkeypatch.context() as patch:
        patch.setattr(telling_module, "mark_of", broken)
        workspace.library.mover.sort(NAMES[0], "dance")
        assert eventually(lambda: len(tries) > 3)
    assert eventually(lambda: events(receiver) == ["filed"])
    told = [record.getMessage() for record in caplog.records if "webhooks" in record.getMessage()]
    assert len(told) == 1
    assert "is away" in told[0]
