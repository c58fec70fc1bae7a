"""How long new videos take from their appearing in the library to their guess in `GET /api/videos`.

Run as `python -m benchmarks.watch`. A library of `themes` that was learned from, served as ever; then one video is
put into it, three times, then a hundred at once, by renames, as downloads that have ended. The list is asked for
once a second, so figures are right to a second, and the child waits for its turn about half of the time.
"""

import statistics
import tempfile
import time
from pathlib import Path

from fastapi.testclient import TestClient

from benchmarks.accuracy import DATA_DIR, labelled_rows, put
from vidsort import extract_features, predict, train
from vidsort.server.web import create_app
from vidsort.settings import Settings

LEARNED, MANY, RUNS = 60, 100, 3
# Seldom: before each video the child waits half a second for whoever has just asked for a page.
LOOK_S, LONGEST_S = 1.0, 600
ROW = "{:<14}{:>12}{:>12}{:>12}"


def waited(client: TestClient, names: set[str]) -> list[float]:
    """Seconds until each of these has its guess, in order."""
    started, found = time.monotonic(), dict[str, float]()
    while len(found) < len(names) and time.monotonic() - started < LONGEST_S:
        videos = client.get("/api/videos").json()["videos"]
        now_s = time.monotonic() - started
        for video in videos:
            if video["filename"] in names and video["predicted_folder"]:
                found.setdefault(video["filename"], now_s)
        time.sleep(LOOK_S)
    return sorted(found.values())


def main() -> None:
    """Print the table."""
    rows = [row for row in labelled_rows() if row["set"] == "themes"]
    step = max(1, len(rows) // (LEARNED + MANY + RUNS))
    rows = rows[::step]
    learned, new = rows[:-(MANY + RUNS)], rows[-(MANY + RUNS):]
    with tempfile.TemporaryDirectory() as folder:
        data_dir, beside = Path(folder) / "library", Path(folder) / "beside"
        settings = Settings(data_dir=data_dir, artifacts_dir=Path(folder) / "artifacts")
        for row in learned:
            put(DATA_DIR / row["set"] / row["folder"] / row["filename"], data_dir / row["folder"] / row["filename"])
        for row in new:
            put(DATA_DIR / row["set"] / row["folder"] / row["filename"], beside / row["filename"])
        for one in (extract_features, train, predict):
            one.run(settings)
        names = [row["filename"] for row in new]
        print(ROW.format("at once", "first", "median", "last"))
        with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
            singles = []
            for name in names[:RUNS]:
                (beside / name).rename(data_dir / name)
                singles += waited(client, {name})
            tell("1", sorted(singles))
            for name in names[RUNS:]:
                (beside / name).rename(data_dir / name)
            tell(str(len(names[RUNS:])), waited(client, set(names[RUNS:])))


def tell(label: str, times_s: list[float]) -> None:
    """Print one row of the table."""
    figures = (times_s[0], statistics.median(times_s), times_s[-1])
    print(ROW.format(label, *(f"{figure:.1f} s" for figure in figures)), flush=True)


if __name__ == "__main__":
    main()
