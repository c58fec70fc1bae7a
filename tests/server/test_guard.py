"""The guard in front of everything: hosts, other sites, the password, what is closed, the headers."""

import asyncio
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from vidsort.accounts import Accounts, Role
from vidsort.api.routes import EVERYBODY, ROLES
from vidsort.server.entrance import COOKIE, Entrance
from vidsort.server.guard import SECURITY_HEADERS, Guard
from vidsort.server.openings import Openings
from vidsort.settings import Settings
from vidsort.store import open_database

PASSWORD = "open sesame"
# There is no WebSocket; what holds for one that is made is tested all the same.
OPENINGS = Openings(ROLES | {Role.VIEWER: (*ROLES[Role.VIEWER], "WEBSOCKET /ws")}, EVERYBODY)
SOCKET = "ws://127.0.0.1/ws"
OTHER_SITES = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": "file://"},
    {"origin": ""},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1", "sec-fetch-site": "cross-site"},
]


async def inside(scope, receive, send):
    """What is guarded: says yes to everything, and lets every site in like Gradio does for local ones."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "in"})
        return
    headers = {"access-control-allow-origin": "*", "access-control-allow-credentials": "true"}
    answer = JSONResponse({"path": scope["path"]}, headers=headers)
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def guard(tmp_path_factory) -> Callable[..., Guard]:
    """`guard(app, **settings)`: each of them with the same sessions that were ended, and without accounts."""
    folder = tmp_path_factory.mktemp("artifacts")
    database = open_database(folder)
    yield lambda app=inside, **settings: guarded(app, database, folder, **settings)
    database.close()


def guarded(app, database, folder, **settings) -> Guard:
    password = settings["password"].get_secret_value() if settings.get("password") else None
    entrance = Entrance(password, Accounts(folder / "users.toml"), database)
    return Guard(app, Settings(**settings), entrance, OPENINGS)


@pytest.fixture(scope="module")
def client(guard) -> Callable[..., TestClient]:
    """`client(base_url, **settings)` asks a guard of these settings."""
    return lambda base_url="http://127.0.0.1", **settings: TestClient(
        guard(**settings), base_url=base_url, follow_redirects=False
    )


@pytest.fixture(scope="module")
def locked(client) -> TestClient:
    return client(password=SecretStr(PASSWORD))


def logged_in(client: TestClient, **form) -> dict[str, str]:
    answer = client.post("/login", data={"password": PASSWORD} | form)
    token = SimpleCookie(answer.headers["set-cookie"])[COOKIE].value
    client.cookies.clear()
    return {"cookie": f"{COOKIE}={token}"}


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "127.0.0.1:8000", "LOCALHOST:1", "localhost.", "[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]",
])
def test_names_of_this_machine_are_answered_with_any_port(client, host):
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", [
    "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "localhost@evil.example", "127.0.0.2", "",
    "localhost:port", "localhost:80:80", "[::1", "::1]", "[::2]", "local host", "localhost/x", "127.0.0.1,evil.example",
    "testserver", "0.0.0.0",
])
def test_any_other_host_is_refused_as_json(client, host):
    answer = client().get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "allowed_hosts" in answer.json()["detail"]


def test_hosts_of_the_settings_are_answered_too(client):
    settings = {"host": "192.168.1.5", "password": SecretStr(PASSWORD), "allowed_hosts": ("Videos.example", "nas:8000")}
    bearer = {"authorization": f"Bearer {PASSWORD}"}
    for host in ("192.168.1.5:8000", "videos.example", "nas"):
        assert client(**settings).get("/", headers={"host": host} | bearer).status_code == 200


@pytest.mark.parametrize(("address", "password", "status"), [
    ("192.168.1.5", None, 403), ("2001:db8::5", None, 403), ("::ffff:192.168.1.5", None, 403), ("0.0.0.0", None, 403),
    ("127.0.0.1", None, 200), ("127.0.0.9", None, 200), ("::1", None, 200), ("::ffff:127.0.0.1", None, 200),
    ("192.168.1.5", PASSWORD, 200),
])
def test_without_a_password_nobody_comes_in_from_another_machine_whatever_uvicorn_listens_on(
    guard, address, password, status
):
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {PASSWORD}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "server": (address, 8000)}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(guard(password=password and SecretStr(password))(scope, None, send))
    assert sent[0]["status"] == status


@pytest.mark.parametrize("hosts", [[], [b"127.0.0.1", b"127.0.0.1"], [b"127.0.0.1", b"evil.example"]])
def test_no_host_or_two_of_them_are_refused(guard, hosts):
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host) for host in hosts]}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(guard()(scope, None, send))
    assert sent[0]["status"] == 400


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/api/retrain"), ("PUT", "/api/preferences"), ("PATCH", "/api/folders/a"), ("DELETE", "/api/folders/a"),
    ("PUT", "/nothing/here"),
])
def test_nothing_is_changed_on_behalf_of_another_site(client, headers, method, path):
    answer = client().request(method, path, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.json()["detail"]


@pytest.mark.parametrize("headers", [
    {},
    {"origin": "http://127.0.0.1"},
    {"origin": "http://127.0.0.1:80"},
    {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
], ids=str)
def test_the_page_itself_and_scripts_may_change_things(client, headers):
    assert client().post("/api/retrain", headers=headers).status_code == 200


def test_the_port_of_the_page_is_part_of_its_origin(client):
    here = {"host": "127.0.0.1:8000"}
    sort = "/api/sort"
    assert client().post(sort, headers=here | {"origin": "http://127.0.0.1:8000"}).status_code == 200
    assert client().post(sort, headers=here | {"origin": "http://127.0.0.1:8001"}).status_code == 403


def test_a_link_from_another_site_is_followed_but_nothing_is_embedded_there(client):
    foreign = {"sec-fetch-site": "cross-site"}
    assert client().get("/", headers=foreign | {"sec-fetch-mode": "navigate"}).status_code == 200
    assert client().get("/videos/1.mp4", headers=foreign | {"sec-fetch-mode": "no-cors"}).status_code == 403


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"host": "evil.example"}], ids=str)
def test_a_websocket_of_another_site_or_host_is_refused(client, headers):
    with pytest.raises(WebSocketDisconnect), client().websocket_connect(SOCKET, headers=headers):
        pass
    with client().websocket_connect(SOCKET, headers={"origin": "http://127.0.0.1"}) as socket:
        assert socket.receive_text() == "in"


def test_no_answer_lets_another_site_read_it_and_each_has_the_security_headers(client, locked):
    for answer in (
        client().get("/", headers={"origin": "http://localhost:3000"}),
        client().options("/", headers={"origin": "http://localhost:3000", "access-control-request-method": "POST"}),
        client().get("/", headers={"host": "evil.example"}),
        client().get("/gradio_api/upload"),
        locked.get("/"),
        locked.get("/login"),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize("path", [
    "/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload_progress", "/gradio_api/file=/etc/passwd",
    "/gradio_api/file/etc/passwd", "/gradio_api/proxy=http://evil.example", "/gradio_api/component_server",
    "/gradio_api/run/predict", "/gradio_api/call/predict", "/gradio_api/api/predict", "/gradio_api/monitoring",
    "/gradio_api/runs", "/gradio_api/run-history/connect", "/gradio_api/mcp/sse", "/gradio_api/dev/reload",
    "/gradio_api", "/gradio_api/", "/gradio_api/queue/join", "/gradio_api/heartbeat/abc12",
    "/prefix/gradio_api/upload", "/gradio_api/info/../upload", "/gradio_api//upload",
    "/config", "/monitoring", "/api", "/api/", "/api/sort/",
])
def test_what_the_page_does_not_need_of_its_framework_is_closed(client, path):
    for method in ("GET", "POST", "HEAD"):
        assert client().request(method, path).status_code == 404


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("PUT", "/", "GET, HEAD"), ("GET", "/api/retrain", "POST"), ("PUT", "/login", "GET, HEAD, POST"),
    ("GET", "/logout", "POST"), ("OPTIONS", "/api/sort", "POST"), ("TRACE", "/api/folders/a", "DELETE, PATCH"),
])
def test_another_method_than_a_route_has_is_told_those_that_it_has(client, method, path, allowed):
    answer = client().request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/assets/a.js", "/theme.css", "/review/main.js"])
def test_what_the_page_needs_is_open(client, path):
    assert client().get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/videos", "/videos/1.mp4", "/config", "/gradio_api/queue/data", "/docs",
                                  "/healthz", "/openapi.json", "/gradio_api/upload", "/logout", "/nothing/here"])
def test_every_path_asks_for_the_password(locked, path):
    answer = locked.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "password" in answer.json()["detail"]


def test_a_websocket_asks_for_the_password(locked):
    with pytest.raises(WebSocketDisconnect), locked.websocket_connect(SOCKET):
        pass
    with locked.websocket_connect(SOCKET, headers={"authorization": f"Bearer {PASSWORD}"}) as socket:
        assert socket.receive_text() == "in"


def test_a_browser_gets_the_login_page_wherever_it_asks(locked):
    for path, action in (("/", 'action="login"'), ("/videos/1.mp4", 'action="../login"')):
        answer = locked.get(path, headers={"accept": "text/html,*/*"})
        assert answer.status_code == 401
        assert action in answer.text
        assert "<form" in answer.text


def test_logging_in_gives_a_session_cookie_that_no_script_and_no_other_site_can_use(locked):
    answer = locked.post("/login", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
    assert not cookie["secure"]
    locked.cookies.clear()
    assert locked.get("/", headers={"cookie": f"{COOKIE}={cookie.value}"}).status_code == 200


def test_over_https_the_cookie_never_goes_the_open_way(client):
    secure = client("https://127.0.0.1", password=SecretStr(PASSWORD))
    answer = secure.post("/login", data={"password": PASSWORD})
    assert SimpleCookie(answer.headers["set-cookie"])[COOKIE]["secure"]


def test_a_session_holds_in_every_worker(client, locked):
    assert client(password=SecretStr(PASSWORD)).get("/", headers=logged_in(locked)).status_code == 200


def test_a_forged_or_empty_cookie_is_no_session(locked):
    for token in ("", "x", "99999999999.x.y", '"', "é"):
        assert locked.get("/", headers={"cookie": f"{COOKIE}={token}".encode()}).status_code == 401


def test_logging_out_takes_the_cookie_away(locked):
    answer = locked.post("/logout", headers=logged_in(locked))
    assert answer.status_code == 303
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie.value == ""
    assert cookie["max-age"] == "0"


def test_a_cookie_ends_with_the_logout_for_every_worker_and_no_other_does(client, locked):
    ended, other = logged_in(locked), logged_in(locked)
    locked.post("/logout", headers=ended)
    assert locked.get("/", headers=ended).status_code == 401
    assert client(password=SecretStr(PASSWORD)).get("/", headers=ended).status_code == 401
    assert locked.get("/", headers=other).status_code == 200
    # Who has no session, or one that has ended, may log out as ever.
    assert locked.post("/logout").status_code == 303
    assert locked.post("/logout", headers=ended).status_code == 303


def test_nobody_is_told_that_he_is_logged_out_where_that_cannot_be_written_down(tmp_path):
    database = open_database(tmp_path / "artifacts")
    guard = guarded(inside, database, tmp_path, password=SecretStr(PASSWORD))
    locked = TestClient(guard, "http://127.0.0.1", follow_redirects=False)
    session = logged_in(locked)
    (tmp_path / "artifacts").rename(tmp_path / "elsewhere")
    answer = locked.post("/logout", headers=session)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("You are not logged out: ")
    assert locked.get("/", headers=session).status_code == 503
    assert locked.get("/", headers={"authorization": f"Bearer {PASSWORD}"}).status_code == 200


def test_scripts_send_the_password_as_a_bearer(client):
    locked = client(password=SecretStr("Sésam öffne dich"))
    assert locked.get("/", headers={"authorization": "Bearer Sésam öffne dich".encode()}).status_code == 200
    assert locked.get("/", headers={"authorization": "bearer Sésam öffne dich".encode()}).status_code == 200
    for given in ("Bearer", "Bearer ", "Bearer nonsense", "Basic Sésam öffne dich", "Sésam öffne dich"):
        assert locked.get("/", headers={"authorization": given.encode()}).status_code == 401


def test_a_wrong_password_gets_the_form_again_and_says_so(locked):
    answer = locked.post("/login", data={"password": "<script>"})
    assert answer.status_code == 401
    assert "not the password" in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers
    locked.post("/login", data={"password": PASSWORD})
    locked.cookies.clear()


def test_an_endless_login_form_is_refused(locked):
    assert locked.post("/login", content=b"password=" + b"x" * 10_000).status_code == 413


def test_logging_in_on_behalf_of_another_site_is_refused(locked):
    answer = locked.post("/login", data={"password": PASSWORD}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


def test_without_a_password_the_login_page_leads_to_the_page(client):
    assert client().get("/login").headers["location"] == "./"


def test_under_a_prefix_that_a_proxy_strips_login_and_logout_still_are_found(guard):
    async def app(scope, receive, send):
        await PlainTextResponse("in")(scope, receive, send)

    prefixed = TestClient(
        guard(app, password=SecretStr(PASSWORD)), "http://127.0.0.1", root_path="/videos-of-mine",
        follow_redirects=False,
    )
    assert "<form" in prefixed.get("/videos-of-mine/login").text
