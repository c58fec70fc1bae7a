"""What is asked of a server without changing anything."""

from collections.abc import Iterable

from ..api import contract
from .connection import Connection, part


class Reads(Connection):
    """The methods that change nothing."""

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
        return self._ask(contract.VideoAnswer, "GET", f"/api/videos/{part(filename)}")

    def why(self, filename: str) -> contract.WhyAnswer:
        """What speaks for the first guess of a video."""
        return self._ask(contract.WhyAnswer, "GET", f"/api/videos/{part(filename)}/why")

    def similar(self, filename: str, *, limit: int | None = None) -> contract.LikeAnswer:
        """The videos, unsorted and sorted, that are most like one."""
        path = f"/api/videos/{part(filename)}/similar"
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

    def folders(self) -> contract.FoldersAnswer:
        """All category folders with their counts."""
        return self._ask(contract.FoldersAnswer, "GET", "/api/folders")

    def folder_videos(
        self, name: str, order: contract.FolderOrder | None = None, *, limit: int | None = None,
        cursor: str | None = None,
    ) -> contract.FolderVideosAnswer:
        """The videos that lie in a category folder, a page of `limit` after `cursor`."""
        path, wanted = f"/api/folders/{part(name)}/videos", {"order": order, "limit": limit, "cursor": cursor}
        return self._ask(contract.FolderVideosAnswer, "GET", path, wanted=wanted)

    def proposals(self, *, limit: int | None = None) -> contract.ProposalsAnswer:
        """Groups of unsorted videos that are no folder yet, the largest first."""
        return self._ask(contract.ProposalsAnswer, "GET", "/api/proposals", wanted={"limit": limit})

    def misfiled(self, *, limit: int | None = None) -> contract.MisfiledAnswer:
        """Sorted videos that are likely in the wrong folder, the worst first."""
        return self._ask(contract.MisfiledAnswer, "GET", "/api/misfiled", wanted={"limit": limit})

    def duplicates(self) -> contract.DuplicatesAnswer:
        """Sets of videos that are edits or copies of one another, the largest first."""
        return self._ask(contract.DuplicatesAnswer, "GET", "/api/duplicates")

    def stars(self) -> contract.RecordsAnswer:
        """The videos with a star, wherever they lie, the last that got one first."""
        return self._ask(contract.RecordsAnswer, "GET", "/api/stars")

    def insight(self, topic: contract.Topic) -> contract.InsightAnswer:
        """The numbers of one topic, of the model in force."""
        return self._ask(contract.InsightAnswer, "GET", f"/api/insights/{part(topic)}")

    def history(self, limit: int | None = None) -> contract.HistoryAnswer:
        """The last moves, newest first."""
        return self._ask(contract.HistoryAnswer, "GET", "/api/history", wanted={"limit": limit})

    def retrain_status(self) -> contract.RetrainStatus:
        """Whether the steps run, how far they are, and how they ended."""
        return self._ask(contract.RetrainStatus, "GET", "/api/retrain/status")

    def look_status(self) -> contract.LookStatus:
        """How far the look at new videos is, and how many wait for it."""
        return self._ask(contract.LookStatus, "GET", "/api/look")

    def models(self) -> contract.ModelsAnswer:
        """All trained versions, newest first, and which one predicts."""
        return self._ask(contract.ModelsAnswer, "GET", "/api/models")

    def library(self) -> contract.LibraryAnswer:
        """The library in use and what is in it."""
        return self._ask(contract.LibraryAnswer, "GET", "/api/library")

    def preview_library(self, path: str) -> contract.LibraryPreview:
        """What a folder would be as the library; nothing is changed."""
        return self._ask(contract.LibraryPreview, "GET", "/api/library/preview", wanted={"path": path})

    def entries(self, filenames: Iterable[str]) -> contract.QueueAnswer:
        """What the review page shows of these videos, as far as they are unsorted."""
        body = contract.EntriesBody(filenames=list(filenames))
        return self._ask(contract.QueueAnswer, "POST", "/api/queue/entries", body)

    def blind(self) -> contract.BlindAnswer:
        """Which unsorted videos the review page shows without their guess."""
        return self._ask(contract.BlindAnswer, "GET", "/api/queue/blind")

    def actions(self, limit: int | None = None) -> contract.ActionsAnswer:
        """The last actions, a batch being one, newest first."""
        return self._ask(contract.ActionsAnswer, "GET", "/api/history/actions", wanted={"limit": limit})

    def pace(self) -> contract.Pace:
        """How fast the pile is sorted, and when it will be empty."""
        return self._ask(contract.Pace, "GET", "/api/pace")

    def preferences(self) -> contract.Preferences:
        """What the page remembers for this caller."""
        return self._ask(contract.Preferences, "GET", "/api/preferences")

    def health(self) -> contract.Health:
        """That the server lives."""
        return self._ask(contract.Health, "GET", "/healthz")

    def ready(self) -> contract.Health:
        """That the server can do its work; VidsortError where it cannot."""
        return self._ask(contract.Health, "GET", "/readyz")
