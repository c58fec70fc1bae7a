"""What docs/webhooks.md says: its example of ten lines tells what a server has sent from what it has not."""

import json
import re
import tomllib

import pytest
from conftest import ROOT
from receiving import receiving

from vidsort.api.contract.webhooks import MovesTold
from vidsort.settings import Settings, Webhook
from vidsort.settings.webhooks import EVENTS
from vidsort.webhooks.message import client, send
from vidsort.webhooks.sending import MOST_WAITING, PAUSES_S, STOP_S

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture
def webhook() -> Webhook:
    (made,) = Settings(**tomllib.loads(block("toml"))).webhooks
    return made


def test_the_example_takes_what_was_sent_and_nothing_that_was_changed(webhook):
    names: dict = {}
    exec(block("python"), names)
    assert len([line for line in block("python").splitlines() if line]) <= 10
    is_from_vidsort = names["is_from_vidsort"]
    with receiving() as receiver, client() as by:
        assert send(by, webhook.model_copy(update={"url": receiver.address}), "1", block("json").encode()) is None
        (came,) = receiver.came
    headers = {f"X-Vidsort-{name}": came.headers[f"x-vidsort-{name.lower()}"] for name in ("Timestamp", "Signature")}
    assert is_from_vidsort(headers, came.body)
    assert not is_from_vidsort(headers, came.body + b" ")
    at = int(headers["X-Vidsort-Timestamp"])
    assert not is_from_vidsort(headers | {"X-Vidsort-Timestamp": str(at + 1)}, came.body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names["time"], "time", lambda: at + 301)
        assert not is_from_vidsort(headers, came.body)
    names["SECRET"] = b"another that nobody knows"
    assert not is_from_vidsort(headers, came.body)


def test_the_message_on_the_page_is_one():
    told = MovesTold.model_validate(json.loads(block("json")))
    assert told.data.moves[0].target.startswith("soccer/")


def test_the_numbers_on_the_page_are_those_of_the_code():
    first = ", ".join(f"{pause:g}" for pause in PAUSES_S[:-1])
    assert f"after {first} and {PAUSES_S[-1]:g} s" in PAGE
    assert f"where {MOST_WAITING} wait" in PAGE.replace("\n", " ")
    assert f"for {STOP_S:g} s at the most" in PAGE.replace("\n", " ")
    assert all(f"| `{event}` |" in PAGE for event in EVENTS)
