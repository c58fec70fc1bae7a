"""config: every setting with where it comes from, and a file to write them into."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from ..errors import ConflictError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..settings import CONFIG_NAME, PATHS, PLAIN, PREFIX, WEBHOOKS, Settings, base_dir
from ..settings.webhooks import AS_COMMENT
from ..steps import STEPS
from .output import say, show_answer, show_table

HEAD = f"""\
# Settings of vidsort. A line counts once its "# " is taken away.
# An environment variable {PREFIX}<NAME> is stronger than this file, and a flag is stronger than both;
# `vidsort config` shows what is in force and where it comes from. Paths start at the folder of this file.
"""
# What stands in place of a default that is none.
EXAMPLES: dict[Any, Any] = {float: 0.9, int: 5, tuple[str, ...]: ["frames", "words"]}


def config(parser: argparse.ArgumentParser) -> None:
    """`vidsort config [--init]`."""
    add_settings_flags(parser, *(name for name in PLAIN if name not in (*PATHS, "password")))
    parser.add_argument("--init", action="store_true", help=f"write a {CONFIG_NAME} with all of them, as comments")

    def call(flags: argparse.Namespace) -> None:
        path = base_dir() / CONFIG_NAME
        if flags.init:
            _write_new(path)
            if not flags.json:
                return
        from ..api.contract import ConfigAnswer, Setting

        rows, is_there = list(_rows(settings_from_flags(flags))), path.is_file()
        show_answer(ConfigAnswer(
            settings=[Setting(name=name, value=value, origin=origin) for name, value, origin in rows],
            file=str(path), is_there=is_there,
        ))
        show_table(("setting", "value", "comes from"), rows)
        say(f"The file is {path}." if is_there else f"There is no {path} yet: `vidsort config --init` writes one.")

    parser.set_defaults(run=call)


def _rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    for name in PLAIN:
        yield name, _shown(getattr(settings, name)), _origin(settings, name)
    yield WEBHOOKS, _shown(settings.webhooks), _origin(settings, WEBHOOKS)
    for step in STEPS.values():
        made = settings.config(step.name, step.config_type)
        for name in step.config_type.model_fields:
            yield f"{step.name}.{name}", _shown(getattr(made, name)), _origin(settings, f"{step.name}.{name}")


def _origin(settings: Settings, name: str) -> str:
    kind, origin = settings.origin(name)
    return CONFIG_NAME if kind == "file" else origin


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "set, and never shown"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)


def _write_new(path: Path) -> None:
    """Write the file that shows all settings; raises ConflictError where there is one."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(commented())
    except FileExistsError as error:
        raise ConflictError(f"{path} exists already and is never overwritten: edit it, or move it away.") from error
    say(f"Written: {path}. Take the \"# \" away before what you want to set.")


def commented() -> str:
    """The text of a `vidsort.toml` that sets nothing and shows everything: what it means and what its default is."""
    parts = [HEAD, *(_lines(name, field) for name, field in PLAIN.items())]
    for step in STEPS.values():
        lines = [_lines(name, field) for name, field in step.config_type.model_fields.items()]
        parts.append(f"[{step.name}]\n" + "\n".join(lines))
    parts.append(AS_COMMENT)
    return "\n".join(parts)


def _lines(name: str, field: FieldInfo) -> str:
    return f"# {field.description}\n# {name} = {_as_toml(field)}\n"


def _as_toml(field: FieldInfo) -> str:
    """A default as TOML writes it, which for these types is as JSON does."""
    value: Any = field.default
    if value is None:
        kinds = [kind for kind in EXAMPLES if kind in getattr(field.annotation, "__args__", ())]
        value = next(iter(field.examples or (EXAMPLES[kind] for kind in kinds)), "")
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
