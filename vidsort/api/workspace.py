"""What the server works on: the library in memory, its moves, predictions, the retrain job."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence, Set

from ..artifacts import predictions_path
from ..artifacts.owners import choose_anew, history_of, home_of, require_there
from ..errors import AwayError, VidsortError
from ..features.unreadable import unreadable_of
from ..jobs.looking import Looking
from ..jobs.retrain import Retrain
from ..library import Snapshot
from ..library.live import Apart, LiveLibrary
from ..library.moves.mover import Mover
from ..live.learning import Learning
from ..live.remembering import Remembering
from ..live.serving import Serving
from ..media.pictures import Pictures
from ..media.playable import PlayableCopies
from ..pile.filing.drawn import Drawn
from ..pile.pace import WINDOW_S, Pace, pace_of
from ..pile.pages import Pile
from ..pile.predictions import LivePredictions, Predictions
from ..pile.ranking.ranks import Ranks
from ..records import Folder, LeftOut
from ..settings import Settings
from ..store import Database, open_database
from ..store.database import shared_dir
from ..store.journal import Activity
from ..store.people.decisions import Decisions
from ..store.people.review import Review
from .choice import OF_LIBRARY, LibraryChoice, folder_at

log = logging.getLogger(__name__)


class OpenLibrary:
    """One library: its names in memory, the only mover of its videos, and where its reviewer is."""

    def __init__(self, settings: Settings, database: Database, apart: Apart | None = None) -> None:
        """`apart` is given where it will be started: a very large one is looked through after that."""
        self.data_dir = data_dir = settings.data_dir
        self.artifacts_dir = home_of(
            settings.artifacts_dir, data_dir, remembers_later=apart is not None and apart.is_for("", 0)
        )
        self.predictions = LivePredictions(predictions_path(self.artifacts_dir))
        self.not_learned = settings.not_learned
        self.serving = Serving(self.predictions, self.artifacts_dir, self.not_learned)
        self.video_names = settings.video_names
        self.history = history_of(self.artifacts_dir, data_dir)
        self._database = database
        self.activity = Activity(database, self.history)
        self.live = LiveLibrary(data_dir, video_names=settings.video_names, apart=apart)
        # Before the first listing, so that what another process moves from now on is followed or listed.
        self.mover = Mover(data_dir, database, self.live, video_names=settings.video_names)
        at_home = settings.model_copy(update={"artifacts_dir": self.artifacts_dir})
        self.learning = Learning(at_home, self.live, self.serving, catch_up=self.mover.catch_up, why_away=self.why_away)
        self.review = Review(database, self.history)
        self.decisions = Decisions(database, self.history)
        self.looking = Looking(
            settings, self.artifacts_dir, self.live, database,
            lambda filename: filename in self.predictions.current().by_video, self.why_away,
        )
        ranks = Ranks(self.live, database, self.artifacts_dir, self.not_learned)
        drawn = Drawn(self.live, self.decisions)
        self._pile = Pile(self.live, self.review, database, self.artifacts_dir, drawn, ranks)
        self._is_watched = False
        self._remembering = Remembering(self.artifacts_dir, data_dir, self.live, self.why_away)
        # What was found out about it, with the version of the view that it was found out from.
        self._away: tuple[int, str | None] | None = None
        # Asked for again when the names of the folders have changed.
        self._heirs: tuple[set[str], dict[str, str]] | None = None

    def start(self) -> None:
        """Watch the folders until `stop`, and settle what a kill left."""
        # First, so that no move has to list the library again to see that it is there.
        self.live.start()
        try:
            self.mover.recover(waits=False)
        except VidsortError as error:
            log.warning("Unfinished moves were not looked for: %s", error)
        self.looking.start()
        self._remembering.begin()
        self._is_watched = True
        self.learning.start()

    def why_away(self) -> str | None:
        """Why this is plainly not the library that it was, so that nothing is made or moved in it; None where it is."""
        version = self.live.version
        # What was away may also have been chosen anew, by any process.
        if self._away != (version, None):
            try:
                require_there(self.artifacts_dir, self.data_dir, is_bare=self.live.is_empty)
                self._away = version, None
            except AwayError as error:
                self._away = version, str(error)
        return self._away[1]

    @property
    def is_known_so(self) -> bool:
        """Whether its path still leads to the artifacts and the history that it was opened with."""
        home = home_of(self.artifacts_dir, self.data_dir)
        return (home, history_of(home, self.data_dir)) == (self.artifacts_dir, self.history)

    def look_after(self) -> None:
        """See that it is written down what it is known by now."""
        self._remembering.look_after()

    def stop(self) -> None:
        """End the watching."""
        self._remembering.end()
        self._is_watched = False
        self.learning.stop()
        self.looking.stop()
        self.live.stop()

    def keep_up(self) -> None:
        """Show what has changed: what other processes moved at once, other changes on disk within two seconds."""
        if not self._is_watched:
            self.live.poll()
        self.mover.catch_up()

    def snapshot(self) -> Snapshot:
        """The names now."""
        self.keep_up()
        return self.live.snapshot()

    def folders(self) -> list[Folder]:
        """The category folders with their counts after a move of ours, for which no folder is looked at."""
        self.mover.catch_up()
        return self.live.folders()

    def left_out(self) -> list[LeftOut]:
        """What takes no part, a row a reason; no folder is listed for it, and no video opened."""
        found = unreadable_of(self._database, self.artifacts_dir, self.data_dir, self.live.holds)
        return [*self.live.left_out(), *found]

    @property
    def pile(self) -> Pile:
        """The unsorted videos now."""
        self.looking.step_back()
        self.keep_up()
        return self._pile

    def heirs(self) -> dict[str, str]:
        """Which folders took the place of others that predictions may still name."""
        self.keep_up()
        folders = self.live.folder_names()
        if self._heirs is None or self._heirs[0] != folders:
            self._heirs = (folders, self.activity.heirs(folders))
        return self._heirs[1]

    def pace(self, predictions: Predictions) -> Pace:
        """How fast its reviewer sorts."""
        decisions = self.activity.sorted_since(time.time() - WINDOW_S)
        by_video = predictions.by_video
        predicted = {name: by_video[name].predicted_folder for name, _, _ in decisions if name in by_video}
        self.keep_up()
        return pace_of(decisions, predicted, self.live.count_unsorted(), self.decisions.agreement())


class Workspace:
    """Everything that the routes ask; the library in it follows the choice in vidsort.toml."""

    def __init__(self, settings: Settings, apart: Apart | None = None) -> None:
        root = shared_dir(settings.artifacts_dir)
        self.database = open_database(root)
        self.retrain = Retrain(self.database)
        self.pictures = Pictures(root)
        self.copies = PlayableCopies(root)
        self.choice = LibraryChoice(settings)
        self._library = OpenLibrary(settings, self.database, apart)
        self._is_started = False
        self._switching = threading.Lock()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.choice.settings()

    @property
    def library(self) -> OpenLibrary:
        """The library in use."""
        settings = self.settings
        with self._switching:
            if any(getattr(self._library, name) != getattr(settings, name) for name in OF_LIBRARY):
                self._open(settings)
            return self._library

    def look_after(self) -> OpenLibrary:
        """The library in use; opened anew where another lies at its path now, or somebody said which one it is."""
        # Where the artifacts folder has been renamed, nothing is made in its place.
        self.database.connection()
        opened = self.library
        opened.keep_up()
        with self._switching:
            try:
                if opened is self._library and not opened.is_known_so:
                    self._open(self.settings)
                self._library.look_after()
            except VidsortError as error:
                log.warning("Whether the library is still the one that it was cannot be seen: %s", error)
            return self._library

    def _open(self, settings: Settings) -> None:
        apart = Apart(settings.data_dir, settings.video_names) if self._is_started else None
        before, self._library = self._library, OpenLibrary(settings, self.database, apart)
        if self._is_started:
            before.stop()
            self._library.start()

    def choose(self, path: str) -> None:
        """Make a folder the library, and take it for what it is now, also where it is plainly not what it was.

        Raises ConflictError where something stronger decides, InvalidNameError for no folder.
        """
        opened = self.look_after()
        # What is the library already needs no choice, only somebody's word that it is.
        if opened.why_away() is None or folder_at(path) != opened.data_dir:
            self.choice.choose(path)
            opened = self.look_after()
        if opened.why_away() is not None:
            choose_anew(opened.artifacts_dir, opened.data_dir)

    def start(self) -> None:
        """Watch the library until `stop`; without it everything answers as well, only slower."""
        self.pictures.open()
        self.copies.open()
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
        """The predictions in force, with what was learned since and the names that the folders have now."""
        library = self.library
        return library.serving.current(library.heirs())

    def listing(self) -> bytes | Iterator[bytes]:
        """The JSON of all unsorted videos with their predictions, sorted by filename; of very many piece by piece."""
        return self.library.pile.listing(self.predicted())

    def videos(self, limit: int, cursor: str | None, order: str, folder: str | None) -> dict[str, object]:
        """A page of the same list; `folder` keeps those that are predicted to be in it."""
        return self.library.pile.videos(self.predicted(), limit, cursor, order, folder)

    def queue(self, limit: int, cursor: str | None, order: str, elsewhere: Set[str] = frozenset()) -> dict[str, object]:
        """A page of the pile as the review page needs it, without what is elsewhere; videos put off come last."""
        return self.library.pile.queue(self.predicted(), limit, cursor, order, self.settings.blind_share, elsewhere)

    def entries(self, filenames: Sequence[str]) -> dict[str, object]:
        """The same of these videos, as far as they are unsorted."""
        return self.library.pile.entries(self.predicted(), filenames, self.settings.blind_share)

    def pace(self) -> Pace:
        """How fast the reviewer sorts."""
        return self.library.pace(self.predicted())

    def retrain_status(self) -> dict[str, object]:
        """How the retrain job of this library stands, and what was learned since the last model."""
        guesses = self.library.serving.learned()
        live = guesses and {"labels": guesses.labels, "since_model_id": guesses.model_id, "at": guesses.at}
        return self.retrain.status(self.library.history) | {"live": live}

    def state(self) -> dict[str, object]:
        """What the page is told when it changes: folders, number of unsorted videos, the job, which predictions."""
        library = self.look_after()
        library.learning.warm()
        return {
            "away": library.why_away(),
            "folders": [folder.model_dump() for folder in library.live.folders()],
            "heirs": library.heirs(),
            "total": library.live.count_unsorted(),
            "retrain": self.retrain_status(),
            "look": library.looking.status(),
            "predictions": self.predicted().version,
        }
