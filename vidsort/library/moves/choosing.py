"""What one undo takes back, where it is asked for by an id or a batch; asks the journal alone."""

from collections.abc import Sequence

from ...errors import ConflictError, ForbiddenError, NotFoundError
from ...store.journal import OF_ONE_VIDEO, Entry, Journal


def chosen(journal: Journal, move_id: int) -> list[Entry]:
    """The move of this id, or the whole action where that is of a folder.

    Raises NotFoundError, and ConflictError where it is undone already or later changes build on it.
    """
    # A larger number than SQLite has is that of no move.
    entry = journal.find(move_id) if 0 < move_id < 2**63 else None
    if entry is None:
        raise NotFoundError(f"There is no move {move_id} in the history of this library.")
    if entry.move.state != "done":
        raise ConflictError(f"Move {move_id} is undone already.")
    if entry.move.kind in OF_ONE_VIDEO:
        return [entry]
    entries = [each for each in journal.batch(entry.move.batch) if each.move.state == "done"]
    involved = _folders_of(entries)
    later = involved & _folders_of(journal.done_after(entry.move.id))
    if later:
        raise ConflictError(f"Later changes build on the folder {min(later)}: undo those first.")
    return entries


def left_of(journal: Journal, batch: str) -> list[Entry]:
    """What is not undone yet of a batch; raises as `chosen`."""
    entries = journal.batch(batch)
    if not entries:
        raise NotFoundError("There is no such batch in the history of this library.")
    left = [entry for entry in entries if entry.move.state == "done"]
    return left if all(entry.move.kind in OF_ONE_VIDEO for entry in left) else chosen(journal, left[0].move.id)


def require_own(entries: Sequence[Entry], account: str | None) -> None:
    """Raise ForbiddenError for what does not stand so by this account, or is of a folder; None may take all back."""
    if account is None:
        return
    for entry in entries:
        if entry.move.account != account:
            whose = entry.move.account or "somebody who did not sign in by name"
            raise ForbiddenError(f"That was done by {whose}, and {account} takes back only the own: ask an admin.")
        if entry.move.kind not in OF_ONE_VIDEO:
            raise ForbiddenError(f"Move {entry.move.id} was of a folder, and folders are for an admin: ask one.")


def _folders_of(entries: Sequence[Entry]) -> set[str]:
    places = {place for entry in entries for place in (entry.move.source, entry.move.target)}
    return {place.partition("/")[0] for place in places} - {""}
