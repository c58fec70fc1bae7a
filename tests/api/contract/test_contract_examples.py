"""Each schema has an example that is one of it, and what the examples of bodies ask for a real server does."""

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from pydantic import TypeAdapter
from test_client import routes, serving

from vidsort.accounts import Role
from vidsort.api import contract
from vidsort.api.contract import events, filing, folders, jobs, library, moves, review, videos, webhooks
from vidsort.api.contract.examples import ANOTHER, BATCH, EXAMPLES, SORTED, VIDEO
from vidsort.artifacts import ModelVersion
from vidsort.pile.pace import Agreement
from vidsort.records import Action, Folder, FolderScore, LeftOut, Move
from vidsort.settings import load_settings

__all__ = ["serving"]

ROOMS = (contract, events, filing, folders, jobs, library, moves, review, videos, webhooks)
LENT = (Action, Agreement, Folder, FolderScore, LeftOut, ModelVersion, Move, Role)
ELSEWHERE = {each.__name__: each for each in LENT}
# What stands for a name in a path that a body is sent to.
NAMES = {"name": "soccer"}


def model_of(name: str) -> Any:
    return next((getattr(room, name) for room in ROOMS if hasattr(room, name)), None) or ELSEWHERE[name]


@pytest.fixture
def schema(settings) -> dict[str, Any]:
    app, workspace = routes(settings)
    workspace.stop()
    return app.openapi()


def misfits(schema: dict[str, Any], name: str, told: object) -> list[str]:
    """What of this does not fit the schema of this name."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": schema["components"]}
    return [str(each) for each in jsonschema_rs.Draft202012Validator(whole).iter_errors(told)]


def test_each_example_is_one_of_its_model_and_of_its_schema(schema):
    for name, example in EXAMPLES.items():
        TypeAdapter(model_of(name)).validate_json(json.dumps(example))
        assert misfits(schema, name, example) == [], name
        assert set(schema["components"]["schemas"][name].get("required", ())) <= set(example), name


def test_an_example_says_nothing_that_its_model_does_not_know():
    """A key that was renamed would stay in the example, as answers let keys be that they do not know."""
    for name, example in EXAMPLES.items():
        fields = getattr(model_of(name), "model_fields", None)
        if fields is not None:
            assert set(example) <= {field.alias or key for key, field in fields.items()}, name


def test_what_is_no_example_is_told(schema):
    assert misfits(schema, "SortBody", {"filename": VIDEO})
    assert misfits(schema, "Folder", {"name": "soccer", "count": "many"})


@pytest.fixture
def example_server(tmp_path, monkeypatch, serving):
    """`example_server()`: (address, folder) of a server on a library that has the names of the examples."""
    made = []

    def start() -> tuple[str, Path]:
        home = tmp_path / str(len(made))
        made.append(home)
        for number, place in enumerate((VIDEO, ANOTHER, f"soccer/{SORTED}", "food/7100000000000043.mp4")):
            path = home / "library" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(number.to_bytes(8, "big"))
        (home / "another").mkdir()
        (home / "vidsort.toml").write_text('data_dir = "library"\nartifacts_dir = "artifacts"\n', encoding="utf-8")
        monkeypatch.chdir(home)
        return serving(load_settings()), home

    return start


def as_it_is_there(body: Any, home: Path, batch: str) -> Any:
    """The example with what only a server can know in the place of what stands for it."""
    text = json.dumps(body).replace(BATCH, batch)
    there = json.loads(text)
    return there | {"path": str(home / "another")} if "path" in there else there


def test_what_the_examples_of_bodies_ask_for_is_done_and_answered_as_the_schema_says(schema, example_server):
    asked = []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if "requestBody" not in operation:
                continue
            shape = operation["requestBody"]["content"]["application/json"]["schema"]
            reference = shape.get("$ref") or next(each["$ref"] for each in shape["anyOf"] if "$ref" in each)
            address, home = example_server()
            with httpx.Client(base_url=address, headers={contract.BROWSER_HEADER: "example"}, timeout=30) as client:
                batch = "nothing was moved"
                if "undo" in path:
                    done = client.post("/api/sort/batch", json={"moves": [{"filename": VIDEO, "folder": "soccer"}]})
                    batch = done.json()["batch"]
                body = as_it_is_there(EXAMPLES[reference.rpartition("/")[2]], home, batch)
                answer = client.request(method, path.format(**NAMES), json=body)
            assert answer.is_success, (method, path, answer.text)
            told = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]["$ref"]
            assert misfits(schema, told.rpartition("/")[2], answer.json()) == [], (method, path)
            # All that was wished for, not some of it.
            assert answer.json().get("success", True), (method, path, answer.text)
            asked.append((method, path))
    assert {("post", "/api/sort"), ("post", "/api/undo"), ("put", "/api/library/names")} <= set(asked)
    assert len(asked) >= 16
