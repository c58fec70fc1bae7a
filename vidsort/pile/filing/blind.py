"""Cards that show no prediction, drawn at random over the whole pile: which they are, and when their turn is. Pure."""

import hashlib
from collections.abc import Container, Iterable, Sequence

# A card that filing by itself held back is asked for sooner than one in twenty: it tells whether the promise holds.
HELD_EVERY = 5
# Before the lot of any card.
NONE_YET = -2.0


def lot(seed: str, filename: str) -> float:
    """A number from 0 to 1 that is as good as drawn, and the same for this video in every process."""
    drawn = hashlib.blake2b(f"{seed}/{filename}".encode(errors="surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(drawn, "big") >> 11) / 2**53


def held_back(filenames: Sequence[str], seed: str, share: float) -> list[str]:
    """Those of the videos that would be filed which are asked about instead: this share, one at the least.

    None where the share is 0, or there is only one.
    """
    count = -int(-share * len(filenames) // 1) if len(filenames) > 1 else 0
    return sorted(filenames, key=lambda name: lot(seed, name))[:count]


def first_turn(since: int, every: int) -> int:
    """How many cards come before the next blind one, where so many were decided on since the last of them."""
    return max(0, every - 1 - since)


def deal(
    keys: Sequence[tuple[float | str, ...]], start: int, blind: Iterable[tuple[float, str]], turn: int, every: int,
    limit: int, is_blind: Container[str],
) -> tuple[list[str], int, float, bool]:
    """The next `limit` cards with blind ones among them: their names, and how far one has come by then.

    keys: of all cards in order, of which `start` are gone; each begins with 0, or else with when it was put off, and
    ends with the name. blind: lots and names of blind cards that are still to come, in order; they have no other place
    (`is_blind`). After `turn` cards of all comes the first blind one, after `every` - 1 more the next; those that are
    left come before what was put off.

    Gives the names, how many cards are gone now, the lot of the last blind one (NONE_YET where there was none) and
    whether there are more.
    """
    waiting, at, last = list(blind)[::-1], start, NONE_YET
    shown: list[str] = []
    between = every - 1
    # Turns are counted in cards that are not blind.
    gone = start - sum(key[-1] in is_blind for key in keys[:start])
    due = turn if gone <= turn else turn + -(-(gone - turn) // between) * between if between else gone
    while True:
        while at < len(keys) and keys[at][-1] in is_blind:
            at += 1
        has_more = bool(waiting) or at < len(keys)
        if len(shown) == limit or not has_more:
            return shown, at, last, has_more
        if waiting and (gone >= due or at >= len(keys) or keys[at][0]):
            last, name = waiting.pop()
            due = gone + between
        else:
            name, at, gone = str(keys[at][-1]), at + 1, gone + 1
        shown.append(name)
