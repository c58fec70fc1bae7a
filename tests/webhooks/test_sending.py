"""What is not taken is sent again as the same message, given up after some tries, and never waited for."""

import logging

import pytest
from receiving import SECRET, receiving

from vidsort.settings import Webhook
from vidsort.webhooks import sending as sending_module
from vidsort.webhooks.sending import PAUSES_S, Sending, Waiting


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def sender(receiver):
    """`sender(**how)`: (a started Sending to the receiver, what came of its messages); stopped at the end."""
    made = []

    def start(**how):
        outcomes: list[str] = []
        address = f"{receiver.address}/token"
        one = Sending(Webhook(url=address, secret=SECRET), outcomes.append, **how)
        one.start()
        made.append(one)
        return one, outcomes

    yield start
    receiver.is_open.set()
    for one in made:
        one.stop()
        assert not one._thread.is_alive()


def message(number: int) -> Waiting:
    return Waiting("filed", f"id {number}", str(number).encode())


def test_what_is_refused_twice_is_taken_the_third_time_as_the_same_message(sender, receiver, eventually):
    receiver.answers = [500, 302]
    one, outcomes = sender(pauses_s=(0.01, 0.01, 0.01))
    one.put(message(1))
    one.put(message(2))
    assert eventually(lambda: len(outcomes) == 2)
    assert [(came.headers["x-vidsort-id"], came.body) for came in receiver.came] == [
        ("id 1", b"1"), ("id 1", b"1"), ("id 1", b"1"), ("id 2", b"2"),
    ]
    assert outcomes == ["sent", "sent"]


def test_waits_grow():
    assert list(PAUSES_S) == sorted(set(PAUSES_S))
    assert len(PAUSES_S) >= 3


def test_what_is_never_taken_is_given_up_and_told_without_secret_or_path(sender, receiver, eventually, caplog):
    receiver.answers = [500, 503, 404]
    one, outcomes = sender(pauses_s=(0.01, 0.01))
    one.put(message(1))
    one.put(message(2))
    assert eventually(lambda: outcomes == ["failed", "sent"])
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("The event filed (id 1) was not taken by http://127.0.0.1:")
    assert told.endswith("in 3 tries, and is not sent again: it answered 404.")
    assert "token" not in told
    assert SECRET not in told


def test_where_too_many_wait_what_comes_is_dropped_at_once_and_that_is_said(sender, receiver, eventually, caplog):
    receiver.is_open.clear()
    one, outcomes = sender(most_waiting=2)
    one.put(message(0))
    assert eventually(lambda: receiver.came)
    for number in range(1, 6):
        one.put(message(number))
    assert outcomes == ["dropped"] * 3
    receiver.is_open.set()
    assert eventually(lambda: outcomes.count("sent") == 3)
    one.put(message(6))
    assert eventually(lambda: outcomes.count("sent") == 4)
    assert [came.body for came in receiver.came] == [b"0", b"1", b"2", b"6"]
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("2 messages wait for http://127.0.0.1")
    assert second.startswith("3 messages were not sent to http://127.0.0.1")


def test_a_stop_sends_what_waits_without_waiting_to_try_again(sender, receiver):
    receiver.answers = [500]
    one, outcomes = sender(pauses_s=(600,))
    one.put(message(1))
    one.put(message(2))
    one.stop()
    assert sorted(outcomes) == ["failed", "sent"]


def test_a_stop_does_not_wait_for_a_receiver_that_is_slow_and_says_what_is_left(sender, receiver, monkeypatch, caplog):
    monkeypatch.setattr(sending_module, "STOP_S", 0.05)
    receiver.is_open.clear()
    one, _ = sender()
    for number in range(3):
        one.put(message(number))
    one.stop()
    assert one._thread.is_alive()
    assert any("The server stops: " in record.getMessage() for record in caplog.records)
    receiver.is_open.set()
    one._thread.join(10)
    assert len(receiver.came) == 1


def test_an_error_that_nobody_foresaw_ends_nothing(sender, receiver, eventually, monkeypatch, caplog):
    calls = []

    def send(*values):
        calls.append(values)
        if len(calls) == 1:
            raise RuntimeError("unforeseen")

    monkeypatch.setattr(sending_module, "send", send)
    one, outcomes = sender()
    with caplog.at_level(logging.ERROR):
        one.put(message(1))
        one.put(message(2))
        assert eventually(lambda: outcomes == ["sent"])
    assert "could not be sent" in caplog.text
    assert SECRET not in caplog.text
