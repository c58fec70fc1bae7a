"""Filing without a person, as far as a promise goes: `vidsort predict --at-most-wrong`."""

import argparse
import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import ConflictError
from ..settings import Settings
from ..steps import counted, percent
from .output import say, show_table

if TYPE_CHECKING:
    from ..autofile.filing import Choice


def share_of_wrong(text: str) -> float:
    """The value of `--at-most-wrong`."""
    with contextlib.suppress(ValueError):
        share = float(text)
        if 0 <= share <= 1:
            return share
    raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1, like 0.02 for 2 %")


def warn_if_harder(settings: Settings, confidences: Iterable[float]) -> None:
    """Say so where what a threshold promises is of labelled videos, and the pile is harder than these."""
    import numpy as np

    from ..artifacts import home_of
    from ..autofile.evidence import labelled_answers
    from ..autofile.filing import told_if_harder
    from ..pile.filing.promise import harder_by

    answers, _ = labelled_answers(home_of(settings.artifacts_dir, settings.data_dir), ())
    warning = told_if_harder(harder_by(np.array([*confidences]), answers))
    if warning:
        say(warning)


def autofile(settings: Settings, at_most_wrong: float, *, really: bool) -> int:
    """Show what can be filed so that at most this share of it is wrong; file it where that is wanted."""
    from ..autofile.filing import file, plan
    from .library import opened

    with opened(settings) as here:
        library = here.library
        if really:
            library.mover.recover()
        planned = plan(library, here.predicted(), at_most_wrong, settings.blind_share)
        say(planned.reason)
        came = planned.realised
        if came.checked and came.holds:
            say(
                f"Of {counted(came.checked, 'blind card')} as sure as these {came.wrong} "
                f"{'was' if came.wrong == 1 else 'were'} wrong (90 % interval {percent(came.low, 1)} to "
                f"{percent(came.high, 1)})."
            )
        if not planned.moves:
            return 0
        outcomes = file(library, planned) if really else []
    stayed = {outcome.wish.filename: str(outcome.error) for outcome in outcomes if outcome.error is not None}
    filed = [each for each in planned.moves if each.filename not in stayed]
    if stayed:
        show_table(("video", "reason"), stayed.items(), title="Stayed where they were")
    _show(filed, planned.least_sure, really=really)
    expected = planned.promise.expected_wrong
    say(
        f"About {expected * len(filed):.1f} of {counted(len(filed), 'video')} are expected to be wrong "
        f"({percent(expected, 1)}), {percent(planned.promise.upper_bound, 1)} at the most."
    )
    if planned.held:
        kept = counted(len(planned.held), "more video stays", "more videos stay")
        say(f"{kept} in the pile as blind cards: what you say of them tells whether the promise holds.")
    if planned.left:
        say(f"{planned.left} more could be filed: run the same again.")
    if not really:
        say(f"{counted(len(filed), 'video')} would be moved; nothing was. Add --yes to move them.")
        return 0
    say(f"{counted(len(filed), 'video')} moved. `vidsort undo` takes all of it back.")
    return ConflictError.exit_code if stayed else 0


def _show(filed: Iterable["Choice"], least_sure: Iterable["Choice"], *, really: bool) -> None:
    """Print how much goes into each folder, how surely, and what is most likely wrong."""
    of_folder: dict[str, list[float]] = {}
    for each in filed:
        of_folder.setdefault(each.folder, []).append(each.confidence)
    show_table(
        ("folder", "moved there" if really else "would go there", "least confidence", "most"),
        ((folder, len(sure), percent(min(sure)), percent(max(sure))) for folder, sure in sorted(of_folder.items())),
        title="By folder",
    )
    show_table(
        ("video", "folder", "confidence"),
        ((each.filename, each.folder, percent(each.confidence, 1)) for each in least_sure),
        title="Least sure",
    )
