"""The settings of a running server, and choosing its library: written into vidsort.toml, which every process reads."""

import json
import logging
import re
import tomllib
from pathlib import Path

from ..artifacts.files import write_whole
from ..errors import ConflictError, InvalidNameError, SettingsError
from ..settings import CONFIG_NAME, Settings, base_dir

log = logging.getLogger(__name__)

# What stands there, else the line that shows how to write it.
DATA_DIR_LINES = (
    re.compile(r"^[ \t]*data_dir[ \t]*=[^\r\n]*", re.MULTILINE),
    re.compile(r"^# data_dir = \"[^\r\n]*", re.MULTILINE),
)


class LibraryChoice:
    """The settings in force: what vidsort.toml says of the library and of the steps is followed while it changes.

    A flag, the environment, or a program that passed settings of its own, is stronger than the file.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._config_path = base_dir() / CONFIG_NAME
        self._stamp = self._look()
        self.origin = settings.origin("data_dir")

    @property
    def can_choose(self) -> bool:
        """Whether a choice made here would be in force."""
        return self.origin.kind in ("default", "file")

    @property
    def reason(self) -> str | None:
        """Why nothing can be chosen, and what to do to choose all the same; None where it can."""
        if self.can_choose:
            return None
        if self.origin.kind == "environment":
            return (
                f"The environment variable {self.origin.name} decides which folder is the library: change it, or unset "
                "it to choose here, and start the server again."
            )
        return (
            "This server was started with a fixed library: start it again with --data-dir and the path of your folder, "
            "or without to choose here."
        )

    def settings(self) -> Settings:
        """The settings now; costs one `stat` while the file is unchanged."""
        if self.origin.kind != "program":
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                self._follow()
        return self._settings

    def choose(self, path: str) -> Settings:
        """Make a folder the library; raises ConflictError where it is not chosen here, InvalidNameError for none."""
        if self.reason is not None:
            raise ConflictError(self.reason)
        folder = folder_at(path)
        if folder is None or not folder.is_absolute():
            raise InvalidNameError(f"There is no folder {path[:200]!r}: give the whole path of an existing one.")
        write_whole(self._config_path, self._with_data_dir(folder))
        return self.settings()

    def _with_data_dir(self, folder: Path) -> bytes:
        before = self._config_path.read_bytes() if self._config_path.exists() else b""
        line = f"data_dir = {json.dumps(str(folder), ensure_ascii=False)}"
        try:
            text = before.decode("utf-8-sig")
            there = next((found for pattern in DATA_DIR_LINES if (found := pattern.search(text))), None)
            changed = text[: there.start()] + line + text[there.end() :] if there else f"{line}\n{text}"
            is_right = tomllib.loads(changed) == {**tomllib.loads(text), "data_dir": str(folder)}
        except (ValueError, RecursionError):
            is_right = False
        if not is_right:
            raise ConflictError(f"{self._config_path} could not be changed safely: set data_dir in it by hand.")
        return before[: len(before) - len(text.encode())] + changed.encode()

    def _follow(self) -> None:
        try:
            now = self._settings.loaded_anew()
        except SettingsError as error:
            log.warning("The library stays %s, and what is set of the steps: %s", self._settings.data_dir, error)
            return
        # The rest was decided when the server began to listen.
        self._settings = self._settings.model_copy(update={"data_dir": now.data_dir, "steps": now.steps})

    def _look(self) -> tuple[int, int, int] | None:
        try:
            facts = self._config_path.stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_size, facts.st_mtime_ns


def folder_at(path: str) -> Path | None:
    """The folder at a path that a person gave (`~` is theirs), None where there is none or no path is so."""
    try:
        folder = Path(path).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):
        return None
