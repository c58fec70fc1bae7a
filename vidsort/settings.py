"""Where things live and how the server listens: environment, `vidsort.toml`, flags, the later winning."""

import difflib
import ipaddress
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from .errors import SettingsError

PREFIX = "VIDSORT_"
CONFIG_NAME = "vidsort.toml"
PATHS = ("data_dir", "artifacts_dir")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Settings(BaseModel):
    """All settings; paths are absolute. Defaults and meanings are those of the documented API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data/Favorites/videos"), description="the library: the folder that holds the videos")
    artifacts_dir: Path = Field(Path("artifacts"), description="where features, models and predictions are kept")
    host: str = Field("127.0.0.1", min_length=1, description="the address that the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="the port that the server listens on")
    password: SecretStr | None = Field(None, min_length=1, description="when set, every path asks for it")
    allowed_hosts: tuple[str, ...] = Field((), description="further values of the Host header that are answered")
    step_timeout_s: float = Field(900, gt=0, description="seconds that one retrain step may take")

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

    def as_flags(self) -> list[str]:
        """The flags that make a child process work on the same library and artifacts."""
        return ["--data-dir", str(self.data_dir), "--artifacts-dir", str(self.artifacts_dir)]


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
    """Settings from the environment, then `vidsort.toml`, then these values; raises SettingsError."""
    base = base_dir()
    merged: dict[str, Any] = dict(_from_environment(base))
    merged.update(_from_file(base))
    merged.update({name: value for name, value in flags.items() if value is not None})
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    return settings.model_copy(update={
        name: _absolute(getattr(settings, name), Path.cwd() if name in merged else base)
        for name in PATHS
    })


def _absolute(path: Path, base: Path) -> Path:
    # Not `resolve`: a library behind a symlink keeps the name that its person knows it by.
    return Path(os.path.abspath(base / path.expanduser()))  # noqa: PTH100


def _from_environment(base: Path) -> dict[str, Any]:
    given: dict[str, Any] = {}
    # Jupyter and editors run a notebook in its own folder, and not in that of the shell that set the variable.
    is_notebook = "ipykernel" in sys.modules and Path.cwd().resolve() == base / "notebooks"
    for variable, value in os.environ.items():
        # An empty variable is how compose files and shells write "not set"; it must never become an empty password.
        if not variable.startswith(PREFIX) or not value:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields:
            raise SettingsError(_unknown(variable, [PREFIX + field.upper() for field in Settings.model_fields]))
        given[name] = [part.strip() for part in value.split(",") if part.strip()] if name == "allowed_hosts" else value
        if is_notebook and name in PATHS:
            given[name] = _absolute(Path(value), base)
    return given


def _from_file(base: Path) -> dict[str, Any]:
    path = base / CONFIG_NAME
    if not path.is_file():
        return {}
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): mend or remove it.") from error
    for name in given:
        if name not in Settings.model_fields:
            raise SettingsError(f"{path}: " + _unknown(name, list(Settings.model_fields)))
    for name in PATHS:
        if isinstance(given.get(name), str):
            given[name] = _absolute(Path(given[name]), base)
    return given


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}."
    return f"{name} is no setting of vidsort; {hint}"


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0])
    shown = "" if name == "password" else f"={first['input']!r}"
    return f"The setting {name}{shown} does not fit: {first['msg']}."
