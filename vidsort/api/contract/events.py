"""What the stream of events gives: for each name of an event what it holds."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, Json, TypeAdapter

from .review import Moved, State


class StateEvent(BaseModel):
    """Something is otherwise than before: folders, the number of unsorted videos, a job, or the predictions."""

    event: Literal["state"]
    data: Json[State]
    retry: int | None = Field(None, ge=0, description="Milliseconds until whoever was cut off should ask again")


class MovedEvent(BaseModel):
    """Anyone filed, moved, took back or did again something."""

    event: Literal["moved"]
    data: Json[Moved]
    retry: int | None = Field(None, ge=0, description="Milliseconds until whoever was cut off should ask again")


# As the fields of a block of the stream, by name. Who reads it leaves out what has another name: more may come.
AnyEvent: TypeAdapter[StateEvent | MovedEvent] = TypeAdapter(
    Annotated[StateEvent | MovedEvent, Field(discriminator="event")]
)
DATA_OF: dict[str, type[State] | type[Moved]] = {"state": State, "moved": Moved}
