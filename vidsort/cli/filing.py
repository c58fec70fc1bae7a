"""Filing without a person, as far as a promise goes: `vidsort autofile`, and `predict --at-most-wrong`."""

import argparse
import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import ConflictError
from ..jobs.program import add_settings_flags
from ..settings import Settings
from ..steps import counted, percent
from .asking import answered, body, opened
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..api.contract import AutofileAnswer


def autofile(parser: argparse.ArgumentParser) -> None:
    """`vidsort autofile [--at-most-wrong RATE] [--yes]`."""
    parser.add_argument(
        "--at-most-wrong", type=share_of_wrong, default=0.02, metavar="RATE",
        help="so large a share of what is filed may be wrong (default %(default)s)",
    )
    parser.add_argument("--yes", action="store_true", help="file what is shown; one `vidsort undo` takes all back")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        return file_surely(flags, flags.at_most_wrong, really=flags.yes)

    parser.set_defaults(run=call)


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


def file_surely(flags: argparse.Namespace, at_most_wrong: float, *, really: bool) -> int:
    """Show what can be filed so that at most this share of it is wrong; file it where that is wanted."""
    from ..api.contract import AutofileBody
    from ..api.routes.filing import autofile as filed

    with opened(flags) as here:
        if really:
            here.library.mover.recover()
        found = answered(filed, here, body(AutofileBody, at_most_wrong=at_most_wrong, dry_run=not really))
        # Others may predict anew meanwhile: what was moved is told all the same.
        guesses = here.predicted().by_video
    show_answer(found)
    known = ((each.filename, guesses.get(each.filename)) for each in found.moves)
    _show(found, {name: guess.confidence for name, guess in known if guess is not None}, really=really)
    return ConflictError.exit_code if found.skipped else 0


def _show(found: "AutofileAnswer", confidences: Mapping[str, float], *, really: bool) -> None:
    """Print how much goes into each folder, how surely, what is most likely wrong, and on what that rests."""
    say(found.reason)
    came = found.rests_on.realised
    if came.checked and came.holds:
        say(
            f"Of {counted(came.checked, 'blind card')} as sure as these {came.wrong} "
            f"{'was' if came.wrong == 1 else 'were'} wrong (90 % interval {percent(came.low, 1)} to "
            f"{percent(came.high, 1)})."
        )
    if not found.moves and not found.skipped:
        return
    if found.skipped:
        show_table(
            ("video", "reason"), ((one.filename, one.detail) for one in found.skipped), title="Stayed where they were"
        )
    show_folders(((each.filename, each.folder) for each in found.moves), confidences, really=really)
    show_table(
        ("video", "folder", "confidence"),
        ((each.filename, each.folder, percent(each.confidence, 1)) for each in found.least_sure), title="Least sure",
    )
    filed = counted(len(found.moves), "video")
    say(
        f"Of {filed} about {found.expected_wrong * len(found.moves):.1f} can be expected to be wrong "
        f"({percent(found.expected_wrong, 1)}), {percent(found.upper_bound, 1)} at the most."
    )
    if found.held:
        kept = counted(len(found.held), "more video stays", "more videos stay")
        say(f"{kept} in the pile as blind cards: what you say of them tells whether the promise holds.")
    if found.left:
        say(f"{found.left} more could be filed: run the same again.")
    say(f"{filed} moved. `vidsort undo` takes all of it back." if really else
        f"{filed} would be moved; nothing was. Add --yes to move them.")


def show_folders(moves: Iterable[tuple[str, str]], confidences: Mapping[str, float], *, really: bool) -> None:
    """Print how much goes into each folder, and how sure, of (filename, folder); of none that is known, no word."""
    of_folder: dict[str, list[str]] = {}
    for video, folder in moves:
        of_folder.setdefault(folder, []).append(video)
    rows = []
    for folder, videos in sorted(of_folder.items()):
        sure = [confidences[video] for video in videos if video in confidences]
        rows.append((folder, len(videos), *((percent(min(sure)), percent(max(sure))) if sure else (None, None))))
    show_table(
        ("folder", "moved there" if really else "would go there", "least confidence", "most"), rows, title="By folder"
    )
