"""status, library, adopt: how all of it is, and which folder is the library."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ..errors import SettingsError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..records import VideoNames
from ..settings import absolute
from ..steps import counted, duration, percent
from .asking import answered, body, opened
from .output import say, show_answer, show_left_out, show_table

if TYPE_CHECKING:
    from ..api.contract import LibraryAnswer, StatusAnswer


def status(parser: argparse.ArgumentParser) -> None:
    """`vidsort status`."""
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.contract import StatusAnswer
        from ..api.routes import jobs, review
        from ..api.routes.library import library as library_of

        with opened(flags, is_needed=False) as here:
            found = StatusAnswer(
                library=answered(library_of, here), model_id=answered(jobs.models, here).current,
                retrain=answered(jobs.retrain_status, here), look=answered(jobs.look_status, here),
                pace=answered(review.pace, here),
            )
        show_answer(found)
        _show_library(found.library)
        show_table(("", "now"), (
            ("model", found.model_id or "none yet: `vidsort retrain` trains one"), ("retrain", _of_retrain(found)),
            ("look at new videos", _of_look(found)), ("pace", _of_pace(found)),
        ))

    parser.set_defaults(run=call)


def library(parser: argparse.ArgumentParser) -> None:
    """`vidsort library [--preview PATH | --choose PATH | --names RULE | --never-learn FOLDER …]`."""
    add_settings_flags(parser)
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--preview", metavar="PATH", help="say what a folder would be as the library; change nothing")
    wanted.add_argument("--choose", metavar="PATH", help="make a folder the library, in vidsort.toml")
    wanted.add_argument("--names", choices=get_args(VideoNames), help="decide which names are videos, in vidsort.toml")
    wanted.add_argument(
        "--never-learn", nargs="*", metavar="FOLDER",
        help="decide which of the folders are never learned from, in vidsort.toml: all of these and no other here",
    )

    def call(flags: argparse.Namespace) -> None:
        from ..api import contract
        from ..api.routes import library as routes

        with opened(flags, is_needed=False) as here:
            if flags.preview is not None:
                found = answered(routes.preview, here, _whole(flags.preview))
            elif flags.choose is not None:
                found = answered(routes.choose, here, body(contract.LibraryBody, path=_whole(flags.choose)))
            elif flags.names is not None:
                found = answered(routes.choose_names, here, body(contract.NamesBody, video_names=flags.names))
            elif flags.never_learn is not None:
                wish = body(contract.NotLearnedBody, folders=flags.never_learn)
                found = answered(routes.choose_not_learned, here, wish)
            else:
                found = answered(routes.library, here)
        show_answer(found)
        if isinstance(found, contract.LibraryAnswer):
            _show_library(found)
        else:
            say(f"{found.path}: {counted(found.unsorted, 'unsorted video')}" if found.exists else
                f"There is no folder {found.path}.")
        show_table(("folder", "videos"), ((folder.name, folder.count) for folder in found.folders))

    parser.set_defaults(run=call)


def adopt(parser: argparse.ArgumentParser) -> None:
    """`vidsort adopt [OLD]`."""
    add_settings_flags(parser)
    parser.add_argument(
        "old", nargs="?", type=Path, help="where the library lay; without it the library is taken for what it is now"
    )

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.library import library as library_of
        from ..artifacts.owners import adopt, choose_anew

        settings = settings_from_flags(flags)
        if flags.old is None:
            choose_anew(settings.artifacts_dir, settings.data_dir)
            say(f"{settings.data_dir} is taken for what it is now.")
        else:
            home = adopt(settings.artifacts_dir, settings.data_dir, absolute("old", flags.old, Path.cwd()))
            say(f"{settings.data_dir} has the models, predictions and history of {flags.old} now ({home}).")
        if flags.json:
            with opened(flags, is_needed=False) as here:
                show_answer(answered(library_of, here))

    parser.set_defaults(run=call)


def _whole(path: str) -> str:
    """The whole path, as a server needs it; raises SettingsError."""
    if not path:
        raise SettingsError("An empty text is no folder: give the path of one.")
    return str(absolute("path", Path(path), Path.cwd()))


def _show_library(found: "LibraryAnswer") -> None:
    say(f"{found.data_dir}: {counted(found.unsorted, 'unsorted video')}, {counted(len(found.folders), 'folder')}, "
        f"{counted(sum(folder.count for folder in found.folders), 'sorted video')}.")
    if found.away:
        say(found.away)
    if found.not_learned:
        say(f"Never learned from: {', '.join(found.not_learned)}.")
    show_left_out(found.left_out)


def _of_retrain(found: "StatusAnswer") -> str:
    now = found.retrain
    if now.running:
        far = f"{now.done} of {now.total}" if now.total else now.message or "started"
        return f"runs: {now.step or 'begins'}, {far}"
    if now.last_result is None:
        return "none yet"
    return "the last one was done" if now.last_result == "success" else f"the last one failed: {now.last_result}"


def _of_look(found: "StatusAnswer") -> str:
    now = found.look
    if now.running:
        return f"runs: {now.done} of {now.total}"
    if not now.not_looked_at:
        return "nothing waits"
    about = f", about {duration(now.about_s)}" if now.about_s is not None else ""
    return f"{counted(now.not_looked_at, 'video waits', 'videos wait')}{about}: `vidsort extract-features`"


def _of_pace(found: "StatusAnswer") -> str:
    now = found.pace
    said = f"{now.sorted_last_hour} sorted in the last hour"
    if now.top1_accepted_share is not None:
        said += f", {percent(now.top1_accepted_share)} as guessed"
    return f"{said}, {duration(now.left_s)} left" if now.left_s is not None else said
