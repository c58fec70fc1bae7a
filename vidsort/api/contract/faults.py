"""How every error is answered."""

from typing import Any

from pydantic import BaseModel


class Fault(BaseModel):
    """Every error: a sentence that says what is wrong and what to do."""

    detail: str


class Complaint(BaseModel):
    """One thing that does not fit, as FastAPI tells it: where (`body`, `query` …, then names), what, what was sent."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any = None
    ctx: dict[str, Any] | None = None


class Misfit(Fault):
    """A request of the wrong shape: the first thing that does not fit as a sentence, and all of them."""

    errors: list[Complaint]
