"""What the three steps have in common: a frozen config with an id, and one way to run as a program."""

import argparse
import hashlib
import json
import os
import sys
import threading
import types
import typing
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticUndefined

from .errors import SettingsError, VidsortError
from .records import Progress, Report
from .settings import Settings, add_settings_flags, settings_from_flags

ProgressCallback = Callable[[Progress], None]


class StepConfig(BaseModel):
    """Base of every step's config: frozen, refuses unknown keys; `config_id` covers every field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def config_id(self) -> str:
        """Twelve hex digits that change with any field of the config or its class."""
        fields = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.blake2b(f"{type(self).__name__}:{fields}".encode(), digest_size=6).hexdigest()


C = typing.TypeVar("C", bound=StepConfig)


def ignore_progress(_: Progress) -> None:
    """The default progress callback: a run that nobody watches."""


def add_config_flags(parser: argparse.ArgumentParser, config_type: type[StepConfig]) -> None:
    """Add one flag for each field of a config; the field's description is its help."""
    for name, field in config_type.model_fields.items():
        options = {"dest": f"config_{name}", "default": argparse.SUPPRESS, "help": field.description}
        flag = "--" + name.replace("_", "-")
        if field.annotation is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, **options)
        elif typing.get_origin(field.annotation) is tuple:
            parser.add_argument(flag, nargs="+", metavar="VALUE", **options)
        else:
            shown = "" if field.default in (None, PydanticUndefined) else f" (default {field.default})"
            options["help"] = (field.description or "") + shown
            parser.add_argument(flag, metavar=_metavar(field.annotation), **options)


def _metavar(annotation: object) -> str:
    kinds = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return {int: "N", float: "X"}.get(kinds[0], "VALUE")


def config_from_flags(flags: argparse.Namespace, config_type: type[C]) -> C:
    """The config that the flags of `add_config_flags` name; raises SettingsError."""
    given = {name: getattr(flags, f"config_{name}") for name in config_type.model_fields
             if hasattr(flags, f"config_{name}")}
    return make_config(config_type, given)


def make_config(config_type: type[C], given: dict[str, object]) -> C:
    """A config from names and values; a wrong one raises SettingsError in one sentence."""
    try:
        return config_type(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else config_type.__name__
        known = ", ".join(config_type.model_fields)
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{name} is no parameter of this step; it takes: {known}.") from error
        raise SettingsError(f"{name}={first['input']!r} does not fit: {first['msg']}.") from error


def step_main(
    run: Callable[..., Report], config_type: type[StepConfig], description: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run a step as `python -m vidsort.<step>`: JSON lines on stdout, one sentence on stderr if it fails.

    Every line is `{"progress": {...}}`, the last is `{"report": {...}}`. The retrain job reads
    them; people use `vidsort <step>`, which draws them. Returns the exit code.
    """
    parser = argparse.ArgumentParser(description=description)
    add_settings_flags(parser)
    add_config_flags(parser, config_type)
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop at once when standard input is closed")
    flags = parser.parse_args(arguments)
    if flags.stop_with_stdin:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()

    def tell(progress: Progress) -> None:
        print(json.dumps({"progress": progress.model_dump(mode="json")}), flush=True)

    try:
        settings: Settings = settings_from_flags(flags)
        report = run(settings, config_from_flags(flags, config_type), progress=tell)
    except VidsortError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    print(json.dumps({"report": report.model_dump(mode="json")}), flush=True)
    return 0


def _stop_with_stdin() -> None:
    """End this process when whoever started it is gone, however it went: finished work is kept at any moment."""
    # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
    handle = sys.stdin.fileno()
    while os.read(handle, 1024):
        continue
    os._exit(130)
