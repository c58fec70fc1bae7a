"""A library as an object: what is in it as tables and arrays, the three steps, moves, and the review page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from .. import artifacts
from .. import library as on_disk
from ..errors import NotFoundError, SettingsError, VidsortError
from ..features.modalities import ExtractConfig
from ..records import Move, Report
from ..settings import Settings
from ..steps import STEPS, ProgressCallback, counted, ignore_progress
from . import tables
from .arrays import Features, Labels, read_features
from .given import KIND, keep_vectors
from .opened import found_place, mover_of, opened, sort
from .review import Review

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Library:
    """A library with its artifacts, as `vidsort.open` gives it.

    What it tells is read anew by each call: the folders on disk are the truth, and a server, the command line or a
    file manager may work on them meanwhile. It holds nothing open but the review page.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises NotFoundError where there is no such folder."""
        on_disk.require_library(settings.data_dir)
        self._settings = settings
        self._review: Review | None = None

    @property
    def settings(self) -> Settings:
        """The settings that it works with: those of vidsort.toml and the environment, and what it was opened with."""
        return self._settings

    @property
    def artifacts_dir(self) -> Path:
        """Where the models and predictions of this library are kept."""
        return artifacts.home_of(self._settings.artifacts_dir, self._settings.data_dir)

    def videos(self) -> "pd.DataFrame":
        """A row a video: filename, folder (missing while it is unsorted), size_bytes, modified (UTC) and path.

        >>> library.videos()["folder"].value_counts().to_dict()
        {'dance': 4, 'food': 4, 'sport': 4}
        """
        return tables.videos_frame(self._settings)

    def predictions(self) -> "pd.DataFrame":
        """A row an unsorted video of which there is a guess, the surest first.

        Columns: filename, folder (the first guess), confidence (its calibrated probability), shares (a dict of the
        first folders with theirs). They are the predictions in force, with what a server has learned since.

        >>> library.predictions().columns.to_list()
        ['filename', 'folder', 'confidence', 'shares']
        """
        with opened(self._settings) as here:
            return tables.predictions_frame(here)

    def models(self) -> "pd.DataFrame":
        """A row a version, newest first: model_id, is_current, head, accuracy with its 95 % interval, every config.

        >>> library.models()[["head", "videos"]].to_dict("records")
        [{'head': 'centroid', 'videos': 12}]
        """
        from ..insight.comparison import versions_frame

        return versions_frame(self.artifacts_dir)

    def features(self, kind: str = "frames", *, unsorted: bool = False) -> Features:
        """The stored features of one kind of evidence, of the sorted videos, or of the unsorted ones.

        Rows are those of `labels` of the same kind, so that scikit-learn takes both:

        >>> seen = library.features("frames")
        >>> X, y = seen.X, seen.y
        >>> X.shape, y.shape, str(seen.filenames[0])
        ((12, 1280), (12,), '70000000000000000.mp4')

        Raises ArtifactError before any extraction, SettingsError for a kind that was not extracted.
        """
        return read_features(self._settings, kind, unsorted=unsorted)

    def labels(self, kind: str = "frames") -> Labels:
        """The folders of the sorted videos that have this kind of evidence, row by row as `features` has them.

        >>> library.labels().folders
        ('dance', 'food', 'sport')

        Raises as `features`.
        """
        return read_features(self._settings, kind, unsorted=False).labels

    def give(self, vectors: "np.ndarray", filenames: Sequence[str], name: str = "own") -> Report:
        """Take vectors that you have made of videos, float [n, d], as the kind of evidence `given`.

        They are kept by the content of each video and weighed like any other kind. Other videos have none until they
        are given some. To go on with them in every retrain, name `given` in [extract_features] modalities, and `name`
        as given_vectors.

        >>> seen = library.features()
        >>> made = library.give(seen.X[:, :64], seen.filenames)
        >>> library.features("given")
        <Features of 12 videos: given, 64 numbers each>

        Raises SettingsError for what are no vectors, NotFoundError for a video that there is not.
        """
        keep_vectors(self._settings, name, vectors, [str(filename) for filename in filenames])
        chosen = self._settings.config("extract_features", ExtractConfig).modalities
        return self.extract(modalities=tuple(dict.fromkeys([*chosen, KIND])), given_vectors=name)

    def extract(self, *, progress: ProgressCallback = ignore_progress, **parameters: object) -> Report:
        """Step 1: look at every video that is new. Parameters: the fields of `ExtractConfig`.

        >>> library.extract().done
        0

        Raises NotFoundError without a library, SettingsError for a parameter that does not fit.
        """
        return self._run("extract_features", parameters, progress)

    def train(
        self, head: Any = None, *, progress: ProgressCallback = ignore_progress, **parameters: object
    ) -> Report:
        """Step 2: learn from the videos that lie in folders. Parameters: the fields of `TrainConfig`.

        head: the one to take, or a list of those that race; by default those that are set. One is a name, or a
        classifier of your own with `predict_proba`, as scikit-learn has them (or the class of one). The report names
        the new model (`outputs["model_id"]`) and says whether it is to take over, and why (`outputs["verdict"]`).

        >>> library.train("lda").outputs["head"]
        'lda'
        >>> from sklearn.naive_bayes import GaussianNB
        >>> library.train(["centroid", GaussianNB()]).outputs["promoted"]
        True

        Raises NotEnoughLabelsError, SettingsError for a head that is none or cannot be kept, and as `extract`.
        """
        if head is None:
            return self._run("train", parameters, progress)
        heads = head if isinstance(head, list | tuple) else [head]
        return self._run("train", parameters, progress, heads=heads)

    def predict(self, *, progress: ProgressCallback = ignore_progress, **parameters: object) -> Report:
        """Step 3: predict a folder for each unsorted video. Parameters: the fields of `PredictConfig`.

        >>> library.predict(top_k=2).done
        3

        Raises ArtifactError without a model, and as `extract`.
        """
        return self._run("predict", parameters, progress)

    def compare(self, first: str | None = None, second: str | None = None) -> "pd.DataFrame":
        """Two models side by side: by default the newest, behind the one in force or else the one before it.

        The row "accuracy on shared videos" judges both on the videos that both were tested on.

        >>> library.compare().loc["head"].to_list()
        ['lda', 'centroid', np.True_]

        Raises NotFoundError.
        """
        return tables.compared_frame(self.artifacts_dir, first, second or self._newest())

    def promote(self, model_id: str | None = None) -> str:
        """Put a model in force, by default the newest one, whatever its verdict; returns its id.

        One that has not predicted yet does so now. A running server follows at once.

        >>> library.promote() == library.models()["model_id"][0]
        True

        Raises NotFoundError for no model.
        """
        from ..artifacts.publication import predictions_of_models

        home, model_id = self.artifacts_dir, model_id or self._newest()
        if model_id in predictions_of_models(home):
            artifacts.promote(home, model_id, self._settings.trusted_types)
        else:
            self.predict(model_id=model_id)
        return model_id

    def sort(self, filename: str, folder: str) -> Move:
        """File an unsorted video, with what belongs to it; never over another file, and `undo` takes it back.

        >>> library.sort("71000000000000000.mp4", "dance").target
        'dance/71000000000000000.mp4'

        Raises InvalidNameError, NotFoundError where it is not among the unsorted ones, ConflictError where its place
        is taken.
        """
        return sort(self._settings, [(filename, folder)])[0].moved()

    def sort_many(self, folders: tables.Folders) -> "pd.DataFrame":
        """File each of these unsorted videos: filename, folder, is_moved and the reason why one stayed where it was.

        One `undo` takes back all of it. `folders` is a dict, or a Series whose index are the filenames:

        >>> sure = library.predictions().query("confidence > 0.5")
        >>> library.sort_many(sure.set_index("filename")["folder"])["is_moved"].to_list()
        [True, True]
        """
        wanted = [(str(name), str(folder)) for name, folder in folders.items()]
        return tables.outcomes_frame(sort(self._settings, wanted))

    def move(self, filename: str, folder: str | None, *, origin: str | None = None) -> Move:
        """Put a video into another folder, or by None back among the unsorted ones.

        origin: where it lies, needed where several folders have one of this name; "" stands for the unsorted ones.

        >>> library.move("70000000000000000.mp4", "food").source
        'dance/70000000000000000.mp4'
        >>> library.move("70000000000000000.mp4", None).target
        '70000000000000000.mp4'

        Raises as `sort`, and ConflictError where it is not plain which video is meant.
        """
        with mover_of(self._settings) as mover:
            lies_in = found_place(self._settings, filename, "origin") if origin is None else origin or None
            return mover.move(filename, lies_in, folder)

    def undo(self, move_id: int | None = None) -> list[Move]:
        """Take back what was done last and is not undone yet, by whatever surface; or the move of this id.

        >>> [(move.kind, move.state) for move in library.undo()]
        [('move', 'undone')]

        Raises ConflictError where nothing can go back, NotFoundError for an unknown id.
        """
        with mover_of(self._settings) as mover:
            return mover.undo(move_id)

    def search(self, query: str, limit: int = 50) -> "pd.DataFrame":
        """Videos, unsorted and sorted, by the words that go with them, best first; as the page's search finds them.

        >>> library.search("sourdough").columns.to_list()
        ['filename', 'folder', 'predicted_folder', 'confidence']
        """
        from ..api.finding import search
        from ..api.meaning import Meaning

        if limit < 1:
            raise SettingsError(f"The limit {limit} does not fit: it is a number from 1 on.")
        with opened(self._settings) as here:
            return tables.found_frame(search(here, query, limit, Meaning(here)))

    def review(self) -> Review:
        """The review page of this library, served on this machine until `close`; a notebook shows it in place.

        >>> with library.review() as page:
        ...     page.address
        'http://127.0.0.1:.../'

        Raises VidsortError where it cannot be served.
        """
        if self._review is None or not self._review.is_served:
            self._review = Review(self._settings)
        return self._review

    def close(self) -> None:
        """Stop the review page, if it is served."""
        if self._review is not None:
            self._review.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        try:
            now = on_disk.scan(self._settings.data_dir, self._settings.video_names)
        except VidsortError as error:
            return f"<Library {self._settings.data_dir}: {error}>"
        pile, lying = len(now.unsorted), sum(map(len, now.folders.values()))
        return f"<Library {self._settings.data_dir}: {pile} unsorted, {lying} in {counted(len(now.folders), 'folder')}>"

    def _run(self, step: str, parameters: Mapping[str, object], progress: ProgressCallback, **given: object) -> Report:
        chosen = STEPS[step]
        config = self._settings.config(step, chosen.config_type, parameters)
        return chosen.run(self._settings, config, progress=progress, **given)

    def _newest(self) -> str:
        ids = artifacts.model_ids(self.artifacts_dir)
        if not ids:
            raise NotFoundError("There is no model yet: call train() first.")
        return ids[-1]
