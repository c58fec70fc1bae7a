"""Pages of a list in order, and cursors: a place in that order, as text that can stand in an address."""

import bisect
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from ..errors import ConflictError, InvalidNameError
from .filing.blind import NONE_YET, deal
from .filing.drawn import Cards
from .order import Key

_NUMBER = r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?"
_TEXT = r"=([A-Za-z0-9_.~-]|%[0-9A-F]{2})*"
# As the schema has it.
CURSOR_PATTERN = rf"^(({_NUMBER}|{_TEXT}),){{0,7}}{_TEXT}$"
_CURSOR = re.compile(CURSOR_PATTERN.strip("^$"))


@dataclass(frozen=True)
class Page:
    """Some filenames of the pile in order; `next_cursor` names the place behind them, None at the end."""

    filenames: list[str]
    next_cursor: str | None


def page(keys: Sequence[Key], limit: int, cursor: str | None = None, without: Set[str] = frozenset()) -> Page:
    """The next `limit` videos after the cursor but for those left out; raises as `key_of` does.

    A cursor is a place in the order, so a video that has left the pile since takes nobody's turn.
    """
    start = 0 if cursor is None else bisect.bisect_right(keys, key_of(cursor, keys[0] if keys else None))
    # One more tells whether there are more.
    coming = keys[start : start + limit + 1 + len(without)]
    shown = [key for key in coming if key[-1] not in without][: limit + 1]
    more = len(shown) > limit > 0
    return Page([str(key[-1]) for key in shown[:limit]], cursor_of(shown[limit - 1]) if more else None)


def page_with_blind(
    keys: Sequence[Key], limit: int, cursor: str | None, cards: Cards, without: Set[str] = frozenset()
) -> Page:
    """The same with blind cards among them; the cursor begins with the lot of the last blind one, as a text."""
    said, is_marked, place = (cursor or "").partition(",")
    after = _lot_of(said) if is_marked and said.startswith("=") else None
    place = place if after is not None else cursor or ""
    if after is None and not cards.lots:
        return page(keys, limit, cursor, without)
    start = bisect.bisect_right(keys, key_of(place, keys[0] if keys else None)) if place else 0
    coming = [each for each in cards.lots if each[0] > (NONE_YET if after is None else after)]
    names, gone, last, has_more = deal(
        keys, start, coming, cards.turn, cards.every, limit, cards.names | without
    )
    if not has_more:
        return Page(names, None)
    # Before the first card of all is a place, too.
    there = keys[gone - 1] if gone else (*keys[0][:-1], "")
    return Page(names, cursor_of((str(max(last, NONE_YET if after is None else after)), *there)))


def cursor_of(key: Key) -> str:
    """The cursor of the place behind this key: `-0.91,=7234567890.mp4`."""
    return ",".join(
        f"={quote(part, '', errors='surrogatepass')}" if isinstance(part, str) else repr(float(part)) for part in key
    )


def key_of(cursor: str, like: Key | None) -> Key:
    """The key that a cursor names; raises InvalidNameError for what is none.

    `like` is a key of the order it is used in, where there is one: raises ConflictError for that of another.
    """
    if _CURSOR.fullmatch(cursor) is None:
        raise InvalidNameError("This is no cursor: take the next_cursor of an answer, or begin without one.")
    key = tuple(_text(part[1:]) if part.startswith("=") else float(part) for part in cursor.split(","))
    if like is not None and _kinds(key) != _kinds(like):
        raise ConflictError("This cursor is of another order: begin again without one.")
    return key


def _text(quoted: str) -> str:
    data = unquote_to_bytes(quoted)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # of no name that there is, but a place like any


def _kinds(key: Key) -> list[bool]:
    return [isinstance(part, str) for part in key]


def _lot_of(said: str) -> float:
    try:
        return float(said[1:])
    except ValueError as error:
        raise InvalidNameError("This is no cursor: take the next_cursor of an answer, or begin without one.") from error
