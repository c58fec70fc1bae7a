"""The table of the library, every video once; and ways to see videos, compared on the same ones."""

from pathlib import Path

import pytest

from vidsort import extract_features, library
from vidsort.features.encoders.frames import FramesEncoder
from vidsort.features.modalities import ExtractConfig
from vidsort.insight.overview import library_table
from vidsort.insight.ways import comparable, compare_ways, usual_ways
from vidsort.records import Video
from vidsort.store import open_database

ONE_FRAME = ExtractConfig(frames=1, crops=("center",), crops_per_frame=1)


@pytest.mark.programs
def test_before_extraction_nothing_is_known_and_after_it_everything_is(settings):
    (settings.data_dir / "9.mp4").write_bytes(b"no video")
    videos = library.videos(settings.data_dir)
    database = open_database(settings.artifacts_dir)
    before = library_table(database, videos, ONE_FRAME.feature_set)
    assert list(before["filename"]) == [video.filename for video in videos]
    assert set(before["reason"]) == {"not extracted yet"}

    report = extract_features.run(settings, ONE_FRAME)
    after = library_table(database, videos, ONE_FRAME.feature_set)
    unreadable = after[after["reason"].notna()]
    assert list(unreadable["filename"]) == ["9.mp4"]
    assert list(unreadable["reason"]) == [report.failed[0].reason]
    readable = after[after["reason"].isna()]
    assert set(readable["video_codec"]) == {"h264"}
    assert readable["duration_s"].between(0.5, 1.5).all()
    database.close()


def test_an_empty_library_is_an_empty_table(tmp_path):
    database = open_database(tmp_path)
    table = library_table(database, [], ONE_FRAME.feature_set)
    assert len(table) == 0
    assert "reason" in table.columns
    database.close()


def test_ways_to_sample_are_compared_on_the_same_videos_and_seen_once(settings, monkeypatch):
    database = open_database(settings.artifacts_dir)
    videos = [video for video in library.videos(settings.data_dir) if video.folder is not None]
    ways = {"one frame": ONE_FRAME, "two frames": ONE_FRAME.model_copy(update={"frames": 2})}
    told = []
    first, failed = compare_ways(database, settings.artifacts_dir, videos, range(12), ways, progress=told.append)
    assert failed == []
    assert [way.name for way in first] == list(ways)
    assert told[-1].done == told[-1].total == 25
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert (first[0].gain, first[0].gain_low, first[0].gain_high) == (0, 0, 0)
    assert first[1].gain == pytest.approx(first[1].accuracy - first[0].accuracy)
    for way in first:
        assert way.videos == 12
        assert 0 <= way.low <= way.accuracy <= way.high <= 1
        assert way.decode_s > 0
        assert way.encode_s > 0

    monkeypatch.setattr(FramesEncoder, "encode", None)
    assert compare_ways(database, settings.artifacts_dir, videos, range(12), ways) == (first, [])
    database.close()


def test_videos_that_are_sorted_removed_or_damaged_meanwhile_do_not_end_a_comparison(settings):
    database = open_database(settings.artifacts_dir)
    videos = [video for video in library.videos(settings.data_dir) if video.folder is not None]
    moved, removed, bad = videos[0], videos[1], settings.data_dir / "food" / "9.mp4"
    bad.write_bytes(b"no video")
    videos += [video for video in library.videos(settings.data_dir) if video.path == bad]
    ways = {"one frame": ONE_FRAME, "two frames": ONE_FRAME.model_copy(update={"frames": 2})}

    def meanwhile(progress):
        if progress.done == 3 and moved.path.exists():
            moved.path.rename(settings.data_dir / moved.filename)
            removed.path.unlink()

    found, failed = compare_ways(database, settings.artifacts_dir, videos, range(13), ways, progress=meanwhile)
    assert [way.videos for way in found] == [11, 11]
    assert {failure.filename for failure in failed} == {removed.filename, "9.mp4"}
    assert all(failure.reason for failure in failed)
    database.close()


def test_a_comparison_of_what_cannot_be_seen_has_no_ways_but_reasons(settings):
    database = open_database(settings.artifacts_dir)
    videos = library.videos(settings.data_dir)
    for video in videos:
        video.path.unlink()
    found, failed = compare_ways(database, settings.artifacts_dir, videos, range(len(videos)), {"one": ONE_FRAME})
    assert (found, len(failed)) == ([], len(videos))
    database.close()


def test_the_usual_ways_begin_with_the_run_itself_and_name_every_other_encoder(monkeypatch):
    monkeypatch.setattr("vidsort.insight.ways.NETWORKS", ("efficientnet_lite0", "another"))
    ways = usual_ways(ONE_FRAME)
    assert next(iter(ways.items())) == ("as in this run", ONE_FRAME)
    assert ways["encoder another"] == ONE_FRAME.model_copy(update={"encoder": "another"})
    assert ways["8 frames"].frames == 8
    assert ways["8 frames"].crops == ONE_FRAME.crops


def rows_of(**folders: int) -> list[Video]:
    return [
        Video(
            filename=f"{folder}{number}.mp4", folder=folder.strip("_") or None, directory=Path(), size_bytes=1,
            mtime_ns=1,
        )
        for folder, count in folders.items()
        for number in range(count)
    ]


def test_ways_are_compared_on_equally_many_videos_of_the_largest_folders():
    videos = rows_of(small=3, a=20, b=30, c=40, d=50, _=100)
    chosen = [videos[row].folder for row in comparable(videos, 36)]
    assert len(chosen) == 36
    assert {chosen.count(folder) for folder in chosen} == {12}
    assert "small" not in chosen
    names = {videos[row].filename for row in comparable(videos, 36)}
    assert {videos[1:][row].filename for row in comparable(videos[1:], 36)} == names


def test_two_small_folders_are_compared_whole_and_one_not_at_all():
    assert len(comparable(rows_of(a=3, b=2), 96)) == 5
    assert comparable(rows_of(a=30, _=5), 96) == []
    assert comparable(rows_of(a=30, b=30), 0) == []
