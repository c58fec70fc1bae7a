"""Signing in by name: who is let in, for how long, and that every server process says the same."""

import asyncio
from http.cookies import SimpleCookie

import pytest
from peopled import PASSWORDS, quick_hash, write_people
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from vidsort.accounts import PERSON, Accounts, Role
from vidsort.accounts.users_file import Account, changing
from vidsort.api.routes import EVERYBODY, ROLES
from vidsort.server.entrance import COOKIE, Entrance
from vidsort.server.entrance.throttle import FIRST_DELAY_S
from vidsort.server.guard import Guard
from vidsort.server.openings import Openings
from vidsort.settings import Settings
from vidsort.store import open_database

ONE = "the one password"
TOKEN = "vidsort_of-a-script"


async def inside(scope, receive, send):
    """What is guarded: says who asks."""
    person = PERSON.get()
    await JSONResponse([person.name, person.role, person.how])(scope, receive, send)


class Worker:
    """A server process on the same users.toml and the same database."""

    def __init__(self, home, password=None):
        self.database = open_database(home)
        entrance = Entrance(password, Accounts(home / "users.toml"), self.database)
        guard = Guard(inside, Settings(), entrance, Openings(ROLES, EVERYBODY))
        self.client = TestClient(guard, "http://127.0.0.1", follow_redirects=False)

    def sign_in(self, name, password=None, **sent):
        answer = self.client.post("/login", data={"name": name, "password": password or PASSWORDS[name]}, **sent)
        self.client.cookies.clear()
        return answer

    def session(self, name, password=None) -> dict[str, str]:
        answer = self.sign_in(name, password)
        assert (answer.status_code, answer.headers["location"]) == (303, "./")
        return {"cookie": f"{COOKIE}={SimpleCookie(answer.headers['set-cookie'])[COOKIE].value}"}

    def who(self, headers):
        """Who asks as the server knows it; the status where it lets nobody in."""
        answer = self.client.get("/", headers=headers)
        return answer.json() if answer.status_code == 200 else answer.status_code


@pytest.fixture
def home(tmp_path):
    write_people(tmp_path / "users.toml", tokens={"nightly": (Role.REVIEWER, TOKEN)})
    return tmp_path


@pytest.fixture
def worker(home):
    """`worker(password=None)`: another process."""
    started = []

    def start(password=None) -> Worker:
        started.append(Worker(home, password))
        return started[-1]

    yield start
    for each in started:
        each.database.close()


def test_who_signs_in_is_known_by_name_and_role_in_every_process(worker):
    here, there = worker(), worker()
    for name, role in (("vera", "viewer"), ("rita", "reviewer"), ("adam", "admin")):
        session = here.session(name)
        assert here.who(session) == there.who(session) == [name, role, "account"]
    assert here.who(there.session("VERA", PASSWORDS["vera"])) == ["vera", "viewer", "account"]


@pytest.mark.parametrize(("name", "password"), [
    ("vera", PASSWORDS["rita"]), ("vera", "xyzzy"), ("nobody", PASSWORDS["vera"]), ("nightly", TOKEN),
    ("", PASSWORDS["vera"]), ("?", "xyzzy"), ("<b>", "xyzzy"),
])
def test_a_name_and_a_password_that_do_not_belong_together_get_the_page_again_and_never_which_was_wrong(
    worker, name, password
):
    answer = worker().sign_in(name, password)
    assert answer.status_code == 401
    assert "This name and this password do not belong together. Try again." in answer.text
    assert "set-cookie" not in answer.headers
    assert "<b>" not in answer.text
    assert password not in answer.text


def test_for_a_name_that_there_is_not_a_password_is_looked_at_as_well(worker, monkeypatch):
    looked = []
    monkeypatch.setattr("vidsort.server.entrance.entrance.is_password_of", lambda *given: looked.append(given))
    worker().sign_in("nobody", "x")
    assert looked == [(None, "x")]


def test_a_session_ends_with_the_logout_in_every_process_and_no_other_does(worker):
    here, there = worker(), worker()
    ended, other = here.session("rita"), here.session("rita")
    assert there.client.post("/logout", headers=ended).headers["location"] == "login"
    assert here.who(ended) == there.who(ended) == 401
    assert here.who(other) == ["rita", "reviewer", "account"]


def test_a_session_ends_with_another_password_or_without_the_account_in_every_process(worker, home):
    here, there = worker(), worker()
    sessions = {name: here.session(name) for name in PASSWORDS}
    with changing(home / "users.toml") as known:
        known.accounts["rita"] = Account(role=Role.REVIEWER, password=quick_hash("another password"))
        del known.accounts["vera"]
    for process in (here, there):
        assert process.who(sessions["vera"]) == process.who(sessions["rita"]) == 401
        assert process.who(sessions["adam"]) == ["adam", "admin", "account"]
        assert process.sign_in("rita").status_code == 401
        assert process.who(process.session("rita", "another password")) == ["rita", "reviewer", "account"]
    with changing(home / "users.toml") as known:
        known.accounts["vera"] = Account(role=Role.VIEWER, password=quick_hash(PASSWORDS["vera"] + "!"))
    assert here.who(sessions["vera"]) == 401, "an account of the same name is another one"


def test_another_role_holds_at_once_for_sessions_and_tokens(worker, home):
    here, bearer = worker(), {"authorization": f"Bearer {TOKEN}"}
    session = here.session("rita")
    with changing(home / "users.toml") as known:
        known.accounts["rita"] = known.accounts["rita"].model_copy(update={"role": Role.ADMIN})
        known.tokens["nightly"] = known.tokens["nightly"].model_copy(update={"role": Role.VIEWER})
    assert here.who(session) == ["rita", "admin", "account"]
    assert here.who(bearer) == ["nightly", "viewer", "token"]


def test_a_token_is_let_in_until_it_is_revoked_however_many_wrong_ones_came_before(worker, home):
    here, bearer = worker(), {"authorization": f"Bearer {TOKEN}"}
    assert here.who({"authorization": "Bearer vidsort_wrong"}) == 401
    assert here.who(bearer) == ["nightly", "reviewer", "token"]
    with changing(home / "users.toml") as known:
        known.tokens.clear()
    assert here.who(bearer) == 401


def test_the_one_password_goes_on_as_an_admin_beside_accounts(worker):
    here = worker(ONE)
    assert here.who({"authorization": f"Bearer {ONE}"}) == [None, "admin", "password"]
    session = here.session("", ONE)
    assert here.who(session) == worker(ONE).who(session) == [None, "admin", "password"]
    assert here.who(here.session("rita")) == ["rita", "reviewer", "account"]
    assert here.sign_in("rita", ONE).status_code == 401
    assert worker("another one").who(session) == 401
    assert worker().who(session) == 401


def test_the_page_asks_for_a_name_where_there_are_accounts(worker, tmp_path):
    with_names, with_both = worker().client.get("/login").text, worker(ONE).client.get("/login").text
    assert 'name="name"' in with_names
    assert "required" in with_names.split('name="name"')[1].split(">")[0]
    assert "leaves the name empty" not in with_names
    assert "leaves the name empty" in with_both
    assert "required" not in with_both.split('name="name"')[1].split(">")[0]
    (tmp_path / "alone").mkdir()
    assert 'name="name"' not in Worker(tmp_path / "alone", ONE).client.get("/login").text


def test_wrong_passwords_are_slowed_down_and_who_waits_too_long_is_told_so_on_the_page(worker, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    here = worker()
    monkeypatch.setattr(here.client.app._entrance._throttle, "_sleep", sleep)
    answers = [here.sign_in("rita", "wrong") for _ in range(14)]
    assert slept[0] == pytest.approx(FIRST_DELAY_S, abs=0.25)
    assert slept == sorted(slept)
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 20
    assert "Too many wrong passwords from here" in answers[-1].text
    assert "<form" in answers[-1].text


def test_while_it_cannot_be_seen_who_may_come_in_nobody_does_and_strangers_are_not_told_where_that_stands(
    worker, home, caplog
):
    here = worker()
    session, text = here.session("adam"), (home / "users.toml").read_text()
    (home / "users.toml").unlink()
    for _ in range(3):
        answer = here.client.get("/", headers=session)
        assert answer.status_code == 503
        assert "the server's log says why" in answer.json()["detail"]
        assert str(home) not in answer.text
    assert [str(home / "users.toml") in record.message for record in caplog.records] == [True]
    assert here.client.get("/login").status_code == 503
    (home / "users.toml").touch(0o600)
    (home / "users.toml").write_text(text)
    assert here.who(session) == ["adam", "admin", "account"]


def test_accounts_that_are_made_while_a_server_runs_are_asked_for_from_then_on(tmp_path):
    server = Worker(tmp_path)
    assert server.who({}) == [None, "admin", "open"]
    write_people(tmp_path / "users.toml", "vera")
    assert server.who({}) == 401
    assert server.who(server.session("vera")) == ["vera", "viewer", "account"]


def test_an_answer_that_stays_open_knows_when_its_person_is_no_longer_in(worker, home):
    here = worker()
    entrance = here.client.app._entrance

    def person(headers):
        return asyncio.run(entrance.person({"client": ("127.0.0.1", 1)}, Headers(headers)))

    session = here.session("rita")
    rita, script = person(session), person({"authorization": f"Bearer {TOKEN}"})
    assert rita.is_still_in()
    assert script.is_still_in()
    with changing(home / "users.toml") as known:
        known.accounts["rita"] = known.accounts["rita"].model_copy(update={"role": Role.VIEWER})
    assert not rita.is_still_in(), "the page has to know of another role"
    rita = person(session)
    here.client.post("/logout", headers=session)
    assert not rita.is_still_in()
    (home / "users.toml").unlink()
    assert not script.is_still_in()
