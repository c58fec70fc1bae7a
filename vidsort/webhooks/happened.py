"""What has happened since somebody looked last, from the journal of moves and the jobs."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..api.contract import Moved, RetrainStatus
from ..api.contract.webhooks import MovesTold, RetrainTold
from ..api.workspace import Workspace
from ..records import Move
from ..settings import WebhookEvent
from ..store.jobs import Jobs

# So many moves are told at once, as by the stream of events.
MOST_TOLD = 500


class Mark(NamedTuple):
    """Up to where was looked: in which library, at which change of its journal, at which job that has ended."""

    library: str
    change: int
    job: int


def mark_of(workspace: Workspace) -> Mark:
    """Where the library in use is now; raises VidsortError where the database cannot be read."""
    library = workspace.library
    # A job whose process has died is written down as ended.
    workspace.retrain.status(library.history)
    ended = Jobs(workspace.database).newest_ended(library.history)
    return Mark(library.history, library.activity.mark(), ended.id if ended else 0)


def happened(workspace: Workspace, before: Mark, now: Mark) -> Iterator[MovesTold | RetrainTold]:
    """All between two marks of one library, moves by what kind of event they are; nothing where it is another one."""
    if before.library != now.library:
        return
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    if before.change != now.change:
        moves = workspace.library.activity.between(before.change, now.change)
        told: dict[WebhookEvent, list[Move]] = {}
        for move in moves:
            told.setdefault(event_of(move), []).append(move)
        for event, of_it in told.items():
            yield MovesTold(id=uuid.uuid4().hex, event=event, time=at, data=_as_streamed(of_it))
    if before.job != now.job:
        data = RetrainStatus.model_validate(workspace.retrain_status())
        yield RetrainTold(id=uuid.uuid4().hex, event="retrained", time=at, data=data)


def event_of(move: Move) -> WebhookEvent:
    """What a move is told as, as it stands now."""
    if move.state == "undone":
        return "taken_back"
    return "filed" if move.kind == "sort" else "moved"


def _as_streamed(moves: Sequence[Move]) -> Moved:
    return Moved(moves=list(moves[-MOST_TOLD:]), left_out=max(0, len(moves) - MOST_TOLD))
