"""users: accounts and tokens, and what each may do on this server."""

import argparse
import datetime
import sys
from collections.abc import Container
from typing import TYPE_CHECKING

from ..errors import ConflictError, NotFoundError, SettingsError
from .output import say, show_answer, show_table, write_out
from .verbs import add_action

if TYPE_CHECKING:
    from ..accounts.users_file import Users

STDIN_FLAG = "--password-stdin"


def users(parser: argparse.ArgumentParser) -> None:
    """`vidsort users list | add | remove | password | role | token | revoke`."""
    from ..accounts import Role

    actions = parser.add_subparsers(metavar="<action>", required=True)
    for name, call, asks, role, example, text in (
        ("list", _list, False, None, "", "all accounts and tokens with their roles"),
        ("add", _add, True, Role.REVIEWER, "ann --role admin", "make an account; the password is asked for twice"),
        ("remove", _remove, False, None, "ann", "remove an account, which ends its sessions"),
        ("password", _password, True, None, "ann", "set another password, which ends the sessions of the account"),
        ("role", _role, False, None, "ann viewer", "let an account or a token do more, or less"),
        ("token", _token, False, Role.VIEWER, "nightly --role reviewer",
         "make a token for a script; it is shown once"),
        ("revoke", _revoke, False, None, "nightly", "let a token in no more"),
    ):
        action = add_action(actions, f"users {name}", text, example)
        if call is not _list:
            action.add_argument("name", help="the name that the history shows")
        if call is _role:
            action.add_argument("role", choices=[*Role], help="; ".join(f"{one} {one.does}" for one in Role))
        if role is not None:
            kinds = "; ".join(f"{one} {one.does}" for one in Role)
            action.add_argument("--role", choices=[*Role], default=role, help=f"{kinds} (default {role})")
        if asks:
            action.add_argument(STDIN_FLAG, action="store_true", help="read the password from the first line of stdin")
        action.set_defaults(run=call)


def _list(_: argparse.Namespace) -> None:
    from ..accounts.users_file import read_users, users_path

    path = users_path()
    known = read_users(path)
    _answer(known)
    if not known:
        say(
            f"There are no accounts in {path}: whoever reaches the server on this machine may do everything. "
            "`vidsort users add NAME --role admin` makes the first one."
        )
        return
    rows: list[tuple[object, ...]] = [(name, "account", one.role, None) for name, one in sorted(known.accounts.items())]
    rows += [(name, "token", one.role, one.made) for name, one in sorted(known.tokens.items())]
    show_table(("name", "", "role", "made"), rows, title=str(path))


def _add(flags: argparse.Namespace) -> None:
    from ..accounts import Role
    from ..accounts.hashing import hash_password
    from ..accounts.users_file import Account, changing, checked_name, users_path

    name = checked_name(flags.name)
    _require_free(name)
    kept = hash_password(_asked(name, flags))
    with changing(users_path()) as known:
        if known.known_as(name):
            raise _taken(name)
        known.accounts[name] = Account(role=Role(flags.role), password=kept)
    _answer(known, name)
    say(f"{name} is {Role(flags.role).spoken} now, and signs in with that password.")
    _tell_without_admin(known)


def _remove(flags: argparse.Namespace) -> None:
    from ..accounts.users_file import changing, users_path

    with changing(users_path()) as known:
        name = _known(flags.name, known.known_as(flags.name), known.accounts, "account")
        del known.accounts[name]
    _answer(known, name)
    say(f"{name} is let in no more. What {name} did stays in the history, and is an admin's to take back.")
    if known:
        _tell_without_admin(known)
    else:
        say("That was the last one: a server that runs lets nobody in by name until it is started anew.")


def _password(flags: argparse.Namespace) -> None:
    from ..accounts.hashing import hash_password
    from ..accounts.users_file import Users, changing, read_users, users_path

    there = read_users(users_path()) or Users()
    name = _known(flags.name, there.known_as(flags.name), there.accounts, "account")
    kept = hash_password(_asked(name, flags))
    with changing(users_path()) as known:
        name = _known(flags.name, known.known_as(flags.name), known.accounts, "account")
        known.accounts[name] = known.accounts[name].model_copy(update={"password": kept})
    _answer(known, name)
    say(f"{name} has another password now, and has to sign in anew.")


def _role(flags: argparse.Namespace) -> None:
    from ..accounts import Role
    from ..accounts.users_file import changing, users_path

    role = Role(flags.role)
    with changing(users_path()) as known:
        name = _known(flags.name, known.known_as(flags.name), known.accounts | known.tokens, "account or token")
        if name in known.accounts:
            known.accounts[name] = known.accounts[name].model_copy(update={"role": role})
        else:
            known.tokens[name] = known.tokens[name].model_copy(update={"role": role})
    _answer(known, name)
    say(f"{name} is {role.spoken} now.")
    _tell_without_admin(known)


def _token(flags: argparse.Namespace) -> None:
    from ..accounts import Role
    from ..accounts.hashing import new_token, token_digest
    from ..accounts.users_file import Token, changing, checked_name, users_path

    name, role, token = checked_name(flags.name), Role(flags.role), new_token()
    with changing(users_path()) as known:
        if known.known_as(name):
            raise _taken(name)
        today = datetime.datetime.now(datetime.UTC).date()
        known.tokens[name] = Token(role=role, sha256=token_digest(token.encode()), made=today)
    _answer(known, name, token)
    # Also where nothing else shall be printed: nobody sees it again.
    if flags.quiet and not flags.json:
        write_out(f"{token}\n".encode())
    say(token)
    print(
        f"{name} is {role.spoken}: send this as `Authorization: Bearer …`. It is shown this once, and "
        f"`vidsort users revoke {name}` ends it.", file=sys.stderr,
    )


def _revoke(flags: argparse.Namespace) -> None:
    from ..accounts.users_file import changing, users_path

    with changing(users_path()) as known:
        name = _known(flags.name, known.known_as(flags.name), known.tokens, "token")
        del known.tokens[name]
    _answer(known, name)
    say(f"The token {name} is let in no more.")


def _answer(known: "Users | None", name: str | None = None, token: str | None = None) -> None:
    """Print all of them, or the one of this name, as JSON where that was asked for."""
    from ..accounts.users_file import Users, users_path
    from ..api.contract import User, UsersAnswer

    known = known or Users()
    found = [User(name=each, kind="account", role=one.role) for each, one in sorted(known.accounts.items())]
    found += [
        User(name=each, kind="token", role=one.role, made=one.made, token=token if each == name else None)
        for each, one in sorted(known.tokens.items())
    ]
    shown = found if name is None else [one for one in found if one.name == name]
    show_answer(UsersAnswer(users=shown, file=str(users_path())))


def _require_free(name: str) -> None:
    """Raise ConflictError where the name is taken, before a password is asked for."""
    from ..accounts.users_file import read_users, users_path

    there = read_users(users_path())
    if there and there.known_as(name):
        raise _taken(name)


def _tell_without_admin(known: "Users") -> None:
    from ..accounts import Role

    if not any(one.role is Role.ADMIN for one in known.accounts.values()):
        say("There is no account of an admin: `vidsort users role NAME admin` makes one.")


def _taken(name: str) -> ConflictError:
    return ConflictError(
        f"There is an account or a token named {name} already: take another name, or `vidsort users password`, `role`, "
        "`remove` or `revoke` for that one."
    )


def _known(given: str, found: str | None, among: Container[str], what: str) -> str:
    """The name as it is written; raises NotFoundError."""
    if found is None or found not in among:
        raise NotFoundError(f"There is no {what} named {given[:80]!r}: `vidsort users list` shows all.")
    return found


def _asked(name: str, flags: argparse.Namespace) -> str:
    """The password, asked for twice on the terminal, or the first line of stdin; raises SettingsError."""
    import getpass

    if flags.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise SettingsError(f"There is no terminal to ask for the password on: send it to stdin, with {STDIN_FLAG}.")
    first = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("The same again: ") != first:
        raise SettingsError("These were two passwords and not one, so nothing was changed: try again.")
    return first
