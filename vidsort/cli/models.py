"""models: which versions there are, and which one predicts."""

import argparse

from ..jobs.program import add_settings_flags, settings_from_flags
from .output import say, show_table


def models(parser: argparse.ArgumentParser) -> None:
    """`vidsort models list | show | promote | rollback`."""
    actions = parser.add_subparsers(metavar="<action>", required=True)
    for name, call, needs_model, text in (
        ("list", _list, False, "all versions, newest first, with their scores"),
        ("show", _show, True, "one version: scores a folder, settings, data"),
        ("promote", _promote, True, "put the predictions of this version in force"),
        ("rollback", _rollback, False, "put the predictions before the current ones back in force, byte for byte"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if needs_model:
            action.add_argument("model_id", help="the version's id, as `vidsort models list` shows it")
        add_settings_flags(action)
        action.set_defaults(run=call)


def _list(flags: argparse.Namespace) -> None:
    from ..artifacts import list_models

    versions = list_models(settings_from_flags(flags).artifacts_dir)
    if not versions:
        say("There are no models yet: `vidsort retrain` trains one.")
        return
    show_table(
        ("", "model", "head", "folders", "videos", "accuracy (95 %)", "macro-F1", "calibration error"),
        (
            (
                "predicts" if version.is_current else "held back" if version.held_back else "",
                version.model_id, version.head, version.folders, version.videos,
                f"{version.accuracy:.3f} ({version.accuracy_low:.3f} to {version.accuracy_high:.3f})",
                round(version.macro_f1, 3), round(version.calibration_error, 3),
            )
            for version in versions
        ),
    )


def _show(flags: argparse.Namespace) -> None:
    from ..artifacts import show_model

    found = show_model(settings_from_flags(flags).artifacts_dir, flags.model_id)
    show_table(("", "value"), ((name.replace("_", " "), value) for name, value in found["version"].items()))
    per_folder = found["metrics"].get("folders", {})
    show_table(
        ("folder", "videos", "recall (95 %)", ""),
        (
            (
                name, score["count"],
                f"{score['recall']['value']:.2f} ({score['recall']['low']:.2f} to {score['recall']['high']:.2f})",
                "thin" if score.get("thin") else "",
            )
            for name, score in per_folder.items()
        ),
    )


def _promote(flags: argparse.Namespace) -> None:
    from ..artifacts import promote

    now = promote(settings_from_flags(flags).artifacts_dir, flags.model_id)
    say(f"Model {now.model_id} predicts now; `vidsort models rollback` goes back.")


def _rollback(flags: argparse.Namespace) -> None:
    from ..artifacts import rollback

    now = rollback(settings_from_flags(flags).artifacts_dir)
    say(f"The predictions {now.predictions_id} of {now.model_id or 'another program'} are in force again.")
