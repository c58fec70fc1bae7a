"""What a clean takes away nothing needs: what is in force answers as before, whatever came to be there."""

import contextlib
import os
import shutil
import sqlite3

import filelock
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from kept import (
    OLD_WAY,
    age,
    answers,
    copied,
    draw,
    look_in_an_old_way,
    pictures,
    retrain,
    said,
    template,
)
from labelled import make_library

from vidsort import artifacts, library
from vidsort.artifacts.publication import predictions_path, rollback
from vidsort.cli import main
from vidsort.errors import ConflictError, NotFoundError, SettingsError
from vidsort.features.contents import contents_of
from vidsort.library.moves.mover import Mover
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.cleaning import sums_by_modality
from vidsort.store.features import FeatureStore
from vidsort.upkeep import cleaning
from vidsort.upkeep.cleaning import clean
from vidsort.upkeep.parts import LOCK_NAME, Cleaned


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Settings:
    return template(tmp_path_factory.mktemp("made"))


@pytest.fixture
def kept(made, tmp_path) -> Settings:
    return copied(made, tmp_path / "kept")


def removed(done: Cleaned) -> dict[str, int]:
    return {part.what: part.removed for part in done.parts if part.removed}


def modalities(settings: Settings) -> set[str]:
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        return set(sums_by_modality(database))


def sources(settings: Settings) -> set[bytes]:
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as connection:
        return {source for (source,) in connection.execute("SELECT source FROM features")}


def contents(settings: Settings) -> dict[str, bytes]:
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = contents_of(FeatureStore(database), library.videos(settings.data_dir, "any")).hashes
    return {video.filename: content for video, content in found.items()}


# What may come between two cleans, by name; each takes the settings and a number.
def delete(settings, number):
    paths = sorted(settings.data_dir.rglob("*.mp4"))
    paths[number % len(paths)].unlink()


def rename(settings, number):
    paths = sorted(settings.data_dir.rglob("*.mp4"))
    paths[number % len(paths)].rename(paths[number % len(paths)].with_name(f"9{number}.mp4"))


def carry(settings, number):
    paths = sorted(settings.data_dir.glob("*/*.mp4"))
    path = paths[number % len(paths)]
    path.rename(settings.data_dir / path.name)


def sort(settings, number):
    paths = sorted(settings.data_dir.glob("*.mp4"))
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        for path in paths[:1]:
            Mover(settings.data_dir, database).sort(path.name, ("dance", "food")[number % 2])


def copy(settings, number):
    paths = sorted(settings.data_dir.rglob("*.mp4"))
    shutil.copy2(paths[number % len(paths)], settings.data_dir / f"8{number}.mp4")


def publish(settings, number):
    retrain(settings)


def hold_back(settings, number):
    retrain(settings, is_published=False)


def go_back(settings, number):
    if artifacts.current(settings.artifacts_dir).history:
        rollback(settings.artifacts_dir)


def promote_an_old_one(settings, number):
    ids = artifacts.model_ids(settings.artifacts_dir)
    artifacts.promote(settings.artifacts_dir, ids[number % len(ids)])


def look(settings, number):
    look_in_an_old_way(settings, f"{number:012x}")


def picture(settings, number):
    draw(settings, is_old=bool(number % 2))


def leave(settings, number):
    path = settings.artifacts_dir / "models" / f".20260101-000000-{number:06x}.0123abcd"
    path.mkdir(parents=True, exist_ok=True)
    (path / "model.npz").write_bytes(b"half")
    age(path)


ACTIONS = (
    delete, rename, carry, sort, copy, publish, hold_back, go_back, promote_an_old_one, look, picture, leave,
)


@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 40)), min_size=1, max_size=12), st.integers(1, 3)
)
def test_whatever_came_before_all_that_is_in_force_answers_the_same_after_a_clean(made, tmp_path, actions, keep):
    settings = copied(made, tmp_path / "kept")
    for action, number in actions:
        action(settings, number)
    before, history = answers(settings), artifacts.current(settings.artifacts_dir).history
    dry = clean(settings, keep, is_dry_run=True)
    assert answers(settings) == before
    done = clean(settings, keep)
    assert answers(settings) == before
    assert removed(done) == removed(dry)
    # Nothing is left to do, and what is there is needed.
    assert removed(clean(settings, keep)) == {}
    assert len(artifacts.model_ids(settings.artifacts_dir)) <= 2 * keep + 1
    there = set(contents(settings).values())
    assert sources(settings) <= there
    assert pictures(settings) <= there or not all(number % 2 for action, number in actions if action is picture)
    # And a rollback goes back as far as was kept, to the same bytes.
    for publication in reversed(history[max(0, len(history) - keep) :]):
        assert rollback(settings.artifacts_dir).predictions_id == publication.predictions_id
        stored = settings.artifacts_dir / "predictions" / publication.predictions_id / "predictions.json"
        assert predictions_path(settings.artifacts_dir).read_bytes() == stored.read_bytes()
    assert artifacts.current(settings.artifacts_dir).history == ()


def test_old_versions_go_and_a_number_of_new_ones_stays_with_what_is_in_force(kept):
    first = artifacts.model_in_force(kept.artifacts_dir)
    ids = [retrain(kept) for _ in range(4)]
    artifacts.promote(kept.artifacts_dir, first)
    held_back = retrain(kept, is_published=False)
    # The newest two, the one in force, and those that the last two publications before it were of.
    assert removed(clean(kept, 2)) == {"predictions": 2, "models": 2}
    assert artifacts.model_ids(kept.artifacts_dir) == [first, *ids[2:], held_back]
    assert artifacts.model_in_force(kept.artifacts_dir) == first
    assert [one.model_id for one in artifacts.current(kept.artifacts_dir).history] == ids[2:]


def test_features_of_other_ways_go_but_not_those_that_are_configured_or_begun_with_or_of_a_kept_model(kept):
    needed = modalities(kept)
    look_in_an_old_way(kept)
    configured = kept.model_copy(update={"steps": {"extract_features": {"frames": 3}}})
    from vidsort.features.modalities import ExtractConfig

    ours = configured.config("extract_features", ExtractConfig).feature_set.modalities["frames"]
    look_in_an_old_way(kept, ours)
    artifacts.feature_sets.record_begun(kept.artifacts_dir, ["aaaaaaaaaaaa"])
    look_in_an_old_way(kept, "aaaaaaaaaaaa")
    clean(configured)
    assert modalities(kept) == needed | {ours, "aaaaaaaaaaaa"}
    clean(kept)
    assert modalities(kept) == needed | {"aaaaaaaaaaaa"}


def test_where_it_cannot_be_told_what_is_needed_all_features_stay_and_it_is_said_why(kept):
    look_in_an_old_way(kept)
    model = artifacts.model_dir(kept.artifacts_dir, retrain(kept))
    (model / "manifest.json").write_text("{")
    done = clean(kept)
    assert OLD_WAY in modalities(kept)
    assert str(model / "manifest.json") in done.notices[0]


def test_what_is_known_of_videos_that_are_gone_goes_with_their_pictures(kept):
    draw(kept)
    there = contents(kept)
    (kept.data_dir / "dance" / "1.mp4").unlink()
    done = clean(kept)
    assert removed(done) == {"posters and strips": 1, "playable copies": 1, "features of gone videos": 2}
    assert pictures(kept) == sources(kept) == set(there.values()) - {there["1.mp4"]}


def test_a_video_that_was_moved_or_renamed_or_has_a_copy_keeps_all(kept):
    draw(kept)
    before = sources(kept)
    (kept.data_dir / "dance" / "1.mp4").rename(kept.data_dir / "food" / "1.mp4")
    (kept.data_dir / "dance" / "2.mp4").rename(kept.data_dir / "dance" / "99.mp4")
    shutil.copy(kept.data_dir / "dance" / "3.mp4", kept.data_dir / "98.mp4")
    (kept.data_dir / "dance" / "3.mp4").unlink()
    clean(kept)
    assert (sources(kept), pictures(kept)) == (before, before)


def test_a_library_that_is_away_has_lost_nothing(kept):
    draw(kept)
    before, drawn = sources(kept), pictures(kept)
    kept.data_dir.rename(kept.data_dir.with_name("unplugged"))
    retrain(kept)
    for is_there in (False, True):
        if is_there:
            kept.data_dir.mkdir()
        done = clean(kept, 1)
        assert any("library" in notice for notice in done.notices)
        assert (sources(kept), pictures(kept)) == (before, drawn)
    kept.data_dir.rmdir()
    kept.data_dir.with_name("unplugged").rename(kept.data_dir)
    assert clean(kept, 1).notices == ()


def test_a_folder_that_stands_empty_may_be_a_drive_that_is_away_one_that_is_gone_is_none(kept):
    before = sources(kept)
    aside = kept.data_dir.with_name("dance")
    (kept.data_dir / "dance").rename(aside)
    (kept.data_dir / "dance").mkdir()
    done = clean(kept)
    assert sources(kept) == before
    assert "'dance' stands empty, and 6 videos lay in it" in done.notices[0]
    (kept.data_dir / "dance").rmdir()
    assert removed(clean(kept)) == {"features of gone videos": 12}


def test_nothing_of_another_library_is_touched_and_its_place_is_told(kept, tmp_path):
    other = kept.model_copy(update={"data_dir": tmp_path / "other"})
    make_library(other.data_dir, {"cats": 4, "dogs": 4, None: 2})
    for path in list(other.data_dir.rglob("*.mp4")):
        path.write_bytes(b"other" + path.read_bytes())
    home = artifacts.home_of(other.artifacts_dir, other.data_dir)
    contents(other)
    look_in_an_old_way(other)
    draw(other)
    shutil.copytree(kept.artifacts_dir / "models", home / "models")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    there, drawn = sources(other), pictures(other)
    shutil.rmtree(other.data_dir)
    other.data_dir.mkdir()
    done = clean(kept, 1)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert pictures(kept) == drawn
    # Features that nobody needs in any library go, whoever they are of; what is known of its videos stays.
    assert OLD_WAY not in modalities(kept)
    assert {part.what for part in done.parts} >= {f"library {os.path.realpath(other.data_dir)}"}
    with contextlib.closing(open_database(kept.artifacts_dir)) as database:
        (count,) = database.connection().execute("SELECT count(*) FROM contents").fetchone()
    assert count == 18 + 10
    assert there


def test_a_way_that_a_model_of_another_library_learned_from_is_needed(kept, tmp_path):
    other = kept.model_copy(update={"data_dir": tmp_path / "other"})
    make_library(other.data_dir, {"cats": 4, None: 2})
    home = artifacts.home_of(other.artifacts_dir, other.data_dir)
    model = shutil.copytree(kept.artifacts_dir / "models", home / "models")
    for path in model.glob("*/manifest.json"):
        needed = artifacts.current_feature_set(kept.artifacts_dir).modalities["frames"]
        path.write_text(path.read_text().replace(needed, OLD_WAY))
    look_in_an_old_way(kept)
    clean(kept)
    assert OLD_WAY in modalities(kept)


def test_a_move_that_is_under_way_or_comes_between_leaves_what_is_known_of_gone_videos(kept, monkeypatch):
    (kept.data_dir / "dance" / "1.mp4").unlink()
    before = sources(kept)
    looked = cleaning.gone_from

    def then_sort(*values, **named):
        found = looked(*values, **named)
        sort(kept, 0)
        return found

    monkeypatch.setattr(cleaning, "gone_from", then_sort)
    done = clean(kept)
    assert sources(kept) == before
    assert "videos were moved meanwhile" in done.notices[0]
    monkeypatch.undo()
    with contextlib.closing(open_database(kept.artifacts_dir)) as database:
        connection = database.connection()
        connection.execute("UPDATE moves SET pending = 'forth' WHERE id = (SELECT max(id) FROM moves)")
        assert "move" in clean(kept).notices[0]
        assert sources(kept) == before
        connection.execute("UPDATE moves SET pending = NULL")
    assert removed(clean(kept)) == {"features of gone videos": 2}


def test_room_in_the_database_is_given_back_when_it_is_worth_it(kept):
    for number in range(20):
        look_in_an_old_way(kept, f"{number:012x}")
    with contextlib.closing(open_database(kept.artifacts_dir)) as database:
        database.connection().execute("CREATE TABLE filler AS SELECT randomblob(3000000) AS x")
        database.connection().execute("DROP TABLE filler")
    before, told = answers(kept), said(kept)
    done = clean(kept)
    assert done.given_back_bytes > 3_000_000
    assert (answers(kept), said(kept)) == (before, told)
    assert clean(kept).given_back_bytes == 0


def test_beside_a_server_that_has_the_database_open_and_reads_it_all_goes_on(kept):
    look_in_an_old_way(kept)
    with contextlib.closing(open_database(kept.artifacts_dir)) as server:
        Mover(kept.data_dir, server).sort("17.mp4", "food")
        rows = server.connection().execute("SELECT * FROM moves")
        next(rows)
        done = clean(kept)
        assert removed(done) == {"features": 18}
        assert len(rows.fetchall()) == 2
        Mover(kept.data_dir, server).undo()
    assert (kept.data_dir / "17.mp4").exists()


def test_two_at_once_are_told_so_and_wrong_wishes_too(kept, tmp_path):
    with filelock.FileLock(kept.artifacts_dir / LOCK_NAME), pytest.raises(ConflictError, match="under way"):
        clean(kept)
    with pytest.raises(SettingsError, match="keep=0"):
        clean(kept, 0)
    with pytest.raises(NotFoundError, match="no library at"):
        clean(kept.model_copy(update={"data_dir": tmp_path / "unknown"}))
    with pytest.raises(NotFoundError, match="nothing to clean"):
        clean(kept.model_copy(update={"artifacts_dir": tmp_path / "none"}))
    assert not (tmp_path / "none").exists()


def test_the_command_says_what_takes_how_much_and_what_went(kept, capsys):
    look_in_an_old_way(kept)
    flags = [*kept.as_flags()]
    assert main(["clean", "--dry-run", *flags]) == 0
    assert "would go; nothing did" in capsys.readouterr().out
    assert OLD_WAY in modalities(kept)
    assert main(["clean", "--json", *flags]) == 0
    told = Cleaned.model_validate_json(capsys.readouterr().out)
    assert removed(told) == {"features": 18}
    assert not told.is_dry_run
    assert main(["clean", "--keep", "0", *flags]) == 2
