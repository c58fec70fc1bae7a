"""What takes more than one question: all pages of a list, the end of a retrain, a table."""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..api import contract
from ..errors import VidsortError
from .changes import Changes
from .connection import Connection
from .reads import Reads

if TYPE_CHECKING:
    import pandas as pd

PAGE = 500


class Pages:
    """Where somebody is who goes through a list page by page."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.is_over = False
        self._seen: set[str] = set()

    def take(self, answer: contract.VideosAnswer) -> list[contract.VideoEntry]:
        """The videos of a page that were in none before; the next one begins at `cursor`, unless it `is_over`."""
        new = [video for video in answer.videos if video.filename not in self._seen]
        self._seen.update(video.filename for video in new)
        self.cursor = answer.next_cursor
        self.is_over = self.cursor is None
        return new


class Patience:
    """How long somebody waits for a retrain, beginning now; None: as long as it takes."""

    def __init__(self, timeout_s: float | None) -> None:
        self._timeout_s, self._started_s = timeout_s, time.monotonic()

    def require(self) -> None:
        """Raise VidsortError when it is at its end."""
        if self._timeout_s is not None and time.monotonic() - self._started_s > self._timeout_s:
            raise VidsortError(f"The retrain still runs after {self._timeout_s:g} s: wait longer, or cancel it.")


def as_table(videos: Iterable[contract.VideoEntry]) -> "pd.DataFrame":
    """These videos, a row each: filename, predicted_folder (None without one), confidence."""
    import pandas as pd

    columns = ["filename", "predicted_folder", "confidence"]
    return pd.DataFrame([[getattr(video, name) for name in columns] for video in videos], columns=columns)


class Following(Reads, Changes, Connection):
    """Methods made of others."""

    def each_video(
        self, *, order: contract.Order | None = None, folder: str | None = None
    ) -> Iterator[contract.VideoEntry]:
        """Every unsorted video with its prediction, page by page; of those predicted in one `folder`, where given.

        What is sorted or comes meanwhile may be in it or not; none is in it twice.
        """
        pages = Pages()
        while not pages.is_over:
            yield from pages.take(self.videos(order=order, folder=folder, limit=PAGE, cursor=pages.cursor))

    def predictions(self) -> "pd.DataFrame":
        """The unsorted videos as a table: filename, predicted_folder (None without one), confidence."""
        return as_table(self.each_video())

    def wait_for_retrain(self, *, timeout_s: float | None = None, every_s: float = 0.5) -> contract.RetrainStatus:
        """Wait until no retrain runs, and say how the last one ended; raises VidsortError when that takes longer."""
        patience = Patience(timeout_s)
        while (status := self.retrain_status()).running:
            patience.require()
            time.sleep(every_s)
        return status
