"""The roles: each may do what the one before it may, and more."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do, from the least on; which requests that is says the table beside the routes."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    @property
    def does(self) -> str:
        """What this role is for, as the end of a sentence."""
        return DOES[self]

    @property
    def spoken(self) -> str:
        """The role with its article."""
        return f"an {self}" if self is Role.ADMIN else f"a {self}"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other one may."""
        return ORDER.index(self) >= ORDER.index(other)


ORDER = tuple(Role)
DOES = {
    Role.VIEWER: "watches: sees everything and changes nothing",
    Role.REVIEWER: "sorts, moves and puts off videos, and takes back what it did itself",
    Role.ADMIN: "does everything: folders, retraining, models, the library, and what others did taken back",
}
