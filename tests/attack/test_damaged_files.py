"""Files damaged in every way that disks, networks and bad luck know: each has features or a reason, and stays as it is.

What is damaged how follows from a seed, so that a failure can be made again.
"""

import contextlib
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from attacking import longer
from videos import make_video

from vidsort import extract_features
from vidsort.settings import Settings

WHOLE = 3
SEED = 20
# `make attack` damages ten times as many.
SHORT = 50


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)):]


def cut_head(data: bytearray, chance: random.Random) -> None:
    del data[:chance.randrange(1, len(data))]


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 10, 100, 1000])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def blank(data: bytearray, chance: random.Random) -> None:
    """What a download that was never ended leaves: a hole of zeros."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice([16, 512, 4096, len(data)]))
    data[start:end] = bytes(end - start)


def shuffle(data: bytearray, chance: random.Random) -> None:
    """Blocks of a disk in another order."""
    blocks = [data[start : start + 512] for start in range(0, len(data), 512)]
    chance.shuffle(blocks)
    data[:] = b"".join(blocks)


def twice(data: bytearray, chance: random.Random) -> None:
    data += data[chance.randrange(len(data)):]


def wrong_sizes(data: bytearray, chance: random.Random) -> None:
    """Boxes that say they are longer, shorter or endless."""
    names = [b"moov", b"mdat", b"trak", b"stbl", b"stsz", b"stco", b"stsc", b"stts", b"mdia", b"minf", b"avcC", b"hvcC"]
    for name in chance.sample(names, 3):
        at = data.find(name)
        if at >= 4:
            size = chance.choice([0, 1, 7, 0xFFFFFFFF, chance.randrange(1 << 32)])
            data[at - 4 : at] = struct.pack(">I", size)


def wrong_numbers(data: bytearray, chance: random.Random) -> None:
    """Widths, durations, counts and offsets that no video has."""
    for name in chance.sample([b"tkhd", b"mdhd", b"mvhd", b"stsz", b"stco", b"stts", b"stsd", b"avc1", b"hvc1"], 2):
        at = data.find(name)
        if at >= 0:
            for _ in range(4):
                place = at + 4 + 4 * chance.randrange(20)
                data[place : place + 4] = struct.pack(">I", chance.choice([0, 0x7FFFFFFF, 0xFFFFFFFF]))


def other_kind(data: bytearray, chance: random.Random) -> None:
    data[:] = chance.choice([b"", b"\0" * 4096, b"<html>not found</html>", chance.randbytes(5000), b"RIFF" + data[4:]])


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    cut, cut_head, flip, blank, shuffle, twice, wrong_sizes, wrong_numbers, other_kind,
)


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> list[bytes]:
    place = tmp_path_factory.mktemp("originals")
    return [
        make_video(place / "1.mp4", seconds=2, audio=True).read_bytes(),
        make_video(place / "2.mp4", codec="libx265", seconds=2, gop=20, preset="medium").read_bytes(),
        make_video(place / "3.mp4", seconds=3, preset="medium", audio=True, pattern=2).read_bytes(),
    ]


@pytest.mark.programs
@pytest.mark.timeout(1800)
def test_each_damaged_file_has_features_or_a_reason_and_stays_as_it_is(originals, tmp_path, attacked):
    count = longer(SHORT)
    settings = Settings(data_dir=tmp_path / "videos", artifacts_dir=tmp_path / "artifacts")
    settings.data_dir.mkdir()
    files = {f"{number}.mp4": data for number, data in enumerate(originals)}
    for number in range(WHOLE, WHOLE + count):
        chance = random.Random(SEED + number)
        data = bytearray(chance.choice(originals))
        for damage in chance.sample(DAMAGES, chance.choice([1, 1, 2])):
            with contextlib.suppress(ValueError):
                # What a first damage has left may be too little for a second.
                damage(data, chance)
        files[f"{number}.mp4"] = bytes(data)
    for name, data in files.items():
        (settings.data_dir / name).write_bytes(data)

    report = extract_features.run(settings)

    assert {path.name: path.read_bytes() for path in settings.data_dir.iterdir()} == files
    failed = {one.filename: one.reason for one in report.failed}
    assert not {f"{number}.mp4" for number in range(WHOLE)} & set(failed)
    assert all(len(reason) > 10 and "\n" not in reason for reason in failed.values())
    assert report.done + report.skipped + len(failed) == len(files)
    # Damage that nobody can see is none, and much of it can be seen.
    assert count / 4 < len(failed) < count
    # A second look asks nothing again and says the same.
    again = extract_features.run(settings)
    assert {one.filename: one.reason for one in again.failed} == failed
    attacked("damaged files", count)


def test_a_damage_by_a_seed_is_the_same_again(originals):
    def damaged(damage) -> bytes:
        data = bytearray(originals[0])
        damage(data, random.Random(SEED))
        return bytes(data)

    for damage in DAMAGES:
        assert damaged(damage) == damaged(damage) != originals[0]


@pytest.mark.programs
def test_a_file_that_is_a_folder_a_link_or_a_pipe_is_no_video(originals, tmp_path):
    settings = Settings(data_dir=tmp_path / "videos", artifacts_dir=tmp_path / "artifacts")
    settings.data_dir.mkdir()
    (settings.data_dir / "1.mp4").write_bytes(originals[0])
    os.mkfifo(settings.data_dir / "2.mp4")
    (settings.data_dir / "3.mp4").symlink_to(Path("/dev/zero"))
    report = extract_features.run(settings)
    assert (report.done, [one.filename for one in report.failed]) == (1, [])
