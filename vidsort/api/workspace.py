"""What the server works on: the library in memory, its moves, predictions, the retrain job."""

import json
import logging
import os
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from ..artifacts import predictions_path
from ..errors import VidsortError
from ..jobs.retrain import Retrain
from ..library import Snapshot
from ..library.live import LiveLibrary
from ..library.moves.mover import Mover
from ..library.names import check_folder_name
from ..media.pictures import Pictures
from ..media.playable import PlayableCopies
from ..pile import order as pile
from ..pile.pace import WINDOW_S, Pace, pace_of
from ..pile.predictions import LivePredictions, Predictions, following
from ..records import Folder
from ..settings import Settings
from ..store import Database, open_database
from ..store.journal import Activity
from ..store.review import Review
from .choice import LibraryChoice

log = logging.getLogger(__name__)

NO_PREDICTION = {"predicted_folder": None, "confidence": 0, "top_predictions": []}


class OpenLibrary:
    """One library: its names in memory, the only mover of its videos, and where its reviewer is."""

    def __init__(self, data_dir: Path, database: Database) -> None:
        self.data_dir = data_dir
        name = os.path.realpath(data_dir)
        self._activity = Activity(database, name)
        self.live = LiveLibrary(data_dir)
        # Before the first listing, so that what another process moves from now on is followed or listed.
        self.mover = Mover(data_dir, database, self.live)
        self.review = Review(database, name)
        self.modified = pile.ModificationTimes(data_dir)
        self._is_watched = False
        # Asked for again when the names of the folders have changed.
        self._heirs: tuple[set[str], dict[str, str]] | None = None

    def start(self) -> None:
        """Settle what a kill left, and watch the folders until `stop`."""
        try:
            self.mover.recover()
        except VidsortError as error:
            log.warning("Unfinished moves were not looked for: %s", error)
        self.live.start()
        self._is_watched = True

    def stop(self) -> None:
        """End the watching."""
        self._is_watched = False
        self.live.stop()

    def snapshot(self) -> Snapshot:
        """The names now: what other processes moved is in it at once, other changes on disk within two seconds."""
        self._keep_up()
        return self.live.snapshot()

    def folders(self) -> list[Folder]:
        """The category folders with their counts after a move of ours, for which no folder is looked at."""
        self.mover.catch_up()
        return self.live.folders()

    def _keep_up(self) -> None:
        if not self._is_watched:
            self.live.poll()
        self.mover.catch_up()

    def heirs(self) -> dict[str, str]:
        """Which folders took the place of others that predictions may still name."""
        self._keep_up()
        folders = self.live.folder_names()
        if self._heirs is None or self._heirs[0] != folders:
            self._heirs = (folders, self._activity.heirs(folders))
        return self._heirs[1]

    def pace(self, predictions: Predictions) -> Pace:
        """How fast its reviewer sorts."""
        decisions = self._activity.sorted_since(time.time() - WINDOW_S)
        known = {name: predictions.by_video.get(name) for name, _, _ in decisions}
        predicted = {name: prediction.predicted_folder for name, prediction in known.items() if prediction}
        self._keep_up()
        return pace_of(decisions, predicted, self.live.count_unsorted())


class Workspace:
    """Everything that the routes ask; the library in it follows the choice in vidsort.toml."""

    def __init__(self, settings: Settings) -> None:
        self.artifacts_dir = settings.artifacts_dir
        self.database = open_database(settings.artifacts_dir)
        self.predictions = LivePredictions(predictions_path(settings.artifacts_dir))
        self.retrain = Retrain(self.database)
        self.pictures = Pictures(settings.artifacts_dir)
        self.copies = PlayableCopies(settings.artifacts_dir)
        self.choice = LibraryChoice(settings)
        self._library = OpenLibrary(settings.data_dir, self.database)
        self._is_started = False
        self._switching = threading.Lock()
        # Answers that cost much, each with what it was made from.
        self._listed: tuple[Snapshot, Predictions, bytes] | None = None
        self._followed: tuple[Predictions, dict[str, str], Predictions] | None = None
        self._arranged: tuple[Snapshot, Predictions, tuple, list[pile.Key]] | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.choice.settings()

    @property
    def library(self) -> OpenLibrary:
        """The library in use."""
        data_dir = self.settings.data_dir
        with self._switching:
            if self._library.data_dir != data_dir:
                before, self._library = self._library, OpenLibrary(data_dir, self.database)
                if self._is_started:
                    before.stop()
                    self._library.start()
            return self._library

    def start(self) -> None:
        """Watch the library until `stop`; without it everything answers as well, only slower."""
        self.copies.sweep()
        self.library.start()
        self._is_started = True

    def stop(self) -> None:
        """Stop what runs in the background."""
        self._is_started = False
        self.retrain.stop()
        self._library.stop()
        self.pictures.close()
        self.copies.close()
        self.database.close()

    def predicted(self) -> Predictions:
        """The predictions in force, with the names that the folders have now."""
        known, heirs = self.predictions.current(), self.library.heirs()
        followed = self._followed
        if followed is None or followed[0] is not known or followed[1] != heirs:
            self._followed = followed = (known, heirs, following(known, heirs))
        return followed[2]

    def listing(self) -> bytes:
        """The JSON of all unsorted videos with their predictions, sorted by filename; kept until something changes."""
        snapshot, predictions = self.library.snapshot(), self.predicted()
        listed = self._listed
        if listed is None or listed[0] is not snapshot or listed[1] is not predictions:
            nothing = json.dumps(NO_PREDICTION)
            # Put together as text: parsing and writing 100 000 entries again would take seconds.
            entries = (
                f'{{"filename": "{name}", {predictions.entries.get(name, nothing)[1:]}' for name in snapshot.unsorted
            )
            text = f'{{"videos": [{", ".join(entries)}], "total": {len(snapshot.unsorted)}}}'
            self._listed = listed = (snapshot, predictions, text.encode())
        return listed[2]

    def videos(self, limit: int, cursor: str | None, order: str, folder: str | None) -> dict[str, object]:
        """A page of the same list; `folder` keeps those that are predicted to be in it."""
        keys, predicted = self._keys(order, folder, {}), self.predicted()
        shown = pile.page(keys, limit, cursor)
        return {
            "videos": [_entry(name, predicted) for name in shown.filenames],
            "total": len(self.library.snapshot().unsorted),
            "next_cursor": shown.next_cursor,
        }

    def queue(self, limit: int, cursor: str | None, order: str) -> dict[str, object]:
        """A page of the pile as the review page needs it; videos put off come last."""
        here, skipped = self._pile()
        shown = pile.page(self._keys(order, None, skipped), limit, cursor)
        return self._shown(shown.filenames, here, skipped) | {"next_cursor": shown.next_cursor}

    def entries(self, filenames: Sequence[str]) -> dict[str, object]:
        """The same of these videos, as far as they are unsorted."""
        here, skipped = self._pile()
        return self._shown([name for name in filenames if name in here], here, skipped)

    def _pile(self) -> tuple[set[str], dict[str, float]]:
        library = self.library
        here = set(library.snapshot().unsorted)
        return here, {name: at for name, at in library.review.skipped().items() if name in here}

    def _shown(self, names: Sequence[str], here: Collection[str], skipped: Collection[str]) -> dict[str, object]:
        facts = pile.facts_of(self.database, self.artifacts_dir, self.library.data_dir, names)
        predicted = self.predicted()
        return {
            "videos": [
                _entry(name, predicted) | _facts(facts.get(name)) | {"skipped": name in skipped} for name in names
            ],
            "total": len(here),
            "skipped": len(skipped),
            "predictions": predicted.version,
        }

    def _keys(self, order: str, folder: str | None, skipped: dict[str, float]) -> list[pile.Key]:
        library = self.library
        snapshot, predicted = library.snapshot(), self.predicted()
        kept = self._arranged
        if kept and kept[0] is snapshot and kept[1] is predicted and kept[2] == (order, folder, skipped):
            return kept[3]
        names = snapshot.unsorted
        if folder is not None:
            names = pile.predicted_in(check_folder_name(folder), names, predicted.by_video)
        modified_s = library.modified.of(names) if order == "newest" else None
        keys = pile.arrange(names, predicted.by_video, order, skipped=skipped, modified_s=modified_s)
        self._arranged = (snapshot, predicted, (order, folder, skipped), keys)
        return keys

    def pace(self) -> Pace:
        """How fast the reviewer sorts."""
        return self.library.pace(self.predicted())

    def state(self) -> dict[str, object]:
        """What the page is told when it changes: folders, number of unsorted videos, the job, which predictions."""
        library = self.library
        snapshot = library.snapshot()
        return {
            "folders": [folder.model_dump() for folder in snapshot.counts()],
            "heirs": library.heirs(),
            "total": len(snapshot.unsorted),
            "retrain": self.retrain.status(),
            "predictions": self.predicted().version,
        }


def _entry(filename: str, predictions: Predictions) -> dict[str, object]:
    text = predictions.entries.get(filename)
    return {"filename": filename} | (json.loads(text) if text else NO_PREDICTION)


def _facts(facts: dict[str, object] | None) -> dict[str, object]:
    """The keys of a queue entry that say what is in the file; nothing is claimed of one not looked at yet."""
    if facts is None:
        return {}
    unreadable = facts.get("reason")
    if not facts.get("readable", unreadable is None):
        playable = "none"
    else:
        playable = "direct" if facts.get("browser_playable", True) else "copy"
    shown = {name: facts.get(name) for name in ("duration_s", "width", "height", "caption")}
    return {"unreadable": unreadable, "playable": playable} | shown
