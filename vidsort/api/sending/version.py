"""One version of a file as headers tell it, and what a request asks of it: all, a part, or whether it is known."""

import email.utils
import os
import re
import time
from collections.abc import Mapping
from typing import NamedTuple, Self

from starlette.exceptions import HTTPException

# One part only: of several a server may send the whole, and players ask for one.
RANGE = re.compile(r"bytes=\s*(?:(\d{1,19})-(\d{0,19})|-(\d{1,19}))\s*")

RawHeaders = list[tuple[bytes, bytes]]


class Plan(NamedTuple):
    """How a request is answered: `length` bytes from `start`, none where the client has this version already."""

    status: int
    headers: RawHeaders
    start: int
    length: int


class Version(NamedTuple):
    """What tells a version of a file from others, and the headers that all answers of it have."""

    size: int
    etag: str
    last_modified: str | None
    headers: RawHeaders

    @classmethod
    def of(cls, facts: os.stat_result) -> Self:
        """The version that a file with these facts is."""
        etag, last_modified = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"', http_date(facts.st_mtime)
        headers = [(b"accept-ranges", b"bytes"), (b"cache-control", b"private, no-cache"), (b"etag", etag.encode())]
        if last_modified is not None:
            headers.append((b"last-modified", last_modified.encode()))
        return cls(facts.st_size, etag, last_modified, headers)

    def plan(self, asked: Mapping[str, str], media_type: str) -> Plan:
        """The answer to a request with these headers (names in lower case); raises HTTPException 416."""
        if is_known(asked, self.etag, self.last_modified):
            return Plan(304, self.headers, 0, 0)
        part = self._part(asked)
        start, length = part or (0, self.size)
        headers = [*self.headers, (b"content-length", b"%d" % length), (b"content-type", media_type.encode())]
        if part is None:
            return Plan(200, headers, start, length)
        headers.append((b"content-range", b"bytes %d-%d/%d" % (start, start + length - 1, self.size)))
        return Plan(206, headers, start, length)

    def _part(self, asked: Mapping[str, str]) -> tuple[int, int] | None:
        """(start, length) of the part that is asked for, None for the whole; raises HTTPException 416."""
        match = RANGE.fullmatch(asked.get("range", ""))
        condition = asked.get("if-range")
        if match is None or (condition is not None and condition not in (self.etag, self.last_modified)):
            return None
        first, last, suffix = match.groups()
        if suffix is not None:
            start, end = max(0, self.size - int(suffix)), self.size
        else:
            start, end = int(first), min(int(last) + 1, self.size) if last else self.size
            if last and int(last) < start:
                return None
        if start >= self.size or start >= end:
            raise HTTPException(
                416, f"The video has {self.size} bytes: ask for a part of these.",
                {"content-range": f"bytes */{self.size}"},
            )
        return start, end - start


def http_date(at_s: float) -> str | None:
    """The time for a header; None for one that is yet to come, or that no header can say (outside the years 1 to 9999).

    RFC 9110, 8.8.2.1: a server must not say that anything was modified later than now.
    """
    try:
        return email.utils.formatdate(at_s, usegmt=True) if at_s <= time.time() else None
    except (ValueError, OverflowError, OSError):
        return None


def is_known(asked: Mapping[str, str], etag: str, last_modified: str | None = None) -> bool:
    """Whether the client has this version already (If-None-Match, else If-Modified-Since)."""
    tags = asked.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = asked.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        return email.utils.parsedate_to_datetime(last_modified) <= email.utils.parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False
