"""A message is signed, and goes to the address that is set and nowhere else."""

import hashlib
import hmac
import json

import pytest
from receiving import SECRET, receiving

from vidsort.api.contract.webhooks import MovesTold
from vidsort.settings import Webhook
from vidsort.webhooks.message import body_of, client, send, signature


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


def to(address: str) -> Webhook:
    return Webhook(url=address, secret=SECRET)


def sent(address: str, body: bytes = b"{}") -> str | None:
    with client() as by:
        return send(by, to(address), "an id", body)


def test_a_message_arrives_signed_and_its_signature_is_of_this_time_and_this_body(receiver):
    assert sent(receiver.address, b'{"event": "filed"}') is None
    (came,) = receiver.came
    timestamp, given = came.headers["x-vidsort-timestamp"], came.headers["x-vidsort-signature"]
    assert (came.path, came.body, came.headers["x-vidsort-id"]) == ("/hook", b'{"event": "filed"}', "an id")
    assert came.headers["content-type"] == "application/json"
    whole = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + came.body, hashlib.sha256).hexdigest()
    assert given == f"sha256={whole}" == signature(SECRET, timestamp, came.body)
    others = (SECRET, timestamp, b"{}"), (SECRET, "1", came.body), ("x" * 16, timestamp, came.body)
    assert given not in [signature(*other) for other in others]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver, status):
    with receiving() as elsewhere:
        receiver.answers, receiver.headers = [status], {"location": elsewhere.address}
        assert f"answered {status}, and is not followed" in sent(receiver.address)
        receiver.answers, receiver.headers = [status], {"location": "/other"}
        assert "not followed" in sent(receiver.address)
        assert elsewhere.came == []
    assert [came.path for came in receiver.came] == ["/hook", "/hook"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_used(receiver, monkeypatch, variable):
    monkeypatch.setenv("NO_PROXY", "")
    with receiving() as proxy:
        monkeypatch.setenv(variable, proxy.address)
        assert sent(receiver.address) is None
        assert proxy.came == []
    assert len(receiver.came) == 1


@pytest.mark.parametrize(("status", "why"), [(200, None), (204, None), (404, "it answered 404"), (500, "answered 500")])
def test_only_a_success_is_one(receiver, status, why):
    receiver.answers = [status]
    told = sent(receiver.address)
    assert told is why is None or why in told


def test_who_is_not_there_is_told_without_the_path_of_the_address(receiver):
    address = receiver.address.replace("/hook", "/token")
    with receiving() as gone:
        address = gone.address.replace("/hook", "/token")
    told = sent(address)
    assert told.startswith("it could not be reached (")
    assert "token" not in told


def test_a_name_that_is_no_unicode_can_be_told():
    move = {"id": 1, "batch": "b", "kind": "sort", "source": "\udcff.mp4", "target": "a", "state": "done", "at": 1.0}
    told = MovesTold.model_validate({"id": "i", "event": "filed", "time": "t", "data": {"moves": [move]}})
    assert json.loads(body_of(told))["data"]["moves"][0]["source"] == "\udcff.mp4"
