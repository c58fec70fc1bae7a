"""Sort, undo, redo, and folders made, renamed, merged and removed: the only way in which videos are moved.

Every change is journaled before and after it is made, one process at a time; see `recovery` for
what happens to a change that is cut off. History is linear: undo goes back step by step, redo
forth again, until something new is done.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...artifacts.owners import follow_folders, history_of, home_of
from ...errors import AwayError, ConflictError
from ...records import Action, Move, VideoNames
from ...store import Database
from ...store.journal import Activity, Direction, Entry, Fate, Intent, Journal, Noting
from ..live import LiveLibrary
from ..opened import Folders
from .beside import Beside
from .carrying import Carried, carry_out_all, flush_parents, parents_of
from .choosing import chosen, left_of, require_own
from .files.alone import Alone
from .files.faults import step
from .following import Following
from .plans import (
    Outcome,
    Result,
    Wish,
    moved,
    plan_batch,
    plan_create,
    plan_merge,
    plan_remove,
    plan_rename,
    plan_turn,
)
from .recovery import settle_left

log = logging.getLogger(__name__)

# How far back actions are counted: more moves than any batch has, and a small part of a second to read.
ACTIONS_AMONG = 20_000
NOTHING_TO_UNDO = "There is nothing to undo."


class Mover:
    """Moves videos of one library and remembers it; safe to use from many threads and processes at once."""

    def __init__(
        self, data_dir: Path, database: Database, live: LiveLibrary | None = None, *, video_names: VideoNames = "digits"
    ) -> None:
        """`live` is told of each move at once, so that it need not look at the disk."""
        self._data_dir = Path(data_dir)
        self._video_names = video_names
        self._home = home_of(database.path.parent, self._data_dir)
        library = history_of(self._home, self._data_dir)
        self._journal = Journal(database, library)
        self._lock = Alone(self._data_dir, database, self._home, live)
        self._live = live
        self._following = Following(self._data_dir, Activity(database, library), live) if live else None
        # What a kill left and could not be seen since: it is told once.
        self._waiting: set[int] = set()

    def sort(self, filename: str, folder: str) -> Move:
        """Move a video from the root into a folder.

        Raises InvalidNameError, NotFoundError where it is not in the root, ConflictError where the
        folder has a file of that name.
        """
        return self.move(filename, None, folder)

    def sort_batch(self, wanted: Sequence[tuple[str, str]], makes: str | None = None) -> list[Outcome]:
        """Move each (filename, folder) as `sort` does, each with its own outcome; one undo takes all back.

        `makes` is a folder that is made first, where any video goes at all; raises as `create_folder`.
        """
        wishes = [Wish(filename, None, folder) for filename, folder in wanted]
        return self.move_batch(wishes, () if makes is None else [makes])

    def move(self, filename: str, origin: str | None, folder: str | None) -> Move:
        """Move a video from a folder into another, None being the root; raises as `sort`."""
        (outcome,) = self.move_batch([Wish(filename, origin, folder)])
        return outcome.moved()

    def move_batch(
        self, wanted: Sequence[Wish], makes: Sequence[str] = (), noting: Noting | None = None
    ) -> list[Outcome]:
        """Move each as `move` does, each with its own outcome; one undo takes all back, the folders it `makes` too.

        `noting` writes what else is remembered of the batch, with the intent, before anything is moved.
        """
        with self._alone() as folders:
            first, plans = plan_batch(folders, wanted, self._beside(folders), self._video_names, makes)
            moves = [plan for plan in plans if isinstance(plan, Intent)]
            results = self._do(folders, [*first, *moves] if moves else [], noting)
            moved(results[: len(first)])
            done = iter(results[len(first) :])
        came = (next(done) if isinstance(plan, Intent) else (plan, None) for plan in plans)
        return [Outcome(wish, error or result) for wish, (result, error) in zip(wanted, came, strict=True)]

    def create_folder(self, name: str) -> Move:
        """Make a category folder; raises InvalidNameError, and ConflictError for a name that is taken."""
        with self._alone() as folders:
            return moved(self._do(folders, [plan_create(folders, name)]))[0]

    def rename_folder(self, old: str, new: str) -> list[Move]:
        """Rename a category folder; raises InvalidNameError, and ConflictError for a name that is taken."""
        with self._alone() as folders:
            return moved(self._do(folders, [plan_rename(folders, old, new)]))

    def merge_folder(self, name: str, into: str, *, tell: Callable[[str], object] = log.info) -> list[Move]:
        """Move all videos of a folder into another and remove it; one undo brings it back with all of them.

        Where it holds anything else (its `folder.txt`, say) it stays with that, which `tell` is told. Raises
        InvalidNameError, and ConflictError, with nothing moved, where a filename is in both, or there is no video in it
        and it cannot be removed.
        """
        with self._alone() as folders:
            planned = plan_merge(folders, name, into, self._beside(folders), self._video_names)
            results = self._do(folders, planned)
            moves = moved(results)
            for error in filter(None, (error for _, error in results)):
                tell(str(error))
            return moves

    def remove_folder(self, name: str) -> list[Move]:
        """Remove a folder in which nothing is; raises InvalidNameError, and ConflictError where anything is."""
        with self._alone() as folders:
            return moved(self._do(folders, [plan_remove(folders, name)]))

    def undo(
        self, move_id: int | None = None, *, batch: str | None = None, only_of: str | None = None,
        tell: Callable[[str], object] = log.info,
    ) -> list[Move]:
        """Take back the last action that is not undone yet, or the one of this id, or all that is left of this batch.

        An id of a sorted video means that video alone, also where it was one of a batch; an id of a
        merge means the whole merge. Of a batch, what can go back does: the moves are returned as
        they are then, `undone` or still `done`. Raises ConflictError where none can go back (the
        place is taken, it is no longer where it was put, later changes build on it), AwayError where
        that cannot be seen now, and NotFoundError for an unknown id or batch. `only_of` is the account
        of which alone anything is taken back; ForbiddenError is raised for what another one did. `tell`
        is called with a sentence for each sidecar that has gone or was changed since it went along.
        """
        with self._alone() as folders:
            if move_id is not None:
                entries = chosen(self._journal, move_id)
            elif batch is not None:
                entries = left_of(self._journal, batch)
            else:
                entries = self._journal.latest("done", only_of)
            if not entries:
                raise ConflictError(NOTHING_TO_UNDO)
            require_own(entries, only_of)
            # What cannot be undone now may be after the changes that came later, so what is named keeps its turn.
            in_turn = move_id is None and batch is None
            return self._turn(folders, entries[::-1], "back", in_turn=in_turn, tell=tell)

    def would_undo(self, count: int = 1, move_id: int | None = None, *, batch: str | None = None) -> list[list[Move]]:
        """What `undo` would take back now in each of `count` turns, in that order, by the journal alone.

        Nothing is changed, nor is the disk looked at. Raises as `undo`.
        """
        if move_id is not None:
            turns = [chosen(self._journal, move_id)[::-1]]
        elif batch is not None:
            turns = [left_of(self._journal, batch)[::-1]]
        else:
            turns = self._journal.last_done(count)
        if not any(turns):
            raise ConflictError(NOTHING_TO_UNDO)
        return [[entry.move for entry in turn] for turn in turns]

    def redo(self, *, only_of: str | None = None) -> list[Move]:
        """Do again what was undone last; possible until something new is done. `only_of` and errors as for `undo`."""
        with self._alone() as folders:
            entries = self._journal.latest("undone", only_of)
            if not entries:
                raise ConflictError("There is nothing to do again.")
            require_own(entries, only_of)
            return self._turn(folders, entries, "forth", in_turn=True, tell=log.info)

    def catch_up(self) -> None:
        """Tell the library in memory what other processes have moved."""
        if self._following is not None:
            self._following.catch_up()

    def actions(self, limit: int = 50) -> list[Action]:
        """The last actions with how many moves each has, undone ones too, newest first."""
        return self._journal.actions(limit, among=ACTIONS_AMONG)

    def history(self, limit: int = 50) -> list[Move]:
        """The last moves, undone ones too, newest first."""
        return self._journal.history(limit)

    def recover(self, *, waits: bool = True) -> list[Move]:
        """Finish or revert what a killed process left; moves in flight are not touched, they are waited for.

        Every other call does this first, too, so that where one is in flight nothing is left to do: without `waits`,
        ConflictError is raised then. Gives the moves that were settled; what cannot be seen stays pending.
        """
        settled: list[Move] = []
        with self._alone(settled.extend, waits=waits):
            return settled

    def _turn(
        self, folders: Folders, entries: Sequence[Entry], direction: Direction, *, in_turn: bool,
        tell: Callable[[str], object],
    ) -> list[Move]:
        if any(entry.direction is not None for entry in entries):
            raise AwayError(
                "That was cut off in the middle, and what is left of it cannot be seen now: bring the disk back, or "
                "open its folders, then try again."
            )
        planned = plan_turn(self._journal.with_sidecars(entries), direction, self._beside(folders))
        with step("intend"):
            turned = self._journal.turn(planned, direction)
        results = self._carry_out(folders, turned, drops=in_turn, tell=tell)
        moved(results)
        return [move for move, _ in results]

    def _do(self, folders: Folders, changes: Sequence[Intent], noting: Noting | None = None) -> list[Result]:
        if not changes:
            return []
        with step("intend"):
            entries = self._journal.intend(changes, noting)
        return self._carry_out(folders, entries)

    def _carry_out(
        self, folders: Folders, entries: Sequence[Entry], *, drops: bool = False,
        tell: Callable[[str], object] = log.info,
    ) -> list[Result]:
        """Change the disk entry by entry, then flush, then journal what came of it; the moves as they are now.

        `drops`: undo and redo shall not stop for ever at what has gone from the disk.
        """
        with self._live.moving(parents_of(entries)) if self._live else contextlib.nullcontext():
            carried = carry_out_all(folders, entries, drops=drops)
        settled = {move.id: move for move in self._settle(folders, entries, carried)}
        for company in carried.company.values():
            for sentence in company.told:
                tell(sentence)
        return [(settled.get(entry.move.id, entry.move), carried.errors.get(entry.move.id)) for entry in entries]

    def _settle(self, folders: Folders, entries: Sequence[Entry], carried: Carried) -> list[Move]:
        """Flush the disk and journal the fates; an entry that has none stays pending."""
        fates = carried.fates
        reached = [entry for entry in entries if fates.get(entry.move.id) is Fate.REACHED]
        if self._live is not None and reached:
            self._live.follow([places for entry in reached for places in carried.changes_of(entry)])
        changed = [(entry.origin, entry.destination) for entry in reached if not entry.is_of_video]
        if changed:
            follow_folders(self._home, changed)
        flush_parents(folders, reached)
        with step("settle"):
            arrived = {move_id: company.arrived for move_id, company in carried.company.items()}
            return self._journal.settle([entry for entry in entries if entry.move.id in fates], fates, arrived)

    @contextlib.contextmanager
    def _alone(self, recovered: Callable[[list[Move]], object] = len, *, waits: bool = True) -> Iterator[Folders]:
        """The folders to work in, while nobody else changes the library; `recovered` is told of what was settled first.

        Raises as `Alone.held` does.
        """
        with contextlib.ExitStack() as held:
            folders = held.enter_context(self._lock.held(waits=waits))
            if self._following is not None:
                held.enter_context(self._following.ours())
            recovered(self._recover(folders))
            yield folders

    def _beside(self, folders: Folders) -> Beside:
        return Beside(folders, self._live, self._video_names)

    def _recover(self, folders: Folders) -> list[Move]:
        left = self._journal.pending()
        carried = settle_left(folders, left, self._waiting)
        self._waiting = {entry.move.id for entry in left} - carried.fates.keys()
        return self._settle(folders, left, carried) if carried.fates else []
