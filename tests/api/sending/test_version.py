"""What a version of a file is told by, and which part of it a request gets."""

import pytest
from starlette.exceptions import HTTPException

from vidsort.api.sending.version import Version


@pytest.fixture
def facts(tmp_path):
    (tmp_path / "7.mp4").write_bytes(bytes(1000))
    return (tmp_path / "7.mp4").stat()


@pytest.mark.parametrize(("asked", "status", "start", "length"), [
    ({}, 200, 0, 1000), ({"range": "bytes=10-19"}, 206, 10, 10), ({"range": "bytes=-10"}, 206, 990, 10),
    ({"range": "bytes=10-19", "if-range": '"another"'}, 200, 0, 1000), ({"if-none-match": "*"}, 304, 0, 0),
])
def test_a_request_gets_the_part_that_it_asks_for(facts, asked, status, start, length):
    plan = Version.of(facts).plan(asked, "video/mp4")
    assert (plan.status, plan.start, plan.length) == (status, start, length)
    assert (dict(plan.headers).get(b"content-length") == b"%d" % length) is (status != 304)
    assert (b"content-range" in dict(plan.headers)) is (status == 206)


def test_answers_of_one_version_share_no_header_that_is_of_one_alone(facts):
    version = Version.of(facts)
    before = list(version.headers)
    version.plan({"range": "bytes=0-9"}, "video/mp4")
    assert version.headers == before


def test_a_part_outside_is_refused_with_the_size(facts):
    with pytest.raises(HTTPException) as refused:
        Version.of(facts).plan({"range": "bytes=1000-"}, "video/mp4")
    assert (refused.value.status_code, refused.value.headers) == (416, {"content-range": "bytes */1000"})
