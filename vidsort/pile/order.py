"""The orders in which a person can review the pile, a row each, of which contract and page are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from .predictions import Guess

# Videos without a prediction come last where the order is one of confidence.
_UNKNOWN = 2.0
Key = tuple[float | str, ...]


@dataclass(frozen=True)
class Order:
    """One order: its name in the contract, its label on the page, what it needs to know of a video, its key from that.

    `key` takes the guess (None where there is none) and a number: the time of the last change in seconds since
    the epoch, or the rank among the whole pile (-1 where it has none), whichever is needed, else 0; smaller keys come
    first, videos with the same one by filename.
    """

    name: str
    label: str
    needs: Literal["prediction", "time", "rank"] | None
    key: Callable[[Guess | None, float], Key]


def _confident(guess: Guess | None, _: float) -> Key:
    return (-guess.confidence if guess else _UNKNOWN,)


def _unsure(guess: Guess | None, _: float) -> Key:
    return (guess.confidence if guess else _UNKNOWN,)


def _by_folder(guess: Guess | None, _: float) -> Key:
    if guess is None:
        return (1.0, "", 0.0)
    return (0.0, guess.predicted_folder, -guess.confidence)


def _newest(_: Guess | None, modified_s: float) -> Key:
    return (-modified_s,)


def _oldest(_: Guess | None, modified_s: float) -> Key:
    return (modified_s,)


def _ranked(_: Guess | None, rank: float) -> Key:
    return (0.0, rank) if rank >= 0 else (1.0, 0.0)


def _by_filename(_: Guess | None, __: float) -> Key:
    return ()


# In the order of the menu; the first one is what a reviewer gets who has chosen none.
_TABLE = (
    Order("confident", "Surest guesses first", "prediction", _confident),
    Order("telling", "What teaches most first", "rank", _ranked),
    Order("unsure", "Least sure first", "prediction", _unsure),
    Order("folder", "Folder by folder", "prediction", _by_folder),
    Order("alike", "From like to like", "rank", _ranked),
    Order("newest", "Newest first", "time", _newest),
    Order("oldest", "Oldest first", "time", _oldest),
    Order("filename", "By filename", None, _by_filename),
)
ORDERS: Mapping[str, Order] = {order.name: order for order in _TABLE}
FIRST_ORDER = _TABLE[0].name
