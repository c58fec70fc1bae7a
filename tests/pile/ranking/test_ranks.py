"""The places of the pile in orders that look at all of it: by features, by guesses, or by neither."""

import itertools

import numpy as np
import pytest

from vidsort import library
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.modalities import ExtractConfig
from vidsort.library.live import LiveLibrary
from vidsort.pile.pages import Pile
from vidsort.pile.predictions import Predictions
from vidsort.pile.ranking import ranks
from vidsort.pile.ranking.ranks import Ranks
from vidsort.records import FolderScore, Prediction
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore
from vidsort.store.people.review import Review

NOTHING = Predictions("none", {})
# Kinds of videos: what a name begins with.
KINDS = 4


def name_of(kind: int, number: int) -> str:
    return f"{kind}{number:02}.mp4"


def guess(name: str, *scores: tuple[str, float]) -> Prediction:
    top = tuple(FolderScore(folder=folder, confidence=confidence) for folder, confidence in scores)
    return Prediction(video=name, predicted_folder=top[0].folder, confidence=top[0].confidence, top_predictions=top)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A library of four kinds of eight videos, none sorted, with `pile`, `plant()` of features and `move`."""
    monkeypatch.setattr(ranks, "PAUSE", 0)

    class Here:
        root, artifacts = tmp_path / "videos", tmp_path / "artifacts"

        def plant(self):
            videos, config = library.videos(self.root), ExtractConfig(modalities=("frames",))
            chosen, store = np.random.default_rng(0), FeatureStore(self.database)
            contents = {video: video.filename.encode().ljust(32) for video in videos}
            store.remember_contents(contents)
            (modality,) = config.chosen
            store.put([
                FeatureRow(modality, content, (9 * np.eye(16)[int(video.filename[0])] + chosen.random(16)) / 10)
                for video, content in contents.items()
            ])
            record_extraction(self.artifacts, config.feature_set)

        def move(self, name, folder):
            (self.root / folder).mkdir(exist_ok=True)
            (self.root / name).rename(self.root / folder / name)
            self.live.poll()

        def asked(self, order, predictions=NOTHING, count=50, cursor=None):
            answer = self.pile.queue(predictions, count, cursor, order)
            return [video["filename"] for video in answer["videos"]], answer["next_cursor"]

    made = Here()
    made.root.mkdir()
    for kind in range(KINDS):
        for number in range(8):
            (made.root / name_of(kind, number)).write_bytes(b"")
    made.database = open_database(made.artifacts)
    made.live = LiveLibrary(made.root)
    made.pile = Pile(
        made.live, Review(made.database, "here"), made.database, made.artifacts,
        ranking_of=Ranks(made.live, made.database, made.artifacts),
    )
    yield made
    made.database.close()


@pytest.mark.parametrize("order", ["telling", "alike"])
def test_without_features_and_guesses_by_name(here, order):
    names, _ = here.asked(order)
    assert names == sorted(names)
    assert len(names) == 8 * KINDS


def test_before_any_label_each_kind_has_its_turn(here):
    here.plant()
    names, _ = here.asked("telling")
    assert len(names) == 8 * KINDS
    assert {name[0] for name in names[: ranks.LEAST_CLUSTERS]} == set("0123")


def test_kinds_of_which_some_are_sorted_wait(here):
    here.plant()
    for number in range(7):
        here.move(name_of(2, number), "two")
    names, _ = here.asked("telling")
    assert name_of(2, 7) not in names[: ranks.LEAST_CLUSTERS - 4]


def test_once_folders_have_labels_doubts_come_first_by_guesses_alone_too(here):
    for kind in range(2):
        for number in range(3):
            here.move(name_of(kind, number), f"folder{kind}")
    sure = {name: guess(name, ("folder0", 0.9), ("folder1", 0.1)) for name in (name_of(0, 5), name_of(0, 6))}
    unsure = {name_of(3, 1): guess(name_of(3, 1), ("folder1", 0.51), ("folder0", 0.49))}
    names, _ = here.asked("telling", Predictions("one", sure | unsure))
    assert names[:3] == [name_of(3, 1), name_of(0, 5), name_of(0, 6)]


def test_from_like_to_like_by_guesses_alone_also_where_only_some_tell_a_second_folder(here):
    said = [guess(name_of(kind, kind), ("one", 0.5), ("two", 0.4 - kind / 10)) for kind in range(3)]
    said.append(guess(name_of(3, 3), ("one", 0.6)))
    names, _ = here.asked("alike", Predictions("one", {one.video: one for one in said}))
    assert names[:4] == [name_of(3, 3), name_of(0, 0), name_of(1, 1), name_of(2, 2)]


def test_from_like_to_like_each_kind_is_one_run(here):
    here.plant()
    names, _ = here.asked("alike")
    kinds = [name[0] for name in names]
    assert sum(one != other for one, other in itertools.pairwise(kinds)) == KINDS - 1


@pytest.mark.parametrize("order", ["telling", "alike"])
def test_pages_hold_every_video_once_though_videos_leave_in_between(here, order):
    here.plant()
    seen, cursor = here.asked(order, count=10)
    here.move(seen[0], "done")
    while cursor:
        names, cursor = here.asked(order, count=10, cursor=cursor)
        seen += names
    assert sorted(seen) == sorted({name_of(kind, number) for kind in range(KINDS) for number in range(8)})


def test_of_a_large_pile_some_are_looked_at_and_none_is_lost(here, monkeypatch):
    monkeypatch.setattr(ranks, "MOST_READ", 6)
    here.plant()
    for order in ("telling", "alike"):
        assert len(here.asked(order)[0]) == 8 * KINDS
