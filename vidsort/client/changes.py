"""What a server is asked to do."""

from collections.abc import Iterable

from ..api import contract
from ..records import VideoNames
from .asked import Asked, Request, part, request


class Changes:
    """The methods that change something."""

    @Asked
    def lease(self, filenames: Iterable[str]) -> Request[contract.LeasesAnswer]:
        """Show these cards here, so that they are offered to no other `browser` for a minute."""
        body = contract.LeasesBody(filenames=list(filenames))
        return request(contract.LeasesAnswer, "POST", "/api/leases", body)

    @Asked
    def create_folder(self, name: str) -> Request[contract.FoldersAnswer]:
        """Make a category folder."""
        return request(contract.FoldersAnswer, "POST", "/api/folders", contract.NameBody(name=name))

    @Asked
    def rename_folder(self, name: str, new_name: str) -> Request[contract.MovesAnswer]:
        """Give a category folder another name."""
        return request(contract.MovesAnswer, "PATCH", f"/api/folders/{part(name)}", contract.NameBody(name=new_name))

    @Asked
    def merge_folder(self, name: str, into: str) -> Request[contract.MovesAnswer]:
        """Move the videos of one category folder into another."""
        path = f"/api/folders/{part(name)}/merge"
        return request(contract.MovesAnswer, "POST", path, contract.MergeBody(into=into))

    @Asked
    def remove_folder(self, name: str) -> Request[contract.MovesAnswer]:
        """Remove a category folder in which nothing is."""
        return request(contract.MovesAnswer, "DELETE", f"/api/folders/{part(name)}")

    @Asked
    def sort(self, filename: str, folder: str) -> Request[contract.SortAnswer]:
        """Move an unsorted video into a category folder."""
        body = contract.SortBody(filename=filename, folder=folder)
        return request(contract.SortAnswer, "POST", "/api/sort", body)

    @Asked
    def sort_batch(
        self, moves: Iterable[tuple[str, str]], *, makes: str | None = None
    ) -> Request[contract.SortBatchAnswer]:
        """Move many (filename, folder), each with its own outcome; one `undo` takes all of them back.

        `makes` is a folder that is made first; the same `undo` takes it away again.
        """
        bodies = [contract.SortWish(filename=filename, folder=folder) for filename, folder in moves]
        body = contract.SortBatchBody(moves=bodies, makes=makes)
        return request(contract.SortBatchAnswer, "POST", "/api/sort/batch", body)

    @Asked
    def dismiss_misfiled(self, filename: str) -> Request[contract.DismissedAnswer]:
        """Say that a video is right in the folder it lies in."""
        return request(contract.DismissedAnswer, "POST", f"/api/misfiled/{part(filename)}/dismiss")

    @Asked
    def dismiss_duplicates(self, set_id: str) -> Request[contract.NoDuplicatesAnswer]:
        """Say that the videos of a set are no duplicates of one another."""
        return request(contract.NoDuplicatesAnswer, "POST", f"/api/duplicates/{part(set_id)}/dismiss")

    @Asked
    def star(self, filename: str) -> Request[contract.StarAnswer]:
        """Give a video a star, wherever it lies."""
        return request(contract.StarAnswer, "PUT", f"/api/stars/{part(filename)}")

    @Asked
    def unstar(self, filename: str) -> Request[contract.StarAnswer]:
        """Take its star away."""
        return request(contract.StarAnswer, "DELETE", f"/api/stars/{part(filename)}")

    @Asked
    def set_not_learned(self, folders: Iterable[str]) -> Request[contract.LibraryAnswer]:
        """Decide which folders are never learned from or suggested: all that are here; other names stay."""
        body = contract.NotLearnedBody(folders=list(folders))
        return request(contract.LibraryAnswer, "PUT", "/api/library/not-learned", body)

    @Asked
    def autofile(self, at_most_wrong: float = 0.02, *, dry_run: bool = True) -> Request[contract.AutofileAnswer]:
        """File the surest videos so that at most this share of them is wrong; one `undo` takes all of them back.

        Nothing is moved until `dry_run` is False: the answer says what would be, and on what that rests.
        """
        body = contract.AutofileBody(at_most_wrong=at_most_wrong, dry_run=dry_run)
        return request(contract.AutofileAnswer, "POST", "/api/autofile", body)

    @Asked
    def move(self, filename: str, origin: str | None, to: str | None) -> Request[contract.MoveAnswer]:
        """Move a video from a folder into another; None is the root, where the unsorted ones lie."""
        body = contract.MoveBody.model_validate({"filename": filename, "from": origin, "to": to})
        return request(contract.MoveAnswer, "POST", "/api/move", body)

    @Asked
    def move_batch(self, moves: Iterable[tuple[str, str | None, str | None]]) -> Request[contract.MoveBatchAnswer]:
        """Move many (filename, from, to), each with its own outcome; one `undo` takes all of them back."""
        wishes = [{"filename": filename, "from": origin, "to": to} for filename, origin, to in moves]
        body = contract.MoveBatchBody.model_validate({"moves": wishes})
        return request(contract.MoveBatchAnswer, "POST", "/api/move/batch", body)

    @Asked
    def undo(self, move_id: int | None = None, *, batch: str | None = None) -> Request[contract.MovesAnswer]:
        """Take back one move, or what is left of a batch; with neither the last move with its whole batch."""
        return request(contract.MovesAnswer, "POST", "/api/undo", contract.UndoBody(id=move_id, batch=batch))

    @Asked
    def redo(self) -> Request[contract.MovesAnswer]:
        """Do again what was taken back last."""
        return request(contract.MovesAnswer, "POST", "/api/redo")

    @Asked
    def retrain(self) -> Request[contract.RetrainStarted]:
        """Start the three steps in the background; `retrain_status` tells how far they are."""
        return request(contract.RetrainStarted, "POST", "/api/retrain")

    @Asked
    def cancel_retrain(self) -> Request[contract.RetrainCancelled]:
        """Stop the running steps; finished work is kept."""
        return request(contract.RetrainCancelled, "POST", "/api/retrain/cancel")

    @Asked
    def look(self) -> Request[contract.LookStarted]:
        """Look at all videos that were not looked at yet, in the background; `look_status` tells how far it is."""
        return request(contract.LookStarted, "POST", "/api/look")

    @Asked
    def cancel_look(self) -> Request[contract.LookCancelled]:
        """Look no further at what was there before; finished work is kept."""
        return request(contract.LookCancelled, "POST", "/api/look/cancel")

    @Asked
    def promote(self, model_id: str) -> Request[contract.ModelsAnswer]:
        """Put the predictions of a version in force."""
        return request(contract.ModelsAnswer, "POST", f"/api/models/{part(model_id)}/promote")

    @Asked
    def rollback(self) -> Request[contract.ModelsAnswer]:
        """Put the predictions before the current ones back in force, byte for byte."""
        return request(contract.ModelsAnswer, "POST", "/api/models/rollback")

    @Asked
    def choose_library(self, path: str) -> Request[contract.LibraryAnswer]:
        """Make a folder of the server's machine the library."""
        return request(contract.LibraryAnswer, "POST", "/api/library", contract.LibraryBody(path=path))

    @Asked
    def set_video_names(self, video_names: VideoNames) -> Request[contract.LibraryAnswer]:
        """Decide which names are videos: `digits`, or `any` with a video's ending."""
        body = contract.NamesBody(video_names=video_names)
        return request(contract.LibraryAnswer, "PUT", "/api/library/names", body)

    @Asked
    def skip(self, filename: str) -> Request[contract.SkipBody]:
        """Put an unsorted video off: it comes last in the queue."""
        return request(contract.SkipBody, "POST", "/api/skip", contract.SkipBody(filename=filename))

    @Asked
    def unskip(self, filename: str) -> Request[contract.SkipBody]:
        """Put it back in its place."""
        return request(contract.SkipBody, "DELETE", f"/api/skip/{part(filename)}")

    @Asked
    def set_preferences(self, preferences: contract.Preferences | None = None) -> Request[contract.Preferences]:
        """Replace what the page remembers for this caller; None: by nothing."""
        return request(contract.Preferences, "PUT", "/api/preferences", preferences or contract.Preferences())
