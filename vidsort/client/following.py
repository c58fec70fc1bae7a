"""What takes more than one question: all pages of a list, the end of a retrain, a table."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..api import contract
from ..errors import VidsortError
from .changes import Changes
from .reads import Reads

if TYPE_CHECKING:
    import pandas as pd

PAGE = 500


class Following(Reads, Changes):
    """Methods made of others."""

    def each_video(
        self, *, order: contract.Order | None = None, folder: str | None = None
    ) -> Iterator[contract.VideoEntry]:
        """Every unsorted video with its prediction, page by page; of those predicted in one `folder`, where given.

        What is sorted or comes meanwhile may be in it or not; none is in it twice.
        """
        cursor, seen = None, set[str]()
        while True:
            answer = self.videos(order=order, folder=folder, limit=PAGE, cursor=cursor)
            for video in answer.videos:
                if video.filename not in seen:
                    seen.add(video.filename)
                    yield video
            cursor = answer.next_cursor
            if cursor is None:
                return

    def predictions(self) -> "pd.DataFrame":
        """The unsorted videos as a table: filename, predicted_folder (None without one), confidence."""
        import pandas as pd

        columns = ["filename", "predicted_folder", "confidence"]
        rows = [[getattr(video, name) for name in columns] for video in self.each_video()]
        return pd.DataFrame(rows, columns=columns)

    def wait_for_retrain(self, *, timeout_s: float | None = None, every_s: float = 0.5) -> contract.RetrainStatus:
        """Wait until no retrain runs, and say how the last one ended; raises VidsortError when that takes longer."""
        started = time.monotonic()
        while (status := self.retrain_status()).running:
            if timeout_s is not None and time.monotonic() - started > timeout_s:
                raise VidsortError(f"The retrain still runs after {timeout_s:g} s: wait longer, or cancel it.")
            time.sleep(every_s)
        return status
