"""Who asks, and what that person may do."""

from ...accounts import PERSON
from ..contract import Me
from .subject import Subject

router = Subject("People")


@router.get("/api/me", summary="Who asks, and in which role")
def me() -> Me:
    """Who asks, by what that is known, and which role it has: what a role may do says each route."""
    person = PERSON.get()
    return Me(name=person.name, role=person.role, how=person.how, does=person.role.does)
