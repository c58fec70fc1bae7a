"""Rules on requests, one by one: hosts, other sites, what two readers could understand in two ways."""

import pytest
from starlette.datastructures import Headers

from vidsort.server.rules import SENT_ONCE, Refusal, require_plain, split_host


@pytest.mark.parametrize(("value", "parts"), [
    ("a.example:80", ("a.example", "80")), ("::1", ("::1", "")), ("[::1]:1", ("::1", "1")), ("", ("", "")),
    ("a b", ("", "")), ("a:b", ("", "")), ("ä.example", ("ä.example", "")),
])
def test_a_host_header_is_split_into_name_and_port(value, parts):
    assert split_host(value) == parts


@pytest.mark.parametrize("name", SENT_ONCE)
def test_what_is_decided_by_is_sent_once(name):
    once = [(name.encode(), b"1")]
    require_plain(Headers(raw=once))
    with pytest.raises(Refusal) as refused:
        require_plain(Headers(raw=[*once, *once]))
    assert refused.value.status == 400
    assert name in str(refused.value)


def test_a_body_has_one_length():
    require_plain(Headers({"content-length": "1"}))
    require_plain(Headers({"transfer-encoding": "chunked"}))
    with pytest.raises(Refusal) as refused:
        require_plain(Headers({"content-length": "1", "transfer-encoding": "chunked"}))
    assert refused.value.status == 400
    assert refused.value.headers == {"connection": "close"}
