"""A running server from Python: the documented API with the types of its schema, and nothing of its own.

    with VidsortClient("http://127.0.0.1:8000") as server:
        first = server.videos().videos[0]
        server.sort(first.filename, first.predicted_folder)
        server.undo()
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from .api import contract
from .errors import ConflictError, ForbiddenError, InvalidNameError, NotFoundError, VidsortError

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 30.0
# The API answers with the status of the error that was raised behind it; 422 is a body of the wrong shape.
ERRORS: dict[int, type[VidsortError]] = {
    400: InvalidNameError, 403: ForbiddenError, 404: NotFoundError, 409: ConflictError,
}

Answer = TypeVar("Answer", bound=BaseModel)


class VidsortClient:
    """One server; a method a route, which takes and gives what the schema at `/openapi.json` says.

    Every method raises the error that the server's status stands for (NotFoundError, ConflictError, ForbiddenError,
    InvalidNameError, else VidsortError) with the server's sentence, and VidsortError where no server answers.
    """

    def __init__(
        self, base_url: str = DEFAULT_URL, password: str | None = None, *, token: str | None = None,
        timeout_s: float = TIMEOUT_S, browser: str | None = None,
    ):
        """`token` is what `vidsort users token` made, where the server has accounts, `password` the one of the server.

        No connection is made before the first call; TypeError for both.

        `browser` is any id by which this caller is told from others: the history has it, and cards that others show are
        not in `queue`.
        """
        import httpx

        if token and password:
            raise TypeError("A server is asked by a token or by its password: give one of them.")
        headers = {"Authorization": f"Bearer {token or password}"} if token or password else {}
        headers |= {contract.BROWSER_HEADER: browser} if browser else {}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s)

    def __enter__(self) -> "VidsortClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def me(self) -> contract.Me:
        """Who the server takes this caller for, and which role that has."""
        return self._ask(contract.Me, "GET", "/api/me")

    def videos(
        self,
        *,
        order: contract.Order | None = None,
        folder: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> contract.VideosAnswer:
        """The unsorted videos with their predictions; all of them, or a page of `limit` after `cursor`."""
        wanted = {"order": order, "folder": folder, "limit": limit, "cursor": cursor}
        return self._ask(contract.VideosAnswer, "GET", "/api/videos", wanted=wanted)

    def video(self, filename: str) -> contract.VideoAnswer:
        """One video, unsorted or sorted, with its words."""
        return self._ask(contract.VideoAnswer, "GET", f"/api/videos/{_part(filename)}")

    def why(self, filename: str) -> contract.WhyAnswer:
        """What speaks for the first guess of a video."""
        return self._ask(contract.WhyAnswer, "GET", f"/api/videos/{_part(filename)}/why")

    def similar(self, filename: str, *, limit: int | None = None) -> contract.LikeAnswer:
        """The videos, unsorted and sorted, that are most like one."""
        path = f"/api/videos/{_part(filename)}/similar"
        return self._ask(contract.LikeAnswer, "GET", path, wanted={"limit": limit})

    def search(self, query: str, *, limit: int | None = None) -> contract.RecordsAnswer:
        """The videos, unsorted and sorted, that have all words of a query, best first."""
        return self._ask(contract.RecordsAnswer, "GET", "/api/search", wanted={"q": query, "limit": limit})

    def queue(
        self, order: contract.Order | None = None, *, limit: int | None = None, cursor: str | None = None
    ) -> contract.QueueAnswer:
        """The unsorted videos as the review page shows them, those put off last."""
        wanted = {"order": order, "limit": limit, "cursor": cursor}
        return self._ask(contract.QueueAnswer, "GET", "/api/queue", wanted=wanted)

    def lease(self, filenames: Iterable[str]) -> contract.LeasesAnswer:
        """Show these cards here, so that they are offered to no other `browser` for a minute."""
        body = contract.LeasesBody(filenames=list(filenames))
        return self._ask(contract.LeasesAnswer, "POST", "/api/leases", body)

    def folders(self) -> contract.FoldersAnswer:
        """All category folders with their counts."""
        return self._ask(contract.FoldersAnswer, "GET", "/api/folders")

    def folder_videos(
        self, name: str, order: contract.FolderOrder | None = None, *, limit: int | None = None,
        cursor: str | None = None,
    ) -> contract.FolderVideosAnswer:
        """The videos that lie in a category folder, a page of `limit` after `cursor`."""
        path, wanted = f"/api/folders/{_part(name)}/videos", {"order": order, "limit": limit, "cursor": cursor}
        return self._ask(contract.FolderVideosAnswer, "GET", path, wanted=wanted)

    def create_folder(self, name: str) -> contract.FoldersAnswer:
        """Make a category folder."""
        return self._ask(contract.FoldersAnswer, "POST", "/api/folders", contract.NameBody(name=name))

    def rename_folder(self, name: str, new_name: str) -> contract.MovesAnswer:
        """Give a category folder another name."""
        return self._ask(contract.MovesAnswer, "PATCH", f"/api/folders/{_part(name)}", contract.NameBody(name=new_name))

    def merge_folder(self, name: str, into: str) -> contract.MovesAnswer:
        """Move the videos of one category folder into another."""
        path = f"/api/folders/{_part(name)}/merge"
        return self._ask(contract.MovesAnswer, "POST", path, contract.MergeBody(into=into))

    def remove_folder(self, name: str) -> contract.MovesAnswer:
        """Remove a category folder in which nothing is."""
        return self._ask(contract.MovesAnswer, "DELETE", f"/api/folders/{_part(name)}")

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

    def proposals(self, *, limit: int | None = None) -> contract.ProposalsAnswer:
        """Groups of unsorted videos that are no folder yet, the largest first."""
        return self._ask(contract.ProposalsAnswer, "GET", "/api/proposals", wanted={"limit": limit})

    def misfiled(self, *, limit: int | None = None) -> contract.MisfiledAnswer:
        """Sorted videos that are likely in the wrong folder, the worst first."""
        return self._ask(contract.MisfiledAnswer, "GET", "/api/misfiled", wanted={"limit": limit})

    def dismiss_misfiled(self, filename: str) -> contract.DismissedAnswer:
        """Say that a video is right in the folder it lies in."""
        return self._ask(contract.DismissedAnswer, "POST", f"/api/misfiled/{_part(filename)}/dismiss")

    def duplicates(self) -> contract.DuplicatesAnswer:
        """Sets of videos that are edits or copies of one another, the largest first."""
        return self._ask(contract.DuplicatesAnswer, "GET", "/api/duplicates")

    def dismiss_duplicates(self, set_id: str) -> contract.NoDuplicatesAnswer:
        """Say that the videos of a set are no duplicates of one another."""
        return self._ask(contract.NoDuplicatesAnswer, "POST", f"/api/duplicates/{_part(set_id)}/dismiss")

    def set_not_learned(self, folders: Iterable[str]) -> contract.LibraryAnswer:
        """Decide which folders are never learned from or suggested: all that are here; other names stay."""
        body = contract.NotLearnedBody(folders=list(folders))
        return self._ask(contract.LibraryAnswer, "PUT", "/api/library/not-learned", body)

    def insight(self, topic: contract.Topic) -> contract.InsightAnswer:
        """The numbers of one topic, of the model in force."""
        return self._ask(contract.InsightAnswer, "GET", f"/api/insights/{_part(topic)}")

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

    def undo(self, move_id: int | None = None) -> contract.MovesAnswer:
        """Take back one move, or without an id the last one with its whole batch."""
        return self._ask(contract.MovesAnswer, "POST", "/api/undo", contract.UndoBody(id=move_id))

    def redo(self) -> contract.MovesAnswer:
        """Do again what was taken back last."""
        return self._ask(contract.MovesAnswer, "POST", "/api/redo")

    def history(self, limit: int | None = None) -> contract.HistoryAnswer:
        """The last moves, newest first."""
        return self._ask(contract.HistoryAnswer, "GET", "/api/history", wanted={"limit": limit})

    def retrain(self) -> contract.RetrainStarted:
        """Start the three steps in the background; `retrain_status` tells how far they are."""
        return self._ask(contract.RetrainStarted, "POST", "/api/retrain")

    def retrain_status(self) -> contract.RetrainStatus:
        """Whether the steps run, how far they are, and how they ended."""
        return self._ask(contract.RetrainStatus, "GET", "/api/retrain/status")

    def cancel_retrain(self) -> contract.RetrainCancelled:
        """Stop the running steps; finished work is kept."""
        return self._ask(contract.RetrainCancelled, "POST", "/api/retrain/cancel")

    def look(self) -> contract.LookStarted:
        """Look at all videos that were not looked at yet, in the background; `look_status` tells how far it is."""
        return self._ask(contract.LookStarted, "POST", "/api/look")

    def look_status(self) -> contract.LookStatus:
        """How far the look at new videos is, and how many wait for it."""
        return self._ask(contract.LookStatus, "GET", "/api/look")

    def cancel_look(self) -> contract.LookCancelled:
        """Look no further at what was there before; finished work is kept."""
        return self._ask(contract.LookCancelled, "POST", "/api/look/cancel")

    def models(self) -> contract.ModelsAnswer:
        """All trained versions, newest first, and which one predicts."""
        return self._ask(contract.ModelsAnswer, "GET", "/api/models")

    def promote(self, model_id: str) -> contract.ModelsAnswer:
        """Put the predictions of a version in force."""
        return self._ask(contract.ModelsAnswer, "POST", f"/api/models/{_part(model_id)}/promote")

    def rollback(self) -> contract.ModelsAnswer:
        """Put the predictions before the current ones back in force, byte for byte."""
        return self._ask(contract.ModelsAnswer, "POST", "/api/models/rollback")

    def _ask(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        body: BaseModel | None = None,
        *,
        wanted: dict[str, Any] | None = None,
    ) -> Answer:
        import httpx

        given = {name: value for name, value in (wanted or {}).items() if value is not None}
        # ASCII here, too, for a name that is no valid Unicode.
        content = None if body is None else json.dumps(body.model_dump(mode="json", by_alias=True)).encode("ascii")
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            response = self._http.request(method, path, params=given, content=content, headers=headers)
        except httpx.TransportError as error:
            raise VidsortError(
                f"No vidsort answers at {self._http.base_url} ({error}): start it with `vidsort serve`."
            ) from error
        if not response.is_success:
            raise ERRORS.get(response.status_code, VidsortError)(_sentence(response))
        try:
            # By way of Python: a name that is no valid Unicode is valid JSON, which pydantic's own reader refuses.
            return answer.model_validate(response.json())
        except ValueError as error:
            raise VidsortError(
                f"What answers {method} {path} at {self._http.base_url} is no vidsort of this version: "
                "see that both are of the same version."
            ) from error


def _part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def _sentence(response: "httpx.Response") -> str:
    """What the server says is wrong."""
    try:
        return str(contract.Fault.model_validate_json(response.content).detail)
    except ValidationError:
        return f"The server answered {response.status_code} {response.reason_phrase} to {response.request.url.path}."
