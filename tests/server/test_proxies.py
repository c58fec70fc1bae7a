"""Forwarded headers: believed from proxies that are trusted, and from nobody else."""

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

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


def test_who_sends_none_of_them_is_who_he_is():
    assert asked(["127.0.0.1/32"], "127.0.0.1", {}) == {"client": "127.0.0.1", "scheme": "http", "left": []}
    assert asked([], "203.0.113.9", {})["client"] == "203.0.113.9"
