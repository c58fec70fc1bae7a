"""Forwarded headers: believed from proxies that are trusted, and from nobody else."""

import asyncio

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from vidsort.server.proxies import UNTRUSTED, Proxies

FORGED = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example"}


async def inside(scope, receive, send):
    """Says who asks, and what of the proxies' headers is left."""
    left = [name.decode() for name, _ in scope["headers"] if name.startswith(b"x-")]
    await JSONResponse({"client": scope["client"][0], "scheme": scope["scheme"], "left": left})(scope, receive, send)


def asked(trusted: list[str], peer: str, headers: dict[str, str]) -> dict:
    client = TestClient(Proxies(inside, trusted), "http://127.0.0.1", client=(peer, 5000))
    return client.get("/", headers=headers).json()


@pytest.mark.parametrize("trusted", [[], ["192.0.2.1"], ["10.0.0.0/8"]])
@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9"])
def test_of_all_others_the_headers_are_taken_away_and_all_are_one_sender(trusted, peer):
    for sender in ("203.0.113.7", "203.0.113.8, 10.0.0.1", "", "::1"):
        told = asked(trusted, peer, FORGED | {"x-forwarded-for": sender})
        assert told == {"client": UNTRUSTED[0], "scheme": "http", "left": []}


@pytest.mark.parametrize(("trusted", "peer"), [(["127.0.0.1/32"], "127.0.0.1"), (["10.0.0.0/8"], "10.1.2.3")])
def test_a_trusted_proxy_says_who_asks(trusted, peer):
    told = asked(trusted, peer, {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"})
    assert (told["client"], told["scheme"]) == ("203.0.113.7", "https")
    # What the sender itself wrote before the proxy did is not believed.
    told = asked(trusted, peer, {"x-forwarded-for": "198.51.100.1, 203.0.113.7"})
    assert told["client"] == "203.0.113.7"


@pytest.mark.parametrize("proto", ["https", "wss", "http"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_server_that_was_started_by_hand_and_believed_a_scheme_is_not_believed(kind, proto):
    told = {}

    async def noted(scope, receive, send):
        told.update(scope)

    scope = {
        "type": kind, "scheme": "http" if kind == "http" else "ws", "client": ("127.0.0.1", 5000),
        "headers": [(b"host", b"localhost"), (b"x-forwarded-proto", proto.encode())],
    }
    # As `uvicorn app:app` does by default for whoever asks from this machine.
    asyncio.run(ProxyHeadersMiddleware(Proxies(noted, []), "127.0.0.1")(scope, None, None))
    assert (told["scheme"], told["client"]) == ("http" if kind == "http" else "ws", UNTRUSTED)
    assert told["headers"] == [(b"host", b"localhost")]


def test_a_scheme_that_no_header_spoke_of_stays():
    told = {}

    async def noted(scope, receive, send):
        told.update(scope)

    scope = {
        "type": "http", "scheme": "https", "client": ("203.0.113.9", 5000),
        "headers": [(b"x-forwarded-for", b"198.51.100.1")],
    }
    asyncio.run(Proxies(noted, [])(scope, None, None))
    assert told["scheme"] == "https"


def test_who_sends_none_of_them_is_who_he_is():
    assert asked(["127.0.0.1/32"], "127.0.0.1", {}) == {"client": "127.0.0.1", "scheme": "http", "left": []}
    assert asked([], "203.0.113.9", {})["client"] == "203.0.113.9"
