"""The table as the guard asks it: by method and route, closed without a row, and the highest where several are."""

import pytest

from vidsort.accounts import Role
from vidsort.api.routes import EVERYBODY, ROLES
from vidsort.server.entrance import Refusal
from vidsort.server.openings import Openings, path_in

OPENINGS = Openings(ROLES, EVERYBODY)


@pytest.mark.parametrize(("method", "path", "role"), [
    ("GET", "/", Role.VIEWER), ("HEAD", "/api/videos", Role.VIEWER), ("GET", "/videos/a/b\n.mp4", Role.VIEWER),
    ("POST", "/api/sort", Role.REVIEWER), ("DELETE", "/api/skip/7.mp4", Role.REVIEWER),
    ("POST", "/api/models/rollback", Role.ADMIN), ("POST", "/api/models/x/promote", Role.ADMIN),
    ("GET", "/api/library", Role.VIEWER), ("GET", "/api/library/preview", Role.ADMIN),
    # The router takes a line's end behind a route for the route, too.
    ("POST", "/api/retrain\n", Role.ADMIN),
])
def test_a_request_needs_the_role_of_its_row(method, path, role):
    assert OPENINGS.of(method, path).role is role


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/config", 404), ("GET", "/api", 404), ("GET", "/api/sort/", 404), ("POST", "/api/sort/x", 404),
    ("GET", "/gradio_api/info", 404), ("GET", "", 404), ("WEBSOCKET", "/", 405), ("PUT", "/api/sort", 405),
    ("GET", "/logout", 405), ("get", "/", 405),
])
def test_what_has_no_row_is_closed(method, path, status):
    with pytest.raises(Refusal) as refused:
        OPENINGS.of(method, path)
    assert refused.value.status == status
    assert ("allow" in refused.value.headers) is (status == 405)


def test_a_path_that_several_routes_could_answer_needs_the_highest_of_their_roles():
    rows = {Role.VIEWER: ("GET /a/{name:rest}",), Role.ADMIN: ("GET /a/secret",), Role.REVIEWER: ("GET /a/{name}",)}
    openings = Openings(rows)
    assert openings.of("GET", "/a/secret").role is Role.ADMIN
    assert openings.of("GET", "/a/other").role is Role.REVIEWER
    assert openings.of("GET", "/a/b/c").role is Role.VIEWER


def test_nobody_is_asked_for_the_way_in_and_the_way_out_alone():
    for method, path in (("GET", "/login"), ("HEAD", "/login"), ("POST", "/login"), ("POST", "/logout")):
        assert OPENINGS.is_for_everybody(method, path)
    for method, path in (("GET", "/logout"), ("PUT", "/login"), ("GET", "/login/"), ("GET", "/"), ("POST", "/login\n")):
        assert not OPENINGS.is_for_everybody(method, path)


@pytest.mark.parametrize(("path", "root", "inner"), [
    ("/api/videos", "", "/api/videos"), ("/mine/api/videos", "/mine", "/api/videos"), ("/mine", "/mine", "/"),
    ("/minecraft", "/mine", "/minecraft"), ("/videos/1.mp4", "/video", "/videos/1.mp4"),
])
def test_a_path_is_looked_up_without_the_prefix_that_the_server_was_started_under(path, root, inner):
    assert path_in({"path": path, "root_path": root}) == inner
