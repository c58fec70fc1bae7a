"""Who is behind the request that is answered, and what that person may not do."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from ..errors import ForbiddenError
from ..store.journal import ACCOUNT
from .roles import Role

# How somebody was let in: nobody is asked; by the server's one password; by an account's; by a token for scripts.
How = Literal["open", "password", "account", "token"]


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Person:
    """Somebody who was let in; `name` is that of the account or the token, None where there is none.

    `is_still_in` looks again, for an answer that stays open: a logout, a new password or another role ends it. It
    reads the database, so that it is for a thread; it raises ArtifactError.
    """

    name: str | None
    role: Role
    how: How
    is_still_in: Callable[[], bool] = field(default=_always, compare=False, repr=False)


# Who nobody asks for a name may do everything: on this machine, without accounts and without a password.
NOBODY_ASKED = Person(None, Role.ADMIN, "open")
# Of the request that is answered; a thread that is started for it has it, too.
PERSON: ContextVar[Person] = ContextVar("person", default=NOBODY_ASKED)


def let_in(person: Person) -> None:
    """Answer what follows as asked by this person; what is moved is noted as moved by that account."""
    PERSON.set(person)
    ACCOUNT.set(person.name)


def require(role: Role, what: str) -> None:
    """Raise ForbiddenError where the person is not of this role; `what` is the beginning of the sentence."""
    person = PERSON.get()
    if not person.role.includes(role):
        raise ForbiddenError(refusal(person, role, what))


def refusal(person: Person, role: Role, what: str) -> str:
    """Why a person may not do this, and what to do."""
    return (
        f"{what} is for {role.spoken}, and {person.name or 'who asks'} is {person.role.spoken}: ask an admin to do it, "
        f"or for that role."
    )


def only_own() -> str | None:
    """The account whose actions alone this person may take back or do again; None for those of everybody."""
    person = PERSON.get()
    return None if person.role is Role.ADMIN else person.name or ""
