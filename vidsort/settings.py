"""What vidsort is told: defaults, `vidsort.toml`, the environment, flags, the later winning.

What a step takes is a setting, too: a table in the file, `VIDSORT_TRAIN__SEED` in the environment.
"""

import ipaddress
import json
import os
import sys
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from .errors import SettingsError
from .records import VideoNames
from .steps import STEPS, C, make_config, misfit, unknown

PREFIX = "VIDSORT_"
CONFIG_NAME = "vidsort.toml"
PATHS = ("data_dir", "artifacts_dir")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Origin(NamedTuple):
    """Where a value comes from; `name` is that of the file, the variable or the flag."""

    kind: Literal["default", "file", "environment", "flag", "program"]
    name: str


DEFAULT = Origin("default", "default")
# Settings that were not loaded but made, by a program that uses this package.
PROGRAM = Origin("program", "program")


class Settings(BaseModel):
    """All settings; paths are absolute. Defaults and meanings are those of the documented API.

    `steps` has what was set of each step's config; `config` makes the config of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data/Favorites/videos"), description="the library: the folder that holds the videos")
    artifacts_dir: Path = Field(Path("artifacts"), description="where features, models and predictions are kept")
    host: str = Field("127.0.0.1", min_length=1, description="the address that the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="the port that the server listens on")
    password: SecretStr | None = Field(None, min_length=1, description="when set, every path asks for it")
    allowed_hosts: tuple[str, ...] = Field((), description="further values of the Host header that are answered")
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="addresses or networks of reverse proxies whose X-Forwarded-* headers count"
    )
    video_names: VideoNames = Field(
        "digits", description="which files are videos: digits and .mp4, or any with a video's ending"
    )
    step_timeout_s: float = Field(
        900, gt=0, allow_inf_nan=False, description="seconds that one retrain step may take"
    )
    steps: dict[str, dict[str, Any]] = Field({}, description="what is set of each step")

    _origins: dict[str, Origin] | None = PrivateAttr(None)

    def __eq__(self, other: object) -> bool:
        """Whether all values are the same, wherever they come from."""
        return isinstance(other, Settings) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reachable from this machine only."""
        if self.host in LOOPBACK_NAMES:
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def require_safe_host(self) -> None:
        """Raise SettingsError where the server would listen to other machines without a password."""
        if not self.is_loopback and self.password is None:
            raise SettingsError(
                f"The host {self.host} lets other machines in and no password is set: "
                f"set {PREFIX}PASSWORD, or leave host at 127.0.0.1."
            )

    def config(self, step: str, config_type: type[C], given: Mapping[str, Any] | None = None) -> C:
        """The config of a step: what is set of it, and over that what is given for one run (None: as it is set)."""
        over = {name: value for name, value in (given or {}).items() if value is not None}
        return make_config(config_type, self.steps.get(step, {}) | over)

    def origin(self, name: str) -> Origin:
        """Where the value of a setting comes from; those of steps are named like `train.seed`."""
        return PROGRAM if self._origins is None else self._origins.get(name, DEFAULT)

    def loaded_anew(self) -> "Settings":
        """The same flags over the file and the environment as they are now; raises SettingsError."""
        flags: dict[str, Any] = {}
        for name, origin in (self._origins or {}).items():
            if origin.kind == "flag":
                step, _, field = name.rpartition(".")
                into = flags.setdefault(step, {}) if step else flags
                into[field] = self.steps[step][field] if step else getattr(self, field)
        return load_settings(**flags)

    def as_flags(self) -> list[str]:
        """The flags that make a command work on the same library and artifacts."""
        return [
            "--data-dir", str(self.data_dir), "--artifacts-dir", str(self.artifacts_dir),
            "--video-names", self.video_names,
        ]

    def as_json(self) -> str:
        """All that a child process is to work with; the password is none of its business."""
        return json.dumps(self.model_dump(mode="json", exclude={"password"}))


# What stands above the tables of vidsort.toml.
PLAIN = {name: field for name, field in Settings.model_fields.items() if name != "steps"}


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
    try:
        settings = Settings(**{name: given.value for name, given in found.items() if name in PLAIN}, steps=steps)
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
        if name in PLAIN:
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
    name = table + name
    origin = f" ({found[name].origin.name})" if name in found else ""
    return f"The setting {name}{'' if name == 'password' else f'={value}'} does not fit: {why}{origin}."
