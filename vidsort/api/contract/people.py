"""Who asks."""

from typing import Literal

from pydantic import BaseModel

from ...accounts import Role


class Me(BaseModel):
    """Who asks: the name of the account or of the token, null where nobody asked for one, and what that may do.

    `how`: `open` where nobody is asked who it is, `password` (the one of the server), `account`, `token`.
    """

    name: str | None
    role: Role
    how: Literal["open", "password", "account", "token"]
    does: str
