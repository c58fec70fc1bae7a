"""Edits of videos found again among all others: recall of each of nine edits, and the share of false pairs.

Run as `python -m benchmarks.duplicates`; `--clips 60` takes more of them. Clips of the shared slide shows (themes,
pacs) are edited as others repost them (see benchmarks/edits.py) and put into one library with all 680. An edit is found
where it is in one set with its original. A pair of a set is false where the two are of different clips. What comes in
front of a clip is another animation or surveillance clip for each, for the other slide shows have some photographs in
common with these, and who shows the same photograph is no false pair. Beside that, clips of which two each begin with
the same intro, as those of one channel do: they are not one video. The cuts were chosen on other clips, of the other
half of the same order, which `--tuning` takes. Wilson 95 %.
"""

import argparse
import contextlib
import itertools
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.accuracy import labelled_rows, put
from benchmarks.clips import DATA_DIR
from benchmarks.edits import EDITS, clip_at, edited
from vidsort import extract_features, library
from vidsort.features.modalities import ExtractConfig
from vidsort.insight.duplicates import links_now, sets_of
from vidsort.learning.scores import wilson
from vidsort.settings import Settings
from vidsort.store import open_database

SETS, INTROS = ("themes", "pacs"), ("exercise", "fights")
CLIPS, SEED = 45, 5
# So many pairs of clips begin with the same intro.
CHANNELS, CHANNEL = 20, "channel"
WANTED_RECALL, WANTED_FALSE, WANTED_EDITS = 0.95, 0.01, 7
ROW = "{:<14}{:>8}{:>10}   {:<20}{}"


def planted(data_dir: Path, count: int, *, is_tuning: bool) -> dict[str, tuple[str, str]]:
    """Make a library of all clips and the edits of some of them; of which clip and edit each file is, by its name."""
    rows = labelled_rows()
    hidden_among = [row for row in rows if row["set"] in SETS]
    intros = [DATA_DIR / row["set"] / row["folder"] / row["filename"] for row in rows if row["set"] in INTROS]
    known = {}
    for row in hidden_among:
        put(DATA_DIR / row["set"] / row["folder"] / row["filename"], data_dir / row["filename"])
        known[row["filename"]] = (row["filename"], "")
    # The first half of the order is what the cuts were chosen on.
    order = np.random.default_rng(SEED).permutation(len(hidden_among))
    half = order[: len(order) // 2] if is_tuning else order[len(order) // 2 :]
    intro_of = np.random.default_rng(SEED).permutation(len(intros))

    def make(number: int, edit: str, intro: int, kind: str) -> None:
        name = hidden_among[number]["filename"]
        target = data_dir / f"{9_000_000_000 + len(known)}.mp4"
        edited(clip_at(data_dir / name), edit, number, intros[intro_of[intro]], target)
        known[target.name] = (name, kind)

    for place, number in enumerate(half[:count].tolist()):
        for edit in EDITS:
            make(number, edit, place, edit)
    # Other clips, so that a mistake here is none there.
    for place, number in enumerate(half[count : count + 2 * CHANNELS].tolist()):
        make(number, "intro", count + place // 2, CHANNEL)
    return known


def told(hits: int, count: int) -> str:
    """A share with its interval."""
    low, high = wilson(hits, count)
    return f"{hits / count:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=CLIPS, help=f"so many clips are edited ({CLIPS})")
    parser.add_argument("--tuning", action="store_true", help="on the half that the cuts were chosen on")
    given = parser.parse_args()
    count = given.clips
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(data_dir=Path(scratch) / "videos", artifacts_dir=Path(scratch) / "artifacts")
        known = planted(settings.data_dir, count, is_tuning=given.tuning)
        extract_features.run(settings)
        with contextlib.closing(open_database(settings.artifacts_dir)) as database:
            videos, feature_set = library.videos(settings.data_dir), ExtractConfig().feature_set
            spent_s = time.process_time()
            here = links_now(database, settings.artifacts_dir, videos, feature_set)
            spent_s = time.process_time() - spent_s
        names = dict(zip(here.found.contents, (known[video.filename] for video in here.found.videos), strict=True))
    sets = [[names[content] for content in members] for members in sets_of(here.links)]
    found = {
        (clip, edit) for members in sets for clip, edit in members if edit and (clip, "") in members
    }
    print(ROW.format("edit", "clips", "recall", "(95 %)", "wanted"))
    reached = 0
    for edit in EDITS:
        hits = sum(one == edit for _, one in found)
        reached += hits / count >= WANTED_RECALL
        share, _, interval = told(hits, count).partition(" ")
        print(ROW.format(edit, count, share, interval, f"{WANTED_RECALL} of {WANTED_EDITS} edits: {reached} so far"))
    pairs = [pair for members in sets for pair in itertools.combinations(members, 2)]
    false = sum(one != other for (one, _), (other, _) in pairs)
    channels = {members for members in pairs if all(kind == CHANNEL for _, kind in members)}
    joined = sum(one != other for (one, _), (other, _) in channels)
    print(f"\njoined by an intro in common: {joined} of {CHANNELS} pairs of different clips")
    print(f"false of {len(pairs)} pairs in {len(sets)} sets: {told(false, max(1, len(pairs)))}, wanted at most "
          f"{WANTED_FALSE}; {len(videos)} videos compared in {spent_s:.1f} s of a core")


if __name__ == "__main__":
    main()
