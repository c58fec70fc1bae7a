"""Settings and configs as flags of a command line, and one way to run a step as a program."""

import argparse
import contextlib
import gc
import json
import os
import sqlite3
import sys
import threading
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ..errors import SettingsError, VidsortError
from ..logs import to_starter
from ..records import Progress, Report
from ..settings import PATHS, PLAIN, Settings, load_settings
from ..steps import STEPS, C, ProgressCallback, StepConfig

# So many objects more than were let go of; by default 700.
COLLECTED_AFTER = 200_000


def add_settings_flags(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add `--data-dir`, `--artifacts-dir`, `--video-names`, `--not-learned` and the further named settings as flags.

    The password is no flag: a command line is seen by every user of the machine.
    """
    for name in dict.fromkeys((*PATHS, "video_names", "not_learned", *names)):
        field = PLAIN[name]
        _add_flag(parser, name, field, dest=f"setting_{name}", default=None, help=field.description or "")


def settings_from_flags(flags: argparse.Namespace) -> Settings:
    """`load_settings` with the flags of `add_settings_flags` on top."""
    return load_settings(**{
        name.removeprefix("setting_"): value
        for name, value in vars(flags).items() if name.startswith("setting_")
    })


def settings_from_json(text: str) -> Settings:
    """What `Settings.as_json` gave; raises SettingsError for anything else."""
    try:
        return Settings(**json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        raise SettingsError("--settings takes what a server gives its steps; use the other flags by hand.") from error


def as_told(error: VidsortError | sqlite3.DatabaseError | OSError) -> VidsortError:
    """An error of a program as a person is told it: one sentence, and an exit code."""
    if isinstance(error, VidsortError):
        return error
    if isinstance(error, sqlite3.DatabaseError):
        from ..store.database import DATABASE_NAME, explained

        return explained(Path(DATABASE_NAME), error)
    where = f"{error.filename}: " if error.filename else ""
    return VidsortError(f"{where}{error.strerror or error}.")


def add_config_flags(parser: argparse.ArgumentParser, config_type: type[StepConfig]) -> None:
    """Add one flag for each field of a config; the field's description is its help."""
    for name, field in config_type.model_fields.items():
        is_shown = typing.get_origin(field.annotation) is not tuple and field.annotation is not bool
        default = "" if field.default in (None, PydanticUndefined) or not is_shown else f" (default {field.default})"
        shown = (field.description or "") + default
        _add_flag(parser, name, field, dest=f"config_{name}", default=argparse.SUPPRESS, help=shown)


def _add_flag(parser: argparse.ArgumentParser, name: str, field: FieldInfo, **options: Any) -> None:
    flag = "--" + name.replace("_", "-")
    # argparse fills in what stands behind a percent sign.
    options["help"] = options["help"].replace("%", "%%")
    if field.annotation is bool:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, **options)
    elif any(typing.get_origin(kind) is tuple for kind in (field.annotation, *typing.get_args(field.annotation))):
        parser.add_argument(flag, nargs="+", metavar="VALUE", **options)
    else:
        parser.add_argument(flag, metavar=_metavar(field.annotation), **options)


def _metavar(annotation: object) -> str:
    kinds = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return {int: "N", float: "X"}.get(kinds[0], "VALUE")


def config_from_flags(flags: argparse.Namespace, settings: Settings, step: str, config_type: type[C]) -> C:
    """The config of a step: the flags of `add_config_flags` over what is set of it; raises SettingsError."""
    given = {name: getattr(flags, f"config_{name}") for name in config_type.model_fields
             if hasattr(flags, f"config_{name}")}
    return settings.config(step, config_type, given)


def step_main(
    step: str, run: Callable[..., Report], config_type: type[StepConfig], description: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run a step as `python -m vidsort.<step>`: JSON lines on stdout, one sentence on stderr if it fails.

    Every line is `{"progress": {...}}`, the last is `{"report": {...}}`. The retrain job reads
    them; people use `vidsort <step>`, which draws them. Returns the exit code.
    """
    parser = argparse.ArgumentParser(description=description)
    add_settings_flags(parser, *STEPS[step].settings)
    add_config_flags(parser, config_type)
    parser.add_argument("--settings", metavar="JSON", help="all settings as a retrain has them; nothing else is read")
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop at once when standard input is closed")
    flags = parser.parse_args(arguments)
    if flags.stop_with_stdin:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()

    def run_it(tell: ProgressCallback) -> Report:
        settings = settings_from_json(flags.settings) if flags.settings else settings_from_flags(flags)
        return run(settings, config_from_flags(flags, settings, step, config_type), progress=tell)

    with _seldom_collected():
        return run_in_lines(run_it)


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """What a step makes of a million videos stays until it ends: to look through it for garbage took a tenth of it."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run_in_lines(run: Callable[[ProgressCallback], Report]) -> int:
    """Run what reports, in the lines of `step_main`; returns the exit code.

    Where a server that logs in JSON has started it, what is logged comes in such lines too: `{"log": {...}}`.
    """

    def write(**message: object) -> None:
        # By one call, as several threads may log.
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    def tell(progress: Progress) -> None:
        write(progress=progress.model_dump(mode="json"))

    to_starter(lambda record: write(log=record))
    try:
        report = run(tell)
    except (VidsortError, sqlite3.DatabaseError, OSError) as error:
        told = as_told(error)
        print(told, file=sys.stderr)
        return told.exit_code
    except KeyboardInterrupt:
        return 130
    write(report=report.model_dump(mode="json"))
    return 0


def _stop_with_stdin() -> None:
    """End this process when whoever started it is gone, however it went: finished work is kept at any moment."""
    # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
    handle = sys.stdin.fileno()
    while os.read(handle, 1024):
        continue
    os._exit(130)
