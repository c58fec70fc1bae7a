"""extract-features, train, predict and retrain: the steps, watched by a person."""

import argparse
import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..desk.opened import mover_of
from ..errors import ConflictError, SettingsError, StepCancelled, VidsortError
from ..jobs.program import add_config_flags, add_settings_flags, config_from_flags, settings_from_flags
from ..records import LeftOut, Progress, Report
from ..settings import Settings
from ..steps import PROMISED_ERROR, STEPS, ProgressCallback, Step, counted, percent, written_outputs
from .filing import file_surely, share_of_wrong, show_folders, warn_if_harder
from .output import TITLES, duration, progress_bars, say, show_answer, show_failures, show_left_out, show_table, summary

if TYPE_CHECKING:
    from ..jobs.retrain import Retrain
    from ..library.moves import Outcome

LOOK_S = 0.2
LINE_WIDTH = 110
JOB_OUTPUTS = (
    "encoder_calls", "model_id", "accuracy", "accuracy_low", "accuracy_high", "accuracy_note",
    "promoted", "verdict",
)


def extract_features(parser: argparse.ArgumentParser) -> None:
    """`vidsort extract-features`."""
    _add_step(parser, STEPS["extract_features"])


def train(parser: argparse.ArgumentParser) -> None:
    """`vidsort train`."""
    _add_step(parser, STEPS["train"])


def predict(parser: argparse.ArgumentParser) -> None:
    """`vidsort predict [--move | --at-most-wrong RATE] [--yes]`."""
    from ..predict import PredictConfig, least_confidence, run

    add_settings_flags(parser)
    add_config_flags(parser, PredictConfig)
    parser.add_argument("--move", action="store_true", help="show what would go where; nothing is moved without --yes")
    parser.add_argument(
        "--at-most-wrong", type=share_of_wrong, metavar="RATE",
        help="show what can be filed so that at most this share of it is wrong (0.02); nothing is without --yes",
    )
    parser.add_argument("--yes", action="store_true", help="move what is shown; one `vidsort undo` takes all back")

    def call(flags: argparse.Namespace) -> int:
        if flags.move and flags.at_most_wrong is not None:
            raise SettingsError("--move goes by confidence and --at-most-wrong by a promise: take one of them.")
        if flags.yes and not flags.move and flags.at_most_wrong is None:
            raise SettingsError("--yes goes with --move or --at-most-wrong: it moves what they show.")
        if flags.json and (flags.move or flags.at_most_wrong is not None):
            raise SettingsError(
                "--json is of predicting alone: `vidsort autofile --json` and `vidsort sort --batch FILE --json` move."
            )
        settings = settings_from_flags(flags)
        config = config_from_flags(flags, settings, "predict", PredictConfig)
        with progress_bars() as progress:
            report = run(settings, config, progress=progress)
        show_report(report)
        if flags.at_most_wrong is not None:
            return file_surely(flags, flags.at_most_wrong, really=flags.yes)
        if not flags.move:
            return 0
        least = least_confidence(settings, config, str(report.outputs["model_id"]))
        if least is None:
            say(
                f"No confidence promises at most {PROMISED_ERROR:.0%} wrong moves yet, so none is made: "
                "sort more videos and train again, or say by --threshold what is enough."
            )
            return 0
        if config.threshold is None:
            say(
                f"Without a threshold it takes a confidence of {percent(least, 1)}, the lowest that promises at most "
                f"{PROMISED_ERROR:.0%} wrong moves."
            )
        return _move(settings, least, really=flags.yes)

    parser.set_defaults(run=call)


def retrain(parser: argparse.ArgumentParser) -> None:
    """`vidsort retrain [--cancel]`."""
    add_settings_flags(parser, *(name for step in STEPS.values() for name in step.settings))
    parser.add_argument("--cancel", action="store_true", help="stop the one that runs, in whichever process")

    def call(flags: argparse.Namespace) -> None:
        from ..api.contract import RetrainStatus
        from ..jobs.retrain import Retrain
        from ..store import open_database

        settings = settings_from_flags(flags)
        if flags.cancel:
            _cancel(settings)
            return
        with contextlib.closing(open_database(settings.artifacts_dir)) as database:
            job = Retrain(database)
            if job.start(settings) == "already_running":
                raise ConflictError("A retrain is running already: wait for its end, or cancel it on the page.")
            try:
                with progress_bars() as progress:
                    status = _watch(job, progress)
            finally:
                job.stop()
        if status["last_result"] != "success":
            raise _failure(status)
        show_answer(RetrainStatus.model_validate(status))
        say(f"Retrained in {duration(status['took_s'])}.")
        show_outputs({name: status[name] for name in JOB_OUTPUTS if name in status})
        if status.get("failed"):
            left_out = counted(status["failed"], "video was", "videos were")
            say(f"{left_out} left out; `vidsort doctor` says which and why.")
        show_left_out([LeftOut.model_validate(one) for one in status.get("left_out", ())])

    parser.set_defaults(run=call)


def _cancel(settings: Settings) -> None:
    from ..api.contract import RetrainCancelled
    from ..artifacts.owners import history_of, home_of
    from ..jobs.retrain import Retrain
    from ..store import open_database

    library = history_of(home_of(settings.artifacts_dir, settings.data_dir), settings.data_dir)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = RetrainCancelled(status=Retrain(database).cancel(library))
    show_answer(found)
    say("It stops within two seconds; finished work is kept." if found.status == "cancelling" else "No retrain runs.")


def show_report(report: Report) -> None:
    """Print what a step did: its counts, what it made, and what it left out with the reasons."""
    show_answer(report)
    say(summary(report))
    show_outputs(report.outputs)
    show_failures(report.failed)
    show_left_out(report.left_out)


def show_outputs(outputs: Mapping[str, object]) -> None:
    """Print what a step made, in as few lines as are easily read; a score with its interval."""
    parts = [f"{name}: {value}" for name, value in written_outputs(outputs)]
    for line in _lines(parts):
        say(f"  {line}")


def _lines(parts: Sequence[str]) -> list[str]:
    """The parts one after the other, in lines no longer than need be; none is torn."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= LINE_WIDTH:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return lines


def _failure(status: Mapping[str, Any]) -> VidsortError:
    """The error of a job that failed, as the step would have raised it here."""
    reason = str(status.get("reason", status["last_result"]))
    exit_code = status.get("exit_code", VidsortError.exit_code)
    is_sentence = exit_code not in (VidsortError.exit_code, StepCancelled.exit_code)
    # Before its one sentence a step may have warned of something.
    last = reason.rstrip().split("\n")[-1]
    said = last if is_sentence else f"{TITLES.get(str(status.get('step')), 'Retrain')}: {reason}"
    error = VidsortError(said)
    error.exit_code = exit_code
    return error


def _watch(job: "Retrain", progress: ProgressCallback) -> dict[str, Any]:
    """Tell how far the job is until it has ended, at least once of each step; returns how it ended."""
    coming = list(STEPS)
    while True:
        status = job.status()
        while status.get("step") in coming:
            # A step may be over before anybody looks.
            progress(Progress(step=coming.pop(0), done=0, total=0, message="started"))
        if not status["running"]:
            return status
        if "step" in status:
            progress(Progress(
                step=status["step"], done=status["done"], total=status["total"], rate_per_s=status["videos_per_s"],
                left_s=status["left_s"], message=status["message"], notice=status["notice"],
            ))
        time.sleep(LOOK_S)


def _add_step(parser: argparse.ArgumentParser, step: Step) -> None:
    config_type = step.config_type
    add_settings_flags(parser, *step.settings)
    add_config_flags(parser, config_type)

    def call(flags: argparse.Namespace) -> None:
        settings = settings_from_flags(flags)
        config = config_from_flags(flags, settings, step.name, config_type)
        with progress_bars() as progress:
            report = step.run(settings, config, progress=progress)
        show_report(report)

    parser.set_defaults(run=call)


def _move(settings: Settings, threshold: float, *, really: bool) -> int:
    """Show what is confident enough and where it would go; move it where that is wanted."""
    from ..artifacts import home_of, predictions_path, read_predictions
    from ..predict import plan_moves

    predictions = read_predictions(predictions_path(home_of(settings.artifacts_dir, settings.data_dir)))
    confidences = {entry.video: entry.confidence for entry in predictions}
    warn_if_harder(settings, confidences.values())
    plan = sorted(plan_moves(predictions, threshold), key=lambda move: move[1])
    if not plan:
        say(f"No unsorted video reaches a confidence of {threshold:g}: there is nothing to move.")
        return 0
    outcomes = _sort(settings, plan) if really else []
    stayed = {outcome.wish.filename: str(outcome.error) for outcome in outcomes if outcome.error is not None}
    show_table(
        ("video", "moved to" if really else "would go to", "confidence"),
        ((video, folder, percent(confidences[video])) for video, folder in plan if video not in stayed),
    )
    if stayed:
        show_table(("video", "reason"), stayed.items(), title="Stayed where they were")
    show_folders([move for move in plan if move[0] not in stayed], confidences, really=really)
    if not really:
        say(f"{counted(len(plan), 'video')} would be moved; nothing was. Add --yes to move them.")
        return 0
    say(f"{counted(len(plan) - len(stayed), 'video')} moved. `vidsort undo` takes all of it back.")
    return ConflictError.exit_code if stayed else 0


def _sort(settings: Settings, plan: list[tuple[str, str]]) -> list["Outcome"]:
    with mover_of(settings) as mover:
        return mover.sort_batch(plan)
