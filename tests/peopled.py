"""An users.toml for tests: people of each role, with passwords that are quick to look at."""

import functools
from pathlib import Path

import argon2

from vidsort.accounts import Role
from vidsort.accounts.hashing import new_token, token_digest
from vidsort.accounts.users_file import HEAD

PASSWORDS = {"vera": "a viewer's password", "rita": "a reviewer's password", "adam": "an admin's password"}
ROLES = {"vera": Role.VIEWER, "rita": Role.REVIEWER, "adam": Role.ADMIN}


@functools.cache
def quick_hash(password: str) -> str:
    """As `hash_password`, at next to no cost."""
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def write_people(path: Path, *names: str, tokens: dict[str, tuple[Role, str]] | None = None) -> Path:
    """Write the file with these people, all of them where none is named, and these tokens (role, text)."""
    rows = [
        f'[users."{name}"]\nrole = "{ROLES[name]}"\npassword = "{quick_hash(PASSWORDS[name])}"\n'
        for name in names or PASSWORDS
    ]
    rows += [
        f'[tokens."{name}"]\nrole = "{role}"\nsha256 = "{token_digest(text.encode())}"\nmade = 2026-11-27\n'
        for name, (role, text) in (tokens or {}).items()
    ]
    # As the command writes it: another file in its place, and never one that others can read.
    beside = path.with_name(f"{path.name}.{new_token()}")
    beside.touch(0o600)
    beside.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return beside.replace(path)
