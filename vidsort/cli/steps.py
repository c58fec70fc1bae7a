"""extract-features, train, predict and retrain: the steps, watched by a person."""

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ConflictError, SettingsError, VidsortError
from ..jobs.program import add_config_flags, add_settings_flags, config_from_flags, settings_from_flags
from ..records import Progress, Report
from ..settings import Settings
from ..steps import STEPS, ProgressCallback, Step, percent, written_outputs
from .output import duration, progress_bars, say, show_failures, show_table, summary

if TYPE_CHECKING:
    from ..jobs.retrain import Retrain
    from ..library.moves.mover import Outcome

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
    """`vidsort predict [--move [--yes]]`."""
    from ..predict import PredictConfig, run

    add_settings_flags(parser)
    add_config_flags(parser, PredictConfig)
    parser.add_argument("--move", action="store_true", help="show what would go where; nothing is moved without --yes")
    parser.add_argument("--yes", action="store_true", help="with --move: move it; one `vidsort undo` takes all back")

    def call(flags: argparse.Namespace) -> int:
        if flags.yes and not flags.move:
            raise SettingsError("--yes goes with --move: `vidsort predict --move --yes` moves what `--move` shows.")
        settings, config = settings_from_flags(flags), config_from_flags(flags, PredictConfig)
        with progress_bars() as progress:
            report = run(settings, config, progress=progress)
        show_report(report)
        return _move(settings, config.threshold, really=flags.yes) if flags.move else 0

    parser.set_defaults(run=call)


def retrain(parser: argparse.ArgumentParser) -> None:
    """`vidsort retrain`."""
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..jobs.retrain import Retrain
        from ..store import open_database

        settings = settings_from_flags(flags)
        job = Retrain(open_database(settings.artifacts_dir))
        if job.start(settings) == "already_running":
            raise ConflictError("A retrain is running already: wait for its end, or cancel it on the page.")
        try:
            with progress_bars() as progress:
                status = _watch(job, progress)
        finally:
            job.stop()
        if status["last_result"] != "success":
            raise VidsortError(status["last_result"])
        say(f"Retrained in {duration(status['took_s'])}.")
        show_outputs({name: status[name] for name in JOB_OUTPUTS if name in status})
        if status.get("failed"):
            say(f"{status['failed']} videos were left out; `vidsort doctor` says which and why.")

    parser.set_defaults(run=call)


def show_report(report: Report) -> None:
    """Print what a step did: its counts, what it made, and what it left out with the reasons."""
    say(summary(report))
    show_outputs(report.outputs)
    show_failures(report.failed)


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


def _watch(job: "Retrain", progress: ProgressCallback) -> dict[str, Any]:
    """Tell how far the job is until it has ended; returns how it ended."""
    while True:
        status = job.status()
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
    add_settings_flags(parser)
    add_config_flags(parser, config_type)

    def call(flags: argparse.Namespace) -> None:
        settings, config = settings_from_flags(flags), config_from_flags(flags, config_type)
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
    plan = sorted(plan_moves(predictions, threshold), key=lambda move: move[1])
    if not plan:
        say(f"No unsorted video reaches a confidence of {threshold:g}: there is nothing to move.")
        return 0
    outcomes = _sort(settings, plan) if really else []
    stayed = {outcome.filename: str(outcome.error) for outcome in outcomes if outcome.error is not None}
    show_table(
        ("video", "moved to" if really else "would go to", "confidence"),
        ((video, folder, percent(confidences[video])) for video, folder in plan if video not in stayed),
    )
    if stayed:
        show_table(("video", "reason"), stayed.items(), title="Stayed where they were")
    if not really:
        say(f"{len(plan)} videos would be moved; nothing was. Add --yes to move them.")
        return 0
    say(f"{len(plan) - len(stayed)} videos moved. `vidsort undo` takes all of it back.")
    return ConflictError.exit_code if stayed else 0


def _sort(settings: Settings, plan: list[tuple[str, str]]) -> list["Outcome"]:
    from ..library.moves.mover import Mover
    from ..store import open_database

    mover = Mover(settings.data_dir, open_database(settings.artifacts_dir))
    mover.recover()
    return mover.sort_batch(plan)
