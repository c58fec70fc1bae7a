"""models: which versions there are, and which one predicts."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..jobs.program import add_settings_flags, settings_from_flags
from ..steps import accuracy_text
from .output import SPOKEN, Spoken, say, show_answer, show_table
from .verbs import add_action

EXAMPLE_ID = "20261126-211137-7ac80c"


def models(parser: argparse.ArgumentParser) -> None:
    """`vidsort models list | show | promote | rollback`."""
    actions = parser.add_subparsers(metavar="<action>", required=True)
    for name, call, example, text in (
        ("list", _list, "", "all versions, newest first, with their scores"),
        ("show", _show, EXAMPLE_ID, "one version: scores a folder, settings, data"),
        ("promote", _promote, EXAMPLE_ID, "put the predictions of this version in force"),
        ("rollback", _rollback, "", "put the predictions before the current ones back in force, byte for byte"),
    ):
        action = add_action(actions, f"models {name}", text, example)
        if call is _show:
            action.add_argument("model_id", nargs="?", help="the version's id (default: the one that predicts)")
        elif example:
            action.add_argument("model_id", help="the version's id, as `vidsort models list` shows it")
        add_settings_flags(action)
        action.set_defaults(run=call)


def _home(flags: argparse.Namespace) -> Path:
    """Where the models of the library in these settings are."""
    from ..artifacts import home_of

    settings = settings_from_flags(flags)
    return home_of(settings.artifacts_dir, settings.data_dir)


def _answer(home: Path) -> None:
    """What the API says of all models, where JSON was asked for."""
    if SPOKEN.get() is not Spoken.JSON:
        return
    from ..api.contract import ModelsAnswer
    from ..artifacts import current, list_models

    now = current(home)
    show_answer(ModelsAnswer(models=list_models(home), current=now.model_id if now else None))


def _list(flags: argparse.Namespace) -> None:
    from ..artifacts import list_models

    home = _home(flags)
    versions = list_models(home)
    _answer(home)
    if not versions:
        say("There are no models yet: `vidsort retrain` trains one.")
        return
    show_table(
        ("", "model", "head", "folders", "videos", "accuracy (95 %)", "macro-F1", "calibration error"),
        (
            (
                "predicts" if version.is_current else "held back" if version.held_back else "",
                version.model_id, version.head, version.folders, version.videos,
                accuracy_text(
                    version.accuracy, version.accuracy_low, version.accuracy_high,
                    (version.note or "").partition(":")[0] or None,
                ),
                _rounded(version.macro_f1), _rounded(version.calibration_error),
            )
            for version in versions
        ),
    )


def _show(flags: argparse.Namespace) -> None:
    from ..artifacts import model_in_force, show_model

    artifacts_dir = _home(flags)
    found = show_model(artifacts_dir, flags.model_id or model_in_force(artifacts_dir))
    show_answer(found)
    version = dict(found["version"])
    value, low, high, note = (version.pop(name) for name in ("accuracy", "accuracy_low", "accuracy_high", "note"))
    accuracy = accuracy_text(value, low, high, note)
    shown = {"model_id": version.pop("model_id"), "accuracy": accuracy} | version
    shown |= {name: _rounded(version[name]) for name in ("macro_f1", "calibration_error", "log_loss")}
    show_table(("", "value"), ((name.replace("_", " "), value) for name, value in shown.items()))
    own, origins = (found["manifest"].get(name, {}) for name in ("own_heads", "own_evidence"))
    show_table(
        ("head", "accuracy (95 %)", "which is"),
        (
            (row["head"], _share(row["accuracy"], row["low"], row["high"]), own.get(row["head"], "vidsort's"))
            for row in found["manifest"].get("selection", ())
        ),
        title="What raced",
    )
    show_table(
        ("evidence", "weight", "alone (95 %)", "all without it (95 %)", "which is"),
        (
            (name, f"{kind['weight']:.2f}", *(
                _share(score["value"], score["low"], score["high"]) for score in (kind["alone"], kind["without"])
            ), origins.get(name, "vidsort's"))
            for name, kind in found["metrics"]["modalities"].items()
        ),
        title="What it goes by",
    )
    per_folder = found["metrics"].get("folders", {})
    show_table(
        ("folder", "videos", "recall (95 %)", ""),
        (
            (
                name, score["count"], _recall(score["recall"]), "thin" if score.get("thin") else "",
            )
            for name, score in per_folder.items()
        ),
    )


def _share(value: float | None, low: float | None, high: float | None) -> str:
    """An accuracy with its interval; what was not measured has none."""
    return "-" if value is None else accuracy_text(value, low, high, None)


def _recall(score: Mapping[str, Any]) -> str:
    """A folder that could not be tested has none."""
    return f"{score['value']:.2f} ({score['low']:.2f} to {score['high']:.2f})" if score["count"] else "-"


def _rounded(score: float | None) -> float | str:
    return "-" if score is None else round(score, 3)


def _promote(flags: argparse.Namespace) -> None:
    from ..artifacts import promote

    home = _home(flags)
    now = promote(home, flags.model_id, settings_from_flags(flags).trusted_types)
    _answer(home)
    say(f"Model {now.model_id} predicts now; `vidsort models rollback` goes back.")


def _rollback(flags: argparse.Namespace) -> None:
    from ..artifacts import rollback

    home = _home(flags)
    now = rollback(home)
    _answer(home)
    say(f"The predictions {now.predictions_id} of {now.model_id or 'another program'} are in force again.")
