"""People and scripts that a server lets in: what each may do, how they are known, and the file that says so."""

from .known import Accounts
from .person import PERSON, Person, let_in, only_own, require
from .roles import Role
from .users_file import USERS_NAME, has_accounts, users_path

__all__ = [
    "PERSON", "USERS_NAME", "Accounts", "Person", "Role", "has_accounts", "let_in", "only_own", "require", "users_path",
]
