"""export, import-labels, import: what is known is taken out, and brought back."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArtifactError, ConflictError, NotFoundError, SettingsError
from ..exchange.forms import TASKS, TREES
from ..exchange.tables import FORMS
from ..jobs.program import add_settings_flags
from ..steps import counted
from .asking import opened
from .output import say, show_answer, show_table, write_out

if TYPE_CHECKING:
    from ..api.workspace import Workspace
    from ..exchange.given import Planned
    from ..exchange.rows import Table
    from ..records import Video

SAID, LABELS = "said", "labels"


def export(parser: argparse.ArgumentParser) -> None:
    """`vidsort export [WHAT] [--format FORM] --output FILE`."""
    parser.add_argument("what", nargs="?", choices=[*TABLES, SAID], default=LABELS, help=(
        "labels (where videos lie), predictions, features, history; said: all that people said, which `vidsort import` "
        f"brings back (default {LABELS})"
    ))
    parser.add_argument("--format", choices=[*FORMS, *TREES, TASKS], help=(
        "a table; or of labels a tree that Hugging Face datasets (videofolder) or FiftyOne loads, or tasks for Label "
        "Studio (default: by the ending of the file, else csv)"
    ))
    parser.add_argument("--output", required=True, metavar="FILE", help="a new file, or folder for a tree; - is stdout")
    parser.add_argument("--copy", action="store_true", help="copy the videos into a tree; without it they are links")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.contract import ExportAnswer

        form = _form(flags)
        if flags.output == "-" and flags.json:
            raise SettingsError("--json tells what was written, so --output has to be a file.")
        if flags.copy and form not in TREES:
            raise SettingsError(f"--copy is for trees of videos: --format {', '.join(TREES)}.")
        with opened(flags) as here:
            count = _exported(here, flags, form)
        if flags.output != "-":
            show_answer(ExportAnswer(what=flags.what, form=form, output=flags.output, count=count))
            say(f"Written: {flags.output} ({flags.what}, {form}, {counted(count, 'row')}).")

    parser.set_defaults(run=call)


def import_labels(parser: argparse.ArgumentParser) -> None:
    """`vidsort import-labels FILE [--yes]`."""
    parser.add_argument("file", type=Path, help="a table with columns filename and folder, or whatever export writes")
    parser.add_argument("--yes", action="store_true", help="move what is shown; one `vidsort undo` takes all back")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        from ..api.contract import LabelsAnswer
        from ..api.routes.moves import came_of
        from ..autofile.filing import batch_of
        from ..exchange.given import plan_labels, read_labels

        given = read_labels(flags.file)
        with opened(flags) as here:
            library = here.library
            planned = plan_labels(library.snapshot(), given)
            really = flags.yes and bool(planned.moves)
            outcomes = library.mover.move_batch(planned.moves, planned.makes) if really else []
            stayed = {one.wish for one in outcomes if one.error is not None}
            found = LabelsAnswer.model_validate({
                "dry_run": not flags.yes, "makes": planned.makes, "already": planned.already,
                "absent": planned.absent, "unclear": planned.unclear, "batch": batch_of(outcomes),
                "moves": [
                    {"filename": wish.filename, "from": wish.origin, "to": wish.folder} for wish in planned.moves
                    if wish not in stayed
                ],
                "skipped": [
                    {"filename": one.wish.filename, "from": one.wish.origin, "to": one.wish.folder, **came_of(one)}
                    for one in outcomes if one.error is not None
                ],
                "folders": library.folders(),
            })
        show_answer(found)
        _show_labels(planned, really=flags.yes)
        if found.skipped:
            show_table(
                ("video", "reason"), ((one.filename, one.detail) for one in found.skipped),
                title="Stayed where they were",
            )
        moved = counted(len(found.moves), "video")
        if not planned.moves:
            say("Nothing is to be moved.")
        else:
            say(f"{moved} moved. `vidsort undo` takes all of it back." if really else
                f"{moved} would be moved; nothing was. Add --yes to move them.")
        return ConflictError.exit_code if found.skipped else 0

    parser.set_defaults(run=call)


def bring_back(parser: argparse.ArgumentParser) -> None:
    """`vidsort import FILE`."""
    parser.add_argument("file", type=Path, help="what `vidsort export said` has written")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.contract import SaidAnswer
        from ..store.people.said import bring_back

        if not flags.file.is_file():
            raise NotFoundError(f"There is no {flags.file}: `vidsort export said` writes such a file.")
        rows = _json_lines(flags.file)
        with opened(flags) as here:
            here.library.mover.recover()
            done = bring_back(here.database, here.library.history, rows)
        show_answer(SaidAnswer(added=done.added, known=done.known))
        kinds = sorted({*done.added, *done.known})
        show_table(("what", "brought back", "there already"), (
            (kind.replace("_", " "), done.added.get(kind, 0), done.known.get(kind, 0)) for kind in kinds
        ))
        say(f"{counted(sum(done.added.values()), 'row')} brought back.")

    parser.set_defaults(run=call)


def _form(flags: argparse.Namespace) -> str:
    """The form that is wanted; raises SettingsError for one that this cannot have."""
    by_ending = Path(flags.output).suffix.lower().removeprefix(".")
    if flags.what == SAID:
        form = flags.format or "jsonl"
        if form != "jsonl":
            raise SettingsError("What people said is written as JSON lines for `vidsort import`: take --format jsonl.")
        return form
    form = flags.format or (by_ending if by_ending in FORMS else "csv")
    if form not in FORMS and flags.what != LABELS:
        raise SettingsError(f"--format {form} is of labels: take --format {', '.join(FORMS)} for {flags.what}.")
    if form in TREES and flags.output == "-":
        raise SettingsError(f"--format {form} makes a folder: say which by --output.")
    return str(form)


def _exported(here: "Workspace", flags: argparse.Namespace, form: str) -> int:
    """Write it; returns how many rows or videos that is."""
    from ..exchange.forms import interface, tasks_bytes, write_tree
    from ..exchange.tables import table_bytes
    from ..store.people.said import said_in

    library = here.library
    config = _require_free(flags.output, form, library.data_dir)
    library.mover.recover()
    if flags.what == SAID:
        lines = [json.dumps(row) for row in said_in(here.database, library.history)]
        _write(flags.output, "".join(f"{line}\n" for line in lines).encode("ascii"))
        return len(lines) - 1
    if form in FORMS:
        table = TABLES[flags.what](here)
        _write(flags.output, table_bytes(table, form))
        return len(table.rows)
    labelled = _labelled(here)
    if form in TREES:
        write_tree(form, Path(flags.output), labelled, copies=flags.copy, library=library.data_dir)
        return len(labelled)
    predicted = here.predicted()
    pile = [said for name in library.snapshot().unsorted if (said := predicted.by_video.get(name)) is not None]
    _write(flags.output, tasks_bytes(labelled, pile, _model_id(here)))
    if config is not None:
        _write(str(config), interface(sorted(library.snapshot().folders)))
        say(f"{config} is the labelling interface of these tasks; {library.data_dir} is the local storage.")
    return len(labelled) + len(pile)


def _require_free(output: str, form: str, library: Path) -> Path | None:
    """Raise where a file that is to be written cannot be, before any is; the interface of tasks, where it is one."""
    from ..exchange.written import require_free

    if output == "-":
        return None
    require_free(Path(output), library)
    if form != TASKS:
        return None
    config = Path(output).with_suffix(".xml")
    if config == Path(output):
        raise SettingsError(f"{output} is what the labelling interface would be called: call the tasks FILE.json.")
    require_free(config, library)
    return config


def _write(output: str, data: bytes) -> None:
    """Into a new file, whole, or to stdout; raises ConflictError where there is one."""
    from ..exchange.written import write_file

    if output == "-":
        write_out(data)
    else:
        write_file(Path(output), data)


def _json_lines(path: Path) -> list[dict[str, Any]]:
    from ..exchange.tables import json_lines

    try:
        return json_lines(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no file of JSON lines ({error}): `vidsort export said` writes one.") from error


def _labelled(here: "Workspace") -> "list[Video]":
    from ..library import labelled, videos

    at = here.library
    return labelled(videos(at.data_dir, at.video_names), at.not_learned)


def _model_id(here: "Workspace") -> str | None:
    from ..artifacts import current

    now = current(here.library.artifacts_dir)
    return now.model_id if now else None


def _labels(here: "Workspace") -> "Table":
    from ..exchange.rows import labels_table

    return labels_table(here.library.snapshot(), here.library.not_learned)


def _predictions(here: "Workspace") -> "Table":
    from ..exchange.rows import predictions_table

    return predictions_table(here.library.snapshot().unsorted, here.predicted().by_video)


def _features(here: "Workspace") -> "Table":
    from ..artifacts import current_feature_set
    from ..exchange.rows import features_table
    from ..features.stored import features_of
    from ..library import videos

    at = here.library
    try:
        feature_set = current_feature_set(at.artifacts_dir)
    except ArtifactError as error:
        raise NotFoundError("No features are stored yet: `vidsort extract-features` makes them.") from error
    return features_table(features_of(here.database, videos(at.data_dir, at.video_names), feature_set))


def _history(here: "Workspace") -> "Table":
    from ..exchange.rows import history_table

    return history_table(reversed(here.library.mover.history(sys.maxsize)))


def _show_labels(planned: "Planned", *, really: bool) -> None:
    """Print what labels mean here."""
    by_folder: dict[str, int] = {}
    for wish in planned.moves:
        by_folder[str(wish.folder)] = by_folder.get(str(wish.folder), 0) + 1
    if by_folder:
        show_table(("folder", "moved there" if really else "would go there", ""), (
            (name, count, "new" if name in planned.makes else "") for name, count in sorted(by_folder.items())
        ))
    if planned.already:
        say(f"{counted(planned.already, 'video lies', 'videos lie')} there already.")
    unclear = "in several places, or of two labels"
    for names, why in ((planned.absent, "not in the library"), (planned.unclear, unclear)):
        if names:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            say(f"{counted(len(names), 'video is', 'videos are')} {why}: {shown}.")


TABLES: "dict[str, Callable[[Workspace], Table]]" = {
    LABELS: _labels, "predictions": _predictions, "features": _features, "history": _history,
}
