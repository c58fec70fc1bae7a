"""`users.toml`, beside vidsort.toml: accounts and tokens with their roles; nobody else may read it.

    [users."ann"]
    role = "admin"
    password = "$argon2id$…"

    [tokens."nightly"]
    role = "reviewer"
    sha256 = "…"
    made = 2026-11-27
"""

import contextlib
import datetime
import os
import stat
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..artifacts.files import OddFile, first_fault, read_whole, write_whole
from ..errors import InvalidNameError, SettingsError
from ..settings import base_dir
from .roles import Role

USERS_NAME = "users.toml"
MOST_BYTES = 4 << 20
LONGEST_NAME = 40
# Beside letters and digits of any script.
ALSO_IN_NAMES = "._@+-"
HEAD = "# Accounts and tokens of vidsort. `vidsort users` writes this file: comments do not stay.\n"


class Account(BaseModel):
    """Somebody who signs in with a password, of which the hash is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    password: Annotated[str, Field(pattern=r"^\$argon2id\$[\x21-\x7e]+$", max_length=500)]


class Token(BaseModel):
    """A script that sends a token, of which the digest is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    made: datetime.date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    users: dict[str, Account] = {}
    tokens: dict[str, Token] = {}


@dataclass(frozen=True)
class Users:
    """What the file says, by name; a name is of one account or of one token."""

    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.accounts or self.tokens)

    def known_as(self, name: str) -> str | None:
        """The name as the file has it, however its letters were typed; None where there is none."""
        return next((known for known in (*self.accounts, *self.tokens) if folded(known) == folded(name)), None)


def users_path() -> Path:
    """Where the file is, or would be: beside vidsort.toml."""
    return base_dir() / USERS_NAME


def has_accounts() -> bool:
    """Whether anybody would be asked for a name by a server that starts now; raises SettingsError as `read_users`."""
    return bool(read_users(users_path()))


def folded(name: str) -> str:
    """A name as it is compared: phones begin a word with a capital letter by themselves."""
    return unicodedata.normalize("NFC", name).casefold()


def checked_name(name: str) -> str:
    """A name for an account or a token, as it is kept; raises InvalidNameError for one that cannot be."""
    name = unicodedata.normalize("NFC", name)
    is_right = all(unicodedata.category(one)[0] in "LMN" or one in ALSO_IN_NAMES for one in name)
    if not is_right or not name[:1].isalnum() or len(name) > LONGEST_NAME:
        raise InvalidNameError(
            f"{name[:80]!r} cannot be a name: take letters, digits and {' '.join(ALSO_IN_NAMES)}, {LONGEST_NAME} at "
            "most, a letter or a digit first."
        )
    return name


def read_users(path: Path) -> Users | None:
    """What the file says, None where there is none; raises SettingsError for one that others can read, or damaged."""
    try:
        _require_private(path)
        given = _File.model_validate(tomllib.loads(read_whole(path, MOST_BYTES).decode("utf-8-sig")))
        users = Users(given.users, given.tokens)
        _require_names(users)
    except FileNotFoundError:
        return None
    except ValidationError as error:
        # What stands there is never told: it is what lets people in.
        raise _unreadable(path, first_fault(error)) from error
    except InvalidNameError as error:
        raise _unreadable(path, str(error).rstrip(".")) from error
    except OddFile as error:
        raise _unreadable(path, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "it is no TOML in UTF-8") from error
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    return users


@contextlib.contextmanager
def changing(path: Path) -> Iterator[Users]:
    """What the file says, to be changed by the block and written at its end, one process after another.

    The file is made where there is none. Raises SettingsError as `read_users`, and where it cannot be written.
    """
    import filelock

    try:
        with filelock.FileLock(path.with_name(f".{path.name}.lock")):
            users = read_users(path) or Users()
            yield users
            _write(path, users)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror or error}): see that its folder is yours and has room."
        ) from error


def _require_names(users: Users) -> None:
    names = [folded(checked_name(name)) for name in (*users.accounts, *users.tokens)]
    if len(set(names)) < len(names):
        raise InvalidNameError("A name stands in it twice.")


def _require_private(path: Path) -> None:
    if os.name != "posix":
        return  # the mode says nothing there
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise SettingsError(
            f"{path} can be read or written by others than its owner (mode {mode:o}), and it says who may come in: "
            f"`chmod 600 {path}`, and set new passwords if anybody has seen it."
        )


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(f"{path} cannot be read ({why}): mend it, or put back the last one that was right.")


def _write(path: Path, users: Users) -> None:
    parts = [HEAD]
    for table, rows in (("users", users.accounts), ("tokens", users.tokens)):
        for name, row in sorted(rows.items()):
            lines = (f"{key} = {_as_toml(value)}" for key, value in row)
            # Neither names nor values hold what would have to be escaped.
            parts.append("\n".join((f'[{table}."{name}"]', *lines, "")))
    write_whole(path, "\n".join(parts).encode(), is_private=True)


def _as_toml(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else f'"{value}"'
