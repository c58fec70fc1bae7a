"""Where settings come from: `vidsort.toml`, then the environment, then flags, the later winning.

What a step takes is a setting, too: a table in the file, `VIDSORT_TRAIN__SEED` in the environment.
"""

import os
import sys
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ..errors import SettingsError
from ..steps import STEPS, misfit, unknown
from .values import PLAIN, PREFIX, WEBHOOKS, Origin, Settings
from .webhooks import Webhook

CONFIG_NAME = "vidsort.toml"
PATHS = ("data_dir", "artifacts_dir")


class _Given(NamedTuple):
    value: Any
    origin: Origin


def base_dir(start: Path | None = None) -> Path:
    """The folder that default and vidsort.toml paths are relative to.

    The nearest of the working folder and its parents that holds `vidsort.toml` or is a checkout
    of this project (so that notebooks opened in `notebooks/` see the same library); else the
    working folder itself.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        is_checkout = (folder / "app.py").is_file() and (folder / "notebooks").is_dir()
        if (folder / CONFIG_NAME).is_file() or is_checkout:
            return folder
    return here


def load_settings(**flags: Any) -> Settings:
    """Settings from `vidsort.toml`, then the environment, then these values; raises SettingsError.

    A step's values are given as a mapping under its name; None is not given.
    """
    base = base_dir()
    found: dict[str, _Given] = {}
    for layer in (_from_file(base), _from_environment(base), _from_flags(flags)):
        found.update(layer)
    steps = {step: _checked(step, found) for step in STEPS if any(name.startswith(f"{step}.") for name in found)}
    plain = {name: given.value for name, given in found.items() if name in (*PLAIN, WEBHOOKS)}
    try:
        settings = Settings(**plain, steps=steps)
    except ValidationError as error:
        raise SettingsError(_explain(error, found)) from error
    settings = settings.model_copy(update={
        name: absolute(name, getattr(settings, name), base) for name in PATHS if name not in found
    })
    settings._origins = {name: given.origin for name, given in found.items()}
    return settings


def _checked(step: str, found: Mapping[str, _Given]) -> dict[str, Any]:
    """What was set of a step, as plain values that its config takes."""
    given = {name.partition(".")[2]: one.value for name, one in found.items() if name.startswith(f"{step}.")}
    try:
        config = STEPS[step].config_type(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error, found, f"{step}.")) from error
    return config.model_dump(mode="json", include=set(given))


def _from_file(base: Path) -> dict[str, _Given]:
    path = base / CONFIG_NAME
    if not path.is_file():
        return {}
    try:
        # Notepad and others begin a file with a byte order mark.
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read ({_why_unread(error)}): mend or remove it.") from error
    return {
        name: _Given(absolute(name, value, base) if name in PATHS else value, Origin("file", str(path)))
        for name, value in _flat(given, f"{path}: ")
    }


def _why_unread(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not in UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    # What Python says of a number of thousands of digits is how to change Python.
    return str(error) if isinstance(error, OSError | tomllib.TOMLDecodeError) else "a number in it has too many digits"


def _from_environment(base: Path) -> dict[str, _Given]:
    # Jupyter and editors run a notebook in its own folder, and not in that of the shell that set the variable.
    is_notebook = _is_kernel() and Path.cwd().resolve() == base / "notebooks"
    found = {}
    for variable, text in os.environ.items():
        # An empty variable is how compose files and shells write "not set"; it must never become an empty password.
        if not variable.startswith(PREFIX) or not text:
            continue
        name, field = _named(variable)
        value: Any = [part.strip() for part in text.split(",") if part.strip()] if _is_list(field) else text
        if name in PATHS:
            value = absolute(name, text, base if is_notebook else Path.cwd())
        found[name] = _Given(value, Origin("environment", variable))
    return found


def _is_list(field: FieldInfo) -> bool:
    """Whether a setting takes several values; also where it may be left out."""
    return any(typing.get_origin(kind) is tuple for kind in (field.annotation, *typing.get_args(field.annotation)))


def _named(variable: str) -> tuple[str, FieldInfo]:
    """The setting that a variable names, and its field."""
    name = variable.removeprefix(PREFIX).lower()
    if name in PLAIN:
        return name, PLAIN[name]
    step, _, field = name.partition("__")
    if step in STEPS and field in STEPS[step].config_type.model_fields:
        return f"{step}.{field}", STEPS[step].config_type.model_fields[field]
    variables = [PREFIX + known.upper() for known in (*PLAIN, *_of_steps("__"))]
    raise SettingsError(unknown(variable, "setting of vidsort", variables))


def _of_steps(between: str) -> list[str]:
    """The names of all that steps take, each behind that of its step."""
    return [f"{step.name}{between}{field}" for step in STEPS.values() for field in step.config_type.model_fields]


def _is_kernel() -> bool:
    """Whether this process is a notebook's; that something has imported ipykernel makes it none."""
    kernels = sys.modules.get("ipykernel.kernelapp")
    return kernels is not None and kernels.IPKernelApp.initialized()


def _from_flags(flags: Mapping[str, Any]) -> dict[str, _Given]:
    return {
        name: _Given(
            absolute(name, value, Path.cwd()) if name in PATHS else value,
            Origin("flag", "--" + name.rpartition(".")[2].replace("_", "-")),
        )
        for name, value in _flat(flags, "")
        if value is not None
    }


def _flat(given: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    """Names and values, those of a step's table as `train.seed`; raises SettingsError for a name that there is not."""
    for name, value in given.items():
        if name in PLAIN or name == WEBHOOKS:
            yield name, value
        elif name not in STEPS:
            if isinstance(value, Mapping):
                raise SettingsError(where + unknown(f"[{name}]", "table of vidsort", [f"[{step}]" for step in STEPS]))
            raise SettingsError(where + unknown(name, "setting of vidsort", [*PLAIN, *_of_steps(".")]))
        elif not isinstance(value, Mapping):
            raise SettingsError(f"{where}{name} is a step and no value: write [{name}], and its settings below that.")
        else:
            for field in value:
                fields = STEPS[name].config_type.model_fields
                if field not in fields and field in PLAIN:
                    raise SettingsError(f"{where}{field} is no setting of [{name}]: write it above the tables.")
                if field not in fields:
                    raise SettingsError(where + unknown(field, f"setting of [{name}]", [*fields]))
                yield f"{name}.{field}", value[field]


def absolute(name: str, value: Any, base: Path) -> Any:
    """A path from `base` on, `~` resolved; what is no path is left to be refused with its name.

    Raises SettingsError for the home of nobody and for what no path can be.
    """
    if not isinstance(value, str | Path):
        return value
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"The setting {name}={str(value)!r} names a home folder that there is not.") from error
    if "\0" in str(path):
        raise SettingsError(f"The setting {name}={str(value)!r} holds a NUL, which no path may: leave that out.")
    # Not `resolve`: a library behind a symlink keeps the name that its person knows it by.
    return Path(os.path.abspath(base / path))  # noqa: PTH100


def _explain(error: ValidationError, found: Mapping[str, _Given], table: str = "") -> str:
    name, value, why = misfit(error)
    if name.partition(",")[0] == WEBHOOKS:
        return _explain_webhook(error, found)
    name = table + name
    # Of a list, one in it is named.
    setting = name.partition(",")[0]
    origin = f" ({found[setting].origin.name})" if setting in found else ""
    return f"The setting {name}{'' if name == 'password' else f'={value}'} does not fit: {why}{origin}."


def _explain_webhook(error: ValidationError, found: Mapping[str, _Given]) -> str:
    """The sentence for a webhook that does not fit, which shows nothing of what is in it."""
    _, *place = error.errors()[0]["loc"]
    why, origin = misfit(error)[2], found[WEBHOOKS].origin.name
    if not place:
        return f"The webhooks do not fit: write a table [[webhooks]] for each address ({origin})."
    number, *names = place
    # A name that is none may be anything, a secret too.
    known = [name for name in names if name in Webhook.model_fields]
    if names and not known:
        why = f"there is one beside {', '.join(Webhook.model_fields)}"
    what = f"The setting {known[0]}" if known else "A setting"
    return f"{what} of webhook {int(number) + 1} in [[webhooks]] does not fit: {why} ({origin})."
