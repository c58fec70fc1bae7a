"""list, show, why, similar, search, insights: what there is, and what is said of it."""

import argparse
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

from ..errors import SettingsError
from ..jobs.program import add_settings_flags
from ..pile.order import ORDERS
from ..shelves.folder_orders import FIRST_FOLDER_ORDER, FOLDER_ORDERS
from ..steps import counted, percent
from .asking import add_limit, answered, opened
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..api.contract import FolderVideosAnswer, LikeRecord, VideosAnswer
    from ..api.workspace import Workspace

UNSORTED = "(unsorted)"
FILENAME = "the video, by its name alone"
# More than any library has: what is asked for without a limit.
ALL = 10**9


def listed(parser: argparse.ArgumentParser) -> None:
    """`vidsort list [--in FOLDER] [--predicted FOLDER]`."""
    parser.add_argument("--in", dest="place", metavar="FOLDER", help="what lies in this folder, not what is unsorted")
    parser.add_argument("--predicted", metavar="FOLDER", help="only those that are predicted to be in this folder")
    parser.add_argument("--order", choices=[*dict.fromkeys((*ORDERS, *FOLDER_ORDERS))], help=(
        f"of unsorted videos {', '.join(ORDERS)}; of those in a folder {', '.join(FOLDER_ORDERS)} (default filename)"
    ))
    add_limit(parser, "videos", None)
    parser.add_argument("--cursor", help="go on behind a page, by its next_cursor")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        if flags.place is not None and flags.predicted is not None:
            raise SettingsError("What lies in a folder has no prediction: take --in or --predicted.")
        known = ORDERS if flags.place is None else FOLDER_ORDERS
        if flags.order is not None and flags.order not in known:
            raise SettingsError(f"--order {flags.order} is not for these videos; there are: {', '.join(known)}.")
        with opened(flags) as here:
            found = _in_folder(here, flags) if flags.place is not None else _unsorted(here, flags)
        show_answer(found)
        show_table(("video", "likely", "confidence") if flags.place is None else ("video",), (
            (one.filename, one.predicted_folder, percent(one.confidence) if one.predicted_folder else None)
            if flags.place is None else (one.filename,) for one in found.videos
        ))
        shown = len(found.videos)
        say(f"{'' if shown == found.total else f'{shown} of '}{counted(found.total, 'video')}.")
        if found.next_cursor:
            say(f"The next ones: --cursor={found.next_cursor}")

    parser.set_defaults(run=call)


def _unsorted(here: "Workspace", flags: argparse.Namespace) -> "VideosAnswer":
    from ..api.contract import VideosAnswer

    found = here.videos(flags.limit or ALL, flags.cursor, flags.order or "filename", flags.predicted)
    return VideosAnswer.model_validate(found)


def _in_folder(here: "Workspace", flags: argparse.Namespace) -> "FolderVideosAnswer":
    from ..api.contract import FolderVideosAnswer
    from ..api.insights.lying import Lying

    found = Lying(here).videos(flags.place, flags.order or FIRST_FOLDER_ORDER, flags.limit or ALL, flags.cursor)
    return FolderVideosAnswer.model_validate(found)


def show(parser: argparse.ArgumentParser) -> None:
    """`vidsort show FILENAME`."""
    parser.add_argument("filename", help=FILENAME)
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.search import video

        with opened(flags) as here:
            found = answered(video, here, flags.filename)
        show_answer(found)
        words = {name: value for name, value in found.words.model_dump().items() if value}
        rows: list[tuple[str, object]] = [("lies in", found.folder or UNSORTED)]
        rows += [(one.folder, percent(one.confidence, 1)) for one in found.top_predictions]
        rows += [(name, " ".join(value) if isinstance(value, list) else value) for name, value in words.items()]
        show_table(("", found.filename), rows)

    parser.set_defaults(run=call)


def why(parser: argparse.ArgumentParser) -> None:
    """`vidsort why FILENAME`."""
    parser.add_argument("filename", help=FILENAME)
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.likeness import Explanations
        from ..api.routes.search import why as explained

        with opened(flags) as here:
            found = answered(explained, Explanations(here), flags.filename)
        show_answer(found)
        if found.predicted_folder is None:
            say(f"The model in force knows nothing of {found.filename}.")
            return
        say(f"{found.filename} is likely {found.predicted_folder} ({percent(found.confidence, 1)}).")
        if found.words:
            say(f"Words: {' '.join(found.words)}")
        show_table(("kind of evidence", "share"), ((one.kind, percent(one.share)) for one in found.shares))
        _show_alike(found.nearest)

    parser.set_defaults(run=call)


def similar(parser: argparse.ArgumentParser) -> None:
    """`vidsort similar FILENAME`."""
    parser.add_argument("filename", help=FILENAME)
    add_limit(parser, "videos, the most alike first", 50)
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.likeness import Explanations
        from ..api.routes.search import similar as alike

        with opened(flags) as here:
            found = answered(alike, Explanations(here), flags.filename, flags.limit)
        show_answer(found)
        _show_alike(found.videos)

    parser.set_defaults(run=call)


def search(parser: argparse.ArgumentParser) -> None:
    """`vidsort search QUERY`."""
    parser.add_argument("query", nargs="+", help="words, or how they begin; a video has all of them")
    add_limit(parser, "videos, the best first", 50)
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.meaning import Meaning
        from ..api.routes.search import find

        with opened(flags) as here:
            found = answered(find, here, Meaning(here), " ".join(flags.query), flags.limit)
        show_answer(found)
        if not found.videos:
            say("No video has these words.")
            return
        show_table(("video", "lies in", "likely"), (
            (one.filename, one.folder or UNSORTED, one.predicted_folder) for one in found.videos
        ))

    parser.set_defaults(run=call)


def insights(parser: argparse.ArgumentParser) -> None:
    """`vidsort insights TOPIC`."""
    from ..api.contract import Topic

    parser.add_argument("topic", choices=get_args(Topic), help="what is asked for")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.insights import told

        with opened(flags) as here:
            found = answered(told, here, flags.topic)
        show_answer(found)
        if found.reason:
            say(found.reason)
            return
        # Of nested numbers, the whole of which --json gives, each is a line.
        show_table(("", found.model_id), (
            (name, value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False))
            for name, value in found.numbers.items()
        ))

    parser.set_defaults(run=call)


def _show_alike(found: "Iterable[LikeRecord]") -> None:
    show_table(("video", "lies in", "likeness"), (
        (one.filename, one.folder or UNSORTED, f"{one.likeness:.2f}") for one in found
    ))
