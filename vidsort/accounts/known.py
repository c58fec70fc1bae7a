"""The accounts and tokens that are in force: the file as it is now, asked with every request."""

from pathlib import Path

from ..errors import SettingsError
from .hashing import token_digest
from .roles import Role
from .users_file import Account, Users, folded, read_users

Stamp = tuple[int, ...]
NO_FILE: Stamp = ()


class Accounts:
    """Follows one users.toml; whoever is asked for a name once is asked until the server starts anew."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError for a file that others can read, or that cannot be understood."""
        self.path = path
        self._stamp: Stamp | None = None
        self._users: Users | None = None
        self._by_digest: dict[str, tuple[str, Role]] = {}
        self._by_name: dict[str, tuple[str, Account]] = {}
        self._were_there = False
        self.are_asked_for()

    def are_asked_for(self) -> bool:
        """Whether there are any, or were: a file that was taken away opens nothing to everybody.

        Raises SettingsError while the file cannot be trusted, and where it has gone.
        """
        users = self._now()
        if users is None and self._were_there:
            raise SettingsError(
                f"{self.path} has gone, and nobody can be let in by name: put it back, or start the server anew to "
                "let everybody on this machine in."
            )
        return self._were_there

    def account(self, name: str) -> tuple[str, Account] | None:
        """The account of this name with the name as it is written; raises as `are_asked_for`."""
        return self._by_name.get(folded(name)) if self.are_asked_for() else None

    def token(self, given: bytes) -> tuple[str, Role] | None:
        """Whose token this is, and the role of it; raises as `are_asked_for`."""
        # Found by its digest: how long that takes tells nothing that would help to make one.
        return self._by_digest.get(token_digest(given)) if self.are_asked_for() else None

    def _now(self) -> Users | None:
        """The file as it is, at the cost of one look at it while it is unchanged."""
        stamp = self._look()
        if stamp is None or stamp != self._stamp:
            # Looked at before it is read: what is written meanwhile is read with the next request.
            users = read_users(self.path)
            self._by_digest = {one.sha256: (name, one.role) for name, one in users.tokens.items()} if users else {}
            self._by_name = {folded(name): (name, one) for name, one in users.accounts.items()} if users else {}
            self._users, self._stamp = users, stamp
            self._were_there = self._were_there or bool(users)
        return self._users

    def _look(self) -> Stamp | None:
        try:
            facts = self.path.stat()
        except FileNotFoundError:
            return NO_FILE
        except OSError:
            return None
        return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_mode
