"""How every error is answered."""

from pydantic import BaseModel


class Fault(BaseModel):
    """Every error: a sentence that says what is wrong and what to do."""

    detail: str
