"""Choosing the library from the page: written into vidsort.toml, which every process reads."""

import json
import logging
import re
import tomllib
from pathlib import Path

from ..artifacts.files import write_whole
from ..errors import ConflictError, InvalidNameError, SettingsError
from ..settings import CONFIG_NAME, Settings, base_dir, load_settings

log = logging.getLogger(__name__)

DATA_DIR_LINE = re.compile(r"^[ \t]*data_dir[ \t]*=.*$", re.MULTILINE)


class LibraryChoice:
    """The settings in force, with the library that vidsort.toml names now.

    Only where it was from the environment, the file or the defaults that the server got its library;
    a flag, or a program that passed settings of its own, is stronger than the file.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._config_path = base_dir() / CONFIG_NAME
        self._stamp = self._look()
        self.can_choose = self._is_from_file()

    def settings(self) -> Settings:
        """The settings now; costs one `stat` while the file is unchanged."""
        if self.can_choose:
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                self._follow()
        return self._settings

    def choose(self, path: str) -> Settings:
        """Make a folder the library; raises ConflictError where a flag decides, InvalidNameError for no folder."""
        if not self.can_choose:
            raise ConflictError("A flag decides which folder is the library: start the server without --data-dir.")
        folder = folder_at(path)
        if folder is None or not folder.is_absolute():
            raise InvalidNameError(f"There is no folder {path[:200]!r}: give the whole path of an existing one.")
        write_whole(self._config_path, self._with_data_dir(folder).encode())
        return self.settings()

    def _with_data_dir(self, folder: Path) -> str:
        text = self._config_path.read_text(encoding="utf-8") if self._config_path.exists() else ""
        line = f"data_dir = {json.dumps(str(folder), ensure_ascii=False)}"
        changed = DATA_DIR_LINE.sub(lambda _: line, text, count=1) if DATA_DIR_LINE.search(text) else f"{line}\n{text}"
        try:
            is_right = tomllib.loads(changed) == {**tomllib.loads(text), "data_dir": str(folder)}
        except tomllib.TOMLDecodeError:
            is_right = False
        if not is_right:
            raise ConflictError(f"{self._config_path} could not be changed safely: set data_dir in it by hand.")
        return changed

    def _is_from_file(self) -> bool:
        try:
            return load_settings().data_dir == self._settings.data_dir
        except SettingsError:
            return False

    def _follow(self) -> None:
        try:
            chosen = load_settings().data_dir
        except SettingsError as error:
            log.warning("The library stays %s: %s", self._settings.data_dir, error)
            return
        self._settings = self._settings.model_copy(update={"data_dir": chosen})

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
