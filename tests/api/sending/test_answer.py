"""An answer from an open file: sent to its end wherever the video goes, and closed however it ends."""

import asyncio

import pytest

from vidsort.api.sending import Opened, answer, file_answer

DATA = bytes(range(250)) * 4000
SCOPE = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}


@pytest.fixture
def made(tmp_path):
    """The answer to a request for a whole video that is longer than a piece, with the video's path."""
    path = tmp_path / "7.mp4"
    path.write_bytes(DATA)
    opened = Opened(path.open("rb"), "video/mp4")
    made = file_answer(opened, SCOPE)
    opened.done()
    assert isinstance(made, answer.FileAnswer)
    return made, path


def test_a_video_that_is_moved_while_it_is_sent_is_sent_to_its_end_in_small_pieces(made):
    sending, path = made
    sent = []

    async def send(message):
        sent.append(message.get("body", b""))
        if path.exists():
            path.rename(path.with_name("elsewhere"))

    asyncio.run(sending(SCOPE, None, send))
    assert b"".join(sent) == DATA
    assert max(map(len, sent)) <= answer.PIECE_BYTES
    assert sending._file.closed


def test_who_hangs_up_closes_the_file(made):
    sending, _ = made

    async def send(message):
        if message.get("body"):
            raise OSError("hung up")

    with pytest.raises(Exception, match=r"^$"):
        asyncio.run(sending(SCOPE, None, send))
    assert sending._file.closed


def test_a_small_part_is_one_message_and_head_and_304_have_no_body(tmp_path):
    (tmp_path / "7.mp4").write_bytes(DATA)
    for method, headers, status, body in (
        ("GET", [(b"range", b"bytes=0-9")], 206, DATA[:10]), ("HEAD", [(b"range", b"bytes=0-9")], 206, b""),
        ("GET", [(b"if-none-match", b"*")], 304, b""),
    ):
        opened = Opened((tmp_path / "7.mp4").open("rb"), "video/mp4")
        found = file_answer(opened, SCOPE | {"method": method, "headers": headers})
        opened.done()
        sent = []

        async def send(message, sent=sent):
            sent.append(message)

        asyncio.run(found(SCOPE, None, send))
        assert sent[0]["status"] == status
        assert b"".join(message.get("body", b"") for message in sent[1:]) == body
