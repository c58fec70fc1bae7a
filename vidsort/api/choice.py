"""The settings of a running server, and choosing its library: written into vidsort.toml, which every process reads."""

import json
import logging
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from ..artifacts.files import read_file, write_whole
from ..errors import ConflictError, InvalidNameError, SettingsError
from ..records import VideoNames
from ..settings import CONFIG_NAME, Settings, base_dir

log = logging.getLogger(__name__)

# The settings with which a library is opened: with others it is another view of it.
OF_LIBRARY = ("data_dir", "video_names", "not_learned")
# What stands there, else the line that shows how to write it.
LINES = (r"^[ \t]*{name}[ \t]*=[^\r\n]*", r"^# {name} = \"[^\r\n]*")


class LibraryChoice:
    """The settings in force: what vidsort.toml says of the library, its videos and the steps is followed.

    A flag, the environment, or a program that passed settings of its own, is stronger than the file.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._config_path = base_dir() / CONFIG_NAME
        self._stamp = self._look()
        self.origin = settings.origin("data_dir")
        self._origin_of_names = settings.origin("video_names")
        self._origin_of_not_learned = settings.origin("not_learned")

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

    @property
    def reason_of_names(self) -> str | None:
        """Why it cannot be chosen here which names are videos, and what to do; None where it can."""
        if self._origin_of_names.kind in ("default", "file") and self.origin.kind != "program":
            return None
        if self._origin_of_names.kind == "environment":
            return f"The environment variable {self._origin_of_names.name} decides which names are videos: change that."
        return "This server was started with a fixed rule for names: start it again with --video-names any."

    @property
    def reason_of_not_learned(self) -> str | None:
        """Why it cannot be chosen here which folders are not learned from, and what to do; None where it can."""
        if self._origin_of_not_learned.kind in ("default", "file") and self.origin.kind != "program":
            return None
        if self._origin_of_not_learned.kind == "environment":
            name = self._origin_of_not_learned.name
            return f"The environment variable {name} decides which folders are not learned from: change that."
        return "This server was started with fixed folders that are not learned from: add --not-learned and the name."

    def settings(self) -> Settings:
        """The settings now; costs one `stat` while the file is unchanged."""
        if self.origin.kind != "program":
            stamp = self._look()
            if stamp != self._stamp:
                self._follow()
                # Last: another thread that asks meanwhile reads for itself.
                self._stamp = stamp
        return self._settings

    def choose(self, path: str) -> Settings:
        """Make a folder the library; raises ConflictError where it is not chosen here, InvalidNameError for none."""
        if self.reason is not None:
            raise ConflictError(self.reason)
        folder = folder_at(path)
        if folder is None or not folder.is_absolute():
            raise InvalidNameError(f"There is no folder {path[:200]!r}: give the whole path of an existing one.")
        write_whole(self._config_path, self._with("data_dir", str(folder)))
        return self.settings()

    def choose_names(self, video_names: VideoNames) -> Settings:
        """Decide which names are videos; raises ConflictError where that is not decided here."""
        if self.reason_of_names is not None:
            raise ConflictError(self.reason_of_names)
        write_whole(self._config_path, self._with("video_names", video_names))
        return self.settings()

    def choose_not_learned(self, folders: Sequence[str]) -> Settings:
        """Decide which folders are never learned from; raises ConflictError where that is not decided here."""
        if self.reason_of_not_learned is not None:
            raise ConflictError(self.reason_of_not_learned)
        write_whole(self._config_path, self._with("not_learned", list(folders)))
        return self.settings()

    def _with(self, name: str, value: str | list[str]) -> bytes:
        """The file with this setting in it, all else as it is; raises ConflictError where that is not safe."""
        try:
            before = read_file(self._config_path)
        except FileNotFoundError:
            before = b""
        written = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        try:
            text = before.decode("utf-8-sig")
            patterns = (line.format(name=name) for line in LINES)
            there = next((found for line in patterns if (found := re.search(line, text, re.MULTILINE))), None)
            changed = text[: there.start()] + written + text[there.end() :] if there else f"{written}\n{text}"
            is_right = tomllib.loads(changed) == {**tomllib.loads(text), name: value}
        except (ValueError, RecursionError):
            is_right = False
        if not is_right:
            raise ConflictError(f"{self._config_path} could not be changed safely: set {name} in it by hand.")
        return before[: len(before) - len(text.encode())] + changed.encode()

    def _follow(self) -> None:
        try:
            now = self._settings.loaded_anew()
        except SettingsError as error:
            log.warning("The library stays %s, and what is set of the steps: %s", self._settings.data_dir, error)
            return
        # The rest was decided when the server began to listen.
        followed = {name: getattr(now, name) for name in (*OF_LIBRARY, "steps")}
        self._settings = self._settings.model_copy(update=followed)

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
