"""What is asked of a server without changing anything."""

from collections.abc import Iterable

from ..api import contract
from .asked import Asked, Request, part, request


class Reads:
    """The methods that change nothing."""

    @Asked
    def me(self) -> Request[contract.Me]:
        """Who the server takes this caller for, and which role that has."""
        return request(contract.Me, "GET", "/api/me")

    @Asked
    def videos(
        self,
        *,
        order: contract.Order | None = None,
        folder: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Request[contract.VideosAnswer]:
        """The unsorted videos with their predictions; all of them, or a page of `limit` after `cursor`."""
        wanted = {"order": order, "folder": folder, "limit": limit, "cursor": cursor}
        return request(contract.VideosAnswer, "GET", "/api/videos", wanted=wanted)

    @Asked
    def video(self, filename: str) -> Request[contract.VideoAnswer]:
        """One video, unsorted or sorted, with its words."""
        return request(contract.VideoAnswer, "GET", f"/api/videos/{part(filename)}")

    @Asked
    def why(self, filename: str) -> Request[contract.WhyAnswer]:
        """What speaks for the first guess of a video."""
        return request(contract.WhyAnswer, "GET", f"/api/videos/{part(filename)}/why")

    @Asked
    def similar(self, filename: str, *, limit: int | None = None) -> Request[contract.LikeAnswer]:
        """The videos, unsorted and sorted, that are most like one."""
        path = f"/api/videos/{part(filename)}/similar"
        return request(contract.LikeAnswer, "GET", path, wanted={"limit": limit})

    @Asked
    def search(self, query: str, *, limit: int | None = None) -> Request[contract.RecordsAnswer]:
        """The videos, unsorted and sorted, that have all words of a query, best first."""
        return request(contract.RecordsAnswer, "GET", "/api/search", wanted={"q": query, "limit": limit})

    @Asked
    def queue(
        self, order: contract.Order | None = None, *, limit: int | None = None, cursor: str | None = None
    ) -> Request[contract.QueueAnswer]:
        """The unsorted videos as the review page shows them, those put off last."""
        wanted = {"order": order, "limit": limit, "cursor": cursor}
        return request(contract.QueueAnswer, "GET", "/api/queue", wanted=wanted)

    @Asked
    def folders(self) -> Request[contract.FoldersAnswer]:
        """All category folders with their counts."""
        return request(contract.FoldersAnswer, "GET", "/api/folders")

    @Asked
    def folder_videos(
        self, name: str, order: contract.FolderOrder | None = None, *, limit: int | None = None,
        cursor: str | None = None,
    ) -> Request[contract.FolderVideosAnswer]:
        """The videos that lie in a category folder, a page of `limit` after `cursor`."""
        path, wanted = f"/api/folders/{part(name)}/videos", {"order": order, "limit": limit, "cursor": cursor}
        return request(contract.FolderVideosAnswer, "GET", path, wanted=wanted)

    @Asked
    def proposals(self, *, limit: int | None = None) -> Request[contract.ProposalsAnswer]:
        """Groups of unsorted videos that are no folder yet, the largest first."""
        return request(contract.ProposalsAnswer, "GET", "/api/proposals", wanted={"limit": limit})

    @Asked
    def misfiled(self, *, limit: int | None = None) -> Request[contract.MisfiledAnswer]:
        """Sorted videos that are likely in the wrong folder, the worst first."""
        return request(contract.MisfiledAnswer, "GET", "/api/misfiled", wanted={"limit": limit})

    @Asked
    def duplicates(self) -> Request[contract.DuplicatesAnswer]:
        """Sets of videos that are edits or copies of one another, the largest first."""
        return request(contract.DuplicatesAnswer, "GET", "/api/duplicates")

    @Asked
    def stars(self) -> Request[contract.RecordsAnswer]:
        """The videos with a star, wherever they lie, the last that got one first."""
        return request(contract.RecordsAnswer, "GET", "/api/stars")

    @Asked
    def insight(self, topic: contract.Topic) -> Request[contract.InsightAnswer]:
        """The numbers of one topic, of the model in force."""
        return request(contract.InsightAnswer, "GET", f"/api/insights/{part(topic)}")

    @Asked
    def history(self, limit: int | None = None) -> Request[contract.HistoryAnswer]:
        """The last moves, newest first."""
        return request(contract.HistoryAnswer, "GET", "/api/history", wanted={"limit": limit})

    @Asked
    def retrain_status(self) -> Request[contract.RetrainStatus]:
        """Whether the steps run, how far they are, and how they ended."""
        return request(contract.RetrainStatus, "GET", "/api/retrain/status")

    @Asked
    def look_status(self) -> Request[contract.LookStatus]:
        """How far the look at new videos is, and how many wait for it."""
        return request(contract.LookStatus, "GET", "/api/look")

    @Asked
    def models(self) -> Request[contract.ModelsAnswer]:
        """All trained versions, newest first, and which one predicts."""
        return request(contract.ModelsAnswer, "GET", "/api/models")

    @Asked
    def library(self) -> Request[contract.LibraryAnswer]:
        """The library in use and what is in it."""
        return request(contract.LibraryAnswer, "GET", "/api/library")

    @Asked
    def preview_library(self, path: str) -> Request[contract.LibraryPreview]:
        """What a folder would be as the library; nothing is changed."""
        return request(contract.LibraryPreview, "GET", "/api/library/preview", wanted={"path": path})

    @Asked
    def entries(self, filenames: Iterable[str]) -> Request[contract.QueueAnswer]:
        """What the review page shows of these videos, as far as they are unsorted."""
        body = contract.EntriesBody(filenames=list(filenames))
        return request(contract.QueueAnswer, "POST", "/api/queue/entries", body)

    @Asked
    def blind(self) -> Request[contract.BlindAnswer]:
        """Which unsorted videos the review page shows without their guess."""
        return request(contract.BlindAnswer, "GET", "/api/queue/blind")

    @Asked
    def actions(self, limit: int | None = None) -> Request[contract.ActionsAnswer]:
        """The last actions, a batch being one, newest first."""
        return request(contract.ActionsAnswer, "GET", "/api/history/actions", wanted={"limit": limit})

    @Asked
    def pace(self) -> Request[contract.Pace]:
        """How fast the pile is sorted, and when it will be empty."""
        return request(contract.Pace, "GET", "/api/pace")

    @Asked
    def preferences(self) -> Request[contract.Preferences]:
        """What the page remembers for this caller."""
        return request(contract.Preferences, "GET", "/api/preferences")

    @Asked
    def health(self) -> Request[contract.Health]:
        """That the server lives."""
        return request(contract.Health, "GET", "/healthz")

    @Asked
    def ready(self) -> Request[contract.Health]:
        """That the server can do its work; VidsortError where it cannot."""
        return request(contract.Health, "GET", "/readyz")
