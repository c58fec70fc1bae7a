"""How fast a person sorts."""

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..records import Record

WINDOW_S = 3600.0
# A longer gap between two decisions is a break, not slow sorting.
BREAK_S = 120.0
FEWEST = 3
NEVER: Mapping[bool, tuple[int, int]] = MappingProxyType({False: (0, 0), True: (0, 0)})


class Agreement(Record):
    """How often what the person chose was the first guess, with and without seeing it; `agreed` of `count`."""

    seen_agreed: int = 0
    seen_count: int = 0
    blind_agreed: int = 0
    blind_count: int = 0


class Pace(Record):
    """How fast the person sorts, from the journal; None while there is too little to tell.

    `top1_accepted_share` is over the last hour's videos whose prediction is still known; `agreement` is over all
    decisions that stand, by what was predicted at that time.
    """

    sorted_last_hour: int
    per_hour: float | None
    top1_accepted_share: float | None
    remaining: int
    left_s: float | None
    agreement: Agreement = Agreement()


def pace_of(
    decisions: Sequence[tuple[str, str, float]], predicted: Mapping[str, str], remaining: int,
    agreement: Mapping[bool, tuple[int, int]] = NEVER,
) -> Pace:
    """The pace from the decisions of the last hour: (filename, folder, when in seconds), oldest first.

    `per_hour` leaves breaks out. `top1_accepted_share` is over those videos that `predicted` names. `agreement`: how
    often the first guess was chosen, and of how many, without seeing it (True) and with.
    """
    gaps = [later[2] - earlier[2] for earlier, later in itertools.pairwise(decisions)]
    working = [gap for gap in gaps if gap <= BREAK_S]
    per_hour = WINDOW_S * len(working) / max(sum(working), 1.0) if len(working) >= FEWEST else None
    known = [predicted[filename] == folder for filename, folder, _ in decisions if filename in predicted]
    return Pace(
        sorted_last_hour=len(decisions),
        per_hour=per_hour,
        top1_accepted_share=sum(known) / len(known) if known else None,
        remaining=remaining,
        left_s=WINDOW_S * remaining / per_hour if per_hour else None,
        agreement=Agreement(
            seen_agreed=agreement[False][0], seen_count=agreement[False][1],
            blind_agreed=agreement[True][0], blind_count=agreement[True][1],
        ),
    )
