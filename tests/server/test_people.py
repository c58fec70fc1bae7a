"""Several people on one server by its API: what each may do, whose it is, and what is only the own."""

import pytest
from fastapi.testclient import TestClient
from peopled import write_people

from vidsort.accounts import Role
from vidsort.server.web import create_app

PEOPLE = {"vera": Role.VIEWER, "rita": Role.REVIEWER, "ruth": Role.REVIEWER, "adam": Role.ADMIN}


class Somebody:
    """Who asks with a token of the own."""

    def __init__(self, client: TestClient, name: str) -> None:
        self._client, self._headers = client, {"authorization": f"Bearer vidsort_{name}", "x-vidsort-browser": name}

    def ask(self, method: str, path: str, **body):
        return self._client.request(method, f"/api/{path}", json=body or None, headers=self._headers)

    def get(self, path: str):
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body):
        return self.ask("POST", path, **body)


@pytest.fixture
def somebody(settings, tmp_path, monkeypatch):
    """`somebody(name)`: whoever has the token of this name."""
    (tmp_path / "vidsort.toml").touch()
    monkeypatch.chdir(tmp_path)
    write_people(tmp_path / "users.toml", "vera", tokens={
        f"{name}s-script": (role, f"vidsort_{name}") for name, role in PEOPLE.items()
    })
    client = TestClient(create_app(settings), "http://127.0.0.1")
    return lambda name: Somebody(client, name)


@pytest.fixture
def names(somebody) -> list[str]:
    return [video["filename"] for video in somebody("vera").get("videos")["videos"]]


def test_everybody_is_told_who_they_are_and_what_that_one_does(somebody):
    for name, role in PEOPLE.items():
        assert somebody(name).get("me") == {"name": f"{name}s-script", "role": role, "how": "token", "does": role.does}


def test_the_history_has_the_account_and_the_browser(somebody, names):
    assert somebody("rita").post("sort", filename=names[0], folder="food").status_code == 200
    move = somebody("vera").get("history")["moves"][0]
    assert (move["account"], move["by"], move["state"]) == ("ritas-script", "rita", "done")
    assert somebody("adam").post("undo").status_code == 200
    move = somebody("vera").get("history/actions")["actions"][0]["move"]
    assert (move["account"], move["by"], move["state"]) == ("adams-script", "adam", "undone")


def test_a_reviewer_takes_back_only_the_own_and_an_admin_anybodys(somebody, names):
    rita, ruth, adam = map(somebody, ("rita", "ruth", "adam"))
    own = rita.post("sort/batch", moves=[{"filename": name, "folder": "food"} for name in names[:2]]).json()["batch"]
    ruth.post("sort", filename=names[2], folder="dance")
    other = rita.get("history")["moves"][0]["id"]
    refused = rita.post("undo", id=other)
    assert refused.status_code == 403
    assert refused.json()["detail"] == (
        "That was done by ruths-script, and ritas-script takes back only the own: ask an admin."
    )
    assert {move["source"] for move in rita.post("undo").json()["moves"]} == set(names[:2])
    assert rita.post("undo").status_code == 409
    assert ruth.post("redo").status_code == 409
    assert {move["source"] for move in rita.post("redo").json()["moves"]} == set(names[:2])
    assert ruth.post("undo", batch=own).status_code == 403
    assert adam.post("undo", batch=own).status_code == 200
    assert adam.post("undo", id=other).status_code == 200
    assert rita.post("redo").status_code == 409, "what an admin took back is the admin's"


def test_a_folder_is_an_admins_to_make_also_by_a_batch(somebody, names):
    wanted = {"moves": [{"filename": names[0], "folder": "new"}], "makes": "new"}
    refused = somebody("rita").post("sort/batch", **wanted)
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("Making a folder is for an admin, and ritas-script is a reviewer")
    assert names[0] in [video["filename"] for video in somebody("vera").get("videos")["videos"]]
    assert somebody("adam").post("sort/batch", **wanted).status_code == 200
    assert somebody("rita").post("undo").status_code == 409


def test_who_only_watches_keeps_no_card_from_those_who_sort(somebody, names):
    watched = somebody("vera").get("queue?order=filename")
    assert len(watched["videos"]) == len(names)
    assert somebody("rita").get("queue?order=filename")["videos"][0]["filename"] == names[0]
    assert somebody("ruth").get("queue?order=filename")["elsewhere"] == 2
    assert len(somebody("vera").get("queue?order=filename")["videos"]) == len(names), "and sees all of them"


def test_what_a_page_prefers_is_an_accounts_own(somebody):
    assert somebody("rita").ask("PUT", "preferences", order="oldest").status_code == 200
    assert somebody("rita").get("preferences")["order"] == "oldest"
    assert somebody("ruth").get("preferences").get("order") is None


def test_the_schema_says_how_to_sign_in_and_who_may_ask_for_what(somebody):
    schema = somebody("vera")._client.get("/openapi.json", headers=somebody("vera")._headers).json()
    schemes = schema["components"]["securitySchemes"]
    assert (schemes["token"]["scheme"], schemes["session"]["name"]) == ("bearer", "vidsort_session")
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert {} in operation["security"], path
            assert {"token": []} in operation["security"], path
            assert "403" in operation["responses"], path
            assert operation["description"].endswith(f"For {Role(operation['x-vidsort-role']).spoken}."), (method, path)
    assert schema["paths"]["/api/retrain"]["post"]["x-vidsort-role"] == "admin"
    assert schema["paths"]["/api/sort"]["post"]["x-vidsort-role"] == "reviewer"
