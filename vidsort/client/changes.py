"""What a server is asked to do."""

from collections.abc import Iterable

from ..api import contract
from ..records import VideoNames
from .connection import Connection, part


class Changes(Connection):
    """The methods that change something."""

    def lease(self, filenames: Iterable[str]) -> contract.LeasesAnswer:
        """Show these cards here, so that they are offered to no other `browser` for a minute."""
        body = contract.LeasesBody(filenames=list(filenames))
        return self._ask(contract.LeasesAnswer, "POST", "/api/leases", body)

    def create_folder(self, name: str) -> contract.FoldersAnswer:
        """Make a category folder."""
        return self._ask(contract.FoldersAnswer, "POST", "/api/folders", contract.NameBody(name=name))

    def rename_folder(self, name: str, new_name: str) -> contract.MovesAnswer:
        """Give a category folder another name."""
        return self._ask(contract.MovesAnswer, "PATCH", f"/api/folders/{part(name)}", contract.NameBody(name=new_name))

    def merge_folder(self, name: str, into: str) -> contract.MovesAnswer:
        """Move the videos of one category folder into another."""
        path = f"/api/folders/{part(name)}/merge"
        return self._ask(contract.MovesAnswer, "POST", path, contract.MergeBody(into=into))

    def remove_folder(self, name: str) -> contract.MovesAnswer:
        """Remove a category folder in which nothing is."""
        return self._ask(contract.MovesAnswer, "DELETE", f"/api/folders/{part(name)}")

    def sort(self, filename: str, folder: str) -> contract.SortAnswer:
        """Move an unsorted video into a category folder."""
        body = contract.SortBody(filename=filename, folder=folder)
        return self._ask(contract.SortAnswer, "POST", "/api/sort", body)

    def sort_batch(self, moves: Iterable[tuple[str, str]], *, makes: str | None = None) -> contract.SortBatchAnswer:
        """Move many (filename, folder), each with its own outcome; one `undo` takes all of them back.

        `makes` is a folder that is made first; the same `undo` takes it away again.
        """
        bodies = [contract.SortWish(filename=filename, folder=folder) for filename, folder in moves]
        body = contract.SortBatchBody(moves=bodies, makes=makes)
        return self._ask(contract.SortBatchAnswer, "POST", "/api/sort/batch", body)

    def dismiss_misfiled(self, filename: str) -> contract.DismissedAnswer:
        """Say that a video is right in the folder it lies in."""
        return self._ask(contract.DismissedAnswer, "POST", f"/api/misfiled/{part(filename)}/dismiss")

    def dismiss_duplicates(self, set_id: str) -> contract.NoDuplicatesAnswer:
        """Say that the videos of a set are no duplicates of one another."""
        return self._ask(contract.NoDuplicatesAnswer, "POST", f"/api/duplicates/{part(set_id)}/dismiss")

    def star(self, filename: str) -> contract.StarAnswer:
        """Give a video a star, wherever it lies."""
        return self._ask(contract.StarAnswer, "PUT", f"/api/stars/{part(filename)}")

    def unstar(self, filename: str) -> contract.StarAnswer:
        """Take its star away."""
        return self._ask(contract.StarAnswer, "DELETE", f"/api/stars/{part(filename)}")

    def set_not_learned(self, folders: Iterable[str]) -> contract.LibraryAnswer:
        """Decide which folders are never learned from or suggested: all that are here; other names stay."""
        body = contract.NotLearnedBody(folders=list(folders))
        return self._ask(contract.LibraryAnswer, "PUT", "/api/library/not-learned", body)

    def autofile(self, at_most_wrong: float = 0.02, *, dry_run: bool = True) -> contract.AutofileAnswer:
        """File the surest videos so that at most this share of them is wrong; one `undo` takes all of them back.

        Nothing is moved until `dry_run` is False: the answer says what would be, and on what that rests.
        """
        body = contract.AutofileBody(at_most_wrong=at_most_wrong, dry_run=dry_run)
        return self._ask(contract.AutofileAnswer, "POST", "/api/autofile", body)

    def move(self, filename: str, origin: str | None, to: str | None) -> contract.MoveAnswer:
        """Move a video from a folder into another; None is the root, where the unsorted ones lie."""
        body = contract.MoveBody.model_validate({"filename": filename, "from": origin, "to": to})
        return self._ask(contract.MoveAnswer, "POST", "/api/move", body)

    def move_batch(self, moves: Iterable[tuple[str, str | None, str | None]]) -> contract.MoveBatchAnswer:
        """Move many (filename, from, to), each with its own outcome; one `undo` takes all of them back."""
        wishes = [{"filename": filename, "from": origin, "to": to} for filename, origin, to in moves]
        body = contract.MoveBatchBody.model_validate({"moves": wishes})
        return self._ask(contract.MoveBatchAnswer, "POST", "/api/move/batch", body)

    def undo(self, move_id: int | None = None, *, batch: str | None = None) -> contract.MovesAnswer:
        """Take back one move, or what is left of a batch; with neither the last move with its whole batch."""
        return self._ask(contract.MovesAnswer, "POST", "/api/undo", contract.UndoBody(id=move_id, batch=batch))

    def redo(self) -> contract.MovesAnswer:
        """Do again what was taken back last."""
        return self._ask(contract.MovesAnswer, "POST", "/api/redo")

    def retrain(self) -> contract.RetrainStarted:
        """Start the three steps in the background; `retrain_status` tells how far they are."""
        return self._ask(contract.RetrainStarted, "POST", "/api/retrain")

    def cancel_retrain(self) -> contract.RetrainCancelled:
        """Stop the running steps; finished work is kept."""
        return self._ask(contract.RetrainCancelled, "POST", "/api/retrain/cancel")

    def look(self) -> contract.LookStarted:
        """Look at all videos that were not looked at yet, in the background; `look_status` tells how far it is."""
        return self._ask(contract.LookStarted, "POST", "/api/look")

    def cancel_look(self) -> contract.LookCancelled:
        """Look no further at what was there before; finished work is kept."""
        return self._ask(contract.LookCancelled, "POST", "/api/look/cancel")

    def promote(self, model_id: str) -> contract.ModelsAnswer:
        """Put the predictions of a version in force."""
        return self._ask(contract.ModelsAnswer, "POST", f"/api/models/{part(model_id)}/promote")

    def rollback(self) -> contract.ModelsAnswer:
        """Put the predictions before the current ones back in force, byte for byte."""
        return self._ask(contract.ModelsAnswer, "POST", "/api/models/rollback")

    def choose_library(self, path: str) -> contract.LibraryAnswer:
        """Make a folder of the server's machine the library."""
        return self._ask(contract.LibraryAnswer, "POST", "/api/library", contract.LibraryBody(path=path))

    def set_video_names(self, video_names: VideoNames) -> contract.LibraryAnswer:
        """Decide which names are videos: `digits`, or `any` with a video's ending."""
        body = contract.NamesBody(video_names=video_names)
        return self._ask(contract.LibraryAnswer, "PUT", "/api/library/names", body)

    def skip(self, filename: str) -> contract.SkipBody:
        """Put an unsorted video off: it comes last in the queue."""
        return self._ask(contract.SkipBody, "POST", "/api/skip", contract.SkipBody(filename=filename))

    def unskip(self, filename: str) -> contract.SkipBody:
        """Put it back in its place."""
        return self._ask(contract.SkipBody, "DELETE", f"/api/skip/{part(filename)}")

    def set_preferences(self, preferences: contract.Preferences | None = None) -> contract.Preferences:
        """Replace what the page remembers for this caller; None: by nothing."""
        return self._ask(contract.Preferences, "PUT", "/api/preferences", preferences or contract.Preferences())
