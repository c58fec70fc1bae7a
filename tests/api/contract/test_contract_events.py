"""What a stream gives is read by the name of each event."""

import json

import pytest
from pydantic import ValidationError

from vidsort.api.contract import Moved, State
from vidsort.api.contract.events import DATA_OF, AnyEvent, MovedEvent, StateEvent
from vidsort.api.contract.examples import MOVED, STATE


def test_an_event_is_read_by_its_name():
    state = AnyEvent.validate_python({"event": "state", "data": json.dumps(STATE), "retry": 1000})
    moved = AnyEvent.validate_python({"event": "moved", "data": json.dumps(MOVED)})
    assert (type(state), type(state.data), state.retry) == (StateEvent, State, 1000)
    assert (type(moved), type(moved.data), moved.retry) == (MovedEvent, Moved, None)
    assert set(DATA_OF) == {state.event, moved.event}


@pytest.mark.parametrize("block", [
    {"event": "state", "data": json.dumps(MOVED)}, {"event": "other", "data": "{}"}, {"event": "moved", "data": "no"},
])
def test_what_is_none_of_them_is_refused(block):
    with pytest.raises(ValidationError):
        AnyEvent.validate_python(block)
