"""What the page's framework refuses is raised as our own, before anything of its answer was sent."""

import asyncio
import errno
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from vidsort.server.page.refusals import Refusals

SCOPE = {"type": "http", "method": "GET", "path": "/x", "headers": []}


def ask(app) -> list[dict]:
    sent = []

    async def send(message):
        sent.append(message)

    # In a thread of its own: the browser that the tests of this room share has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Refusals(app)(SCOPE, None, send))).result()
    return sent


def test_a_good_answer_passes():
    start, body = ask(PlainTextResponse("in"))
    assert (start["status"], body["body"]) == (200, b"in")


@pytest.mark.parametrize(("given", "status"), [(404, 404), (422, 404), (403, 404), (500, 500)])
def test_any_other_is_raised(given, status):
    with pytest.raises(HTTPException) as raised:
        ask(PlainTextResponse("no", given))
    assert raised.value.status_code == status


def test_a_name_that_is_too_long_for_the_disk_is_not_there_and_any_other_trouble_is_trouble():
    def failing(number):
        async def app(scope, receive, send):
            raise OSError(number, "trouble")

        return app

    with pytest.raises(HTTPException):
        ask(failing(errno.ENAMETOOLONG))
    with pytest.raises(OSError, match="trouble"):
        ask(failing(errno.EIO))
