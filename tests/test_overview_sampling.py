"""The table of the library: every video once, with what its container says or why it cannot be read."""

from vidsort import extract_features, library
from vidsort.extraction import ExtractConfig
from vidsort.overview import library_table
from vidsort.sampling import compare_ways
from vidsort.store import open_database

ONE_FRAME = ExtractConfig(frames=1, crops=("center",), crops_per_frame=1)


def test_before_extraction_nothing_is_known_and_after_it_everything_is(settings):
    (settings.data_dir / "9.mp4").write_bytes(b"no video")
    videos = library.videos(settings.data_dir)
    database = open_database(settings.artifacts_dir)
    before = library_table(database, videos, ONE_FRAME.config_id)
    assert list(before["filename"]) == [video.filename for video in videos]
    assert set(before["reason"]) == {"not extracted yet"}

    report = extract_features.run(settings, ONE_FRAME)
    after = library_table(database, videos, ONE_FRAME.config_id)
    unreadable = after[after["reason"].notna()]
    assert list(unreadable["filename"]) == ["9.mp4"]
    assert list(unreadable["reason"]) == [report.failed[0].reason]
    readable = after[after["reason"].isna()]
    assert set(readable["video_codec"]) == {"h264"}
    assert readable["duration_s"].between(0.5, 1.5).all()
    database.close()


def test_an_empty_library_is_an_empty_table(tmp_path):
    database = open_database(tmp_path)
    table = library_table(database, [], "none")
    assert len(table) == 0
    assert "reason" in table.columns
    database.close()


def test_ways_to_sample_are_compared_on_the_same_videos_and_seen_once(settings, monkeypatch):
    database = open_database(settings.artifacts_dir)
    videos = [video for video in library.videos(settings.data_dir) if video.folder is not None]
    ways = {"one frame": ONE_FRAME, "two frames": ONE_FRAME.model_copy(update={"frames": 2})}
    told = []
    first = compare_ways(database, settings.artifacts_dir, videos, range(12), ways, progress=told.append)
    assert [way.name for way in first] == list(ways)
    assert told[-1].done == told[-1].total == 2
    for way in first:
        assert way.videos == 12
        assert 0 <= way.low <= way.accuracy <= way.high <= 1
        assert way.decode_s > 0
        assert way.encode_s > 0

    monkeypatch.setattr("vidsort.extraction.extract", None)
    assert compare_ways(database, settings.artifacts_dir, videos, range(12), ways) == first
    database.close()
