"""The document at /openapi.json is one that a stranger can use: all in it has words, and events have types."""

import re

import pytest
from test_routes import client, make_client

from vidsort.api.routes.schema import TAGS
from vidsort.server.entrance import COOKIE
from vidsort.settings.webhooks import EVENTS
from vidsort.webhooks.message import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER

__all__ = ["client", "make_client"]

# Besides the answer that is wished for: from anywhere, by the guard or a disk.
ALWAYS = {"400", "401", "403", "413", "429", "500", "503"}


@pytest.fixture
def document(client) -> dict:
    return client.get("/openapi.json").json()


def operations(document: dict) -> list[tuple[str, dict]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, found in document["paths"].items() for method, operation in found.items()
    ]


def is_sentence(text: str) -> bool:
    return bool(re.match(r"[A-Z`]", text)) and len(text.split()) > 3


def test_every_operation_has_words_a_tag_and_a_way_to_say_who_asks(document):
    schemes = document["components"]["securitySchemes"]
    for name, operation in operations(document):
        made_up = operation["operationId"].split("_api_")[0].replace("_", " ")
        assert operation["summary"].lower() != made_up, f"{name}: say in words what it does, by summary="
        assert len(operation["summary"].split()) > 1, name
        assert not operation["summary"].endswith("."), name
        assert is_sentence(operation["description"]), f"{name}: it needs a docstring"
        assert operation["tags"], name
        named = {scheme for way in operation["security"] for scheme in way}
        assert named == set(schemes), name
    assert schemes["token"]["scheme"] == "bearer"
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", COOKIE)
    assert all(scheme["description"] for scheme in schemes.values())


def test_summaries_tell_operations_apart(document):
    summaries = [operation["summary"] for _, operation in operations(document)]
    assert sorted(summaries) == sorted(set(summaries))


def test_every_tag_is_described_and_used(document):
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    asked_of_others = [("", operation) for found in document["webhooks"].values() for operation in found.values()]
    used = {tag for _, operation in [*operations(document), *asked_of_others] for tag in operation["tags"]}
    assert set(described) == used == set(TAGS), "say in TAGS what the routes of a subject are for"
    assert all(is_sentence(text) for text in described.values())


def test_every_status_has_words_and_every_error_a_sentence_in_detail(document):
    for name, operation in operations(document):
        assert set(operation["responses"]) >= ALWAYS, name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            if status[0] in "45":
                shape = answer["content"]["application/json"]["schema"]
                told = [shape] if "$ref" in shape else shape["anyOf"]
                for reference in told:
                    model = document["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
                    assert "detail" in model["properties"], (name, status)


def test_every_schema_has_words_and_an_example(document):
    for name, shape in document["components"]["schemas"].items():
        assert is_sentence(shape["description"]), name
        assert shape.get("examples"), f"{name}: give it a row in api/contract/examples.py"


def test_each_event_has_a_name_and_says_what_it_holds(document):
    answers = document["paths"]["/api/events"]["get"]["responses"]
    told = answers["200"]["content"]["text/event-stream"]["itemSchema"]
    assert told["discriminator"]["propertyName"] == "event"
    components = document["components"]["schemas"]
    held = {}
    for reference in told["oneOf"]:
        event = components[reference["$ref"].rpartition("/")[2]]["properties"]
        held[event["event"]["const"]] = event["data"]["contentSchema"]["$ref"].rpartition("/")[2]
    assert held == {"state": "State", "moved": "Moved"}
    assert set(held.values()) <= set(components)


def test_what_is_sent_to_webhooks_is_told_too(document):
    assert set(document["webhooks"]) == set(EVENTS)
    for name, found in document["webhooks"].items():
        operation = found["post"]
        assert is_sentence(operation["description"]), name
        assert {each["name"] for each in operation["parameters"]} == {ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER}
        assert set(operation["responses"]) == {"204", "default"}
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        event = document["components"]["schemas"][reference]["properties"]["event"]
        assert name in event.get("enum", [event.get("const")])


def test_asked_twice_it_says_the_same(client):
    assert client.get("/openapi.json").json() == client.get("/openapi.json").json()
