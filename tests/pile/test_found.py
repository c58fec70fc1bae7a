"""Records: a video wherever it lies, with its prediction while it is unsorted."""

from vidsort.library import Snapshot
from vidsort.pile.found import records
from vidsort.pile.predictions import Predictions
from vidsort.records import FolderScore, Prediction


def test_records_follow_the_names_and_only_unsorted_videos_have_predictions():
    snapshot = Snapshot(("1.mp4", "2.mp4"), {"sea": ("1.mp4", "3.mp4")})
    guess = (FolderScore(folder="sea", confidence=0.9),)
    said = Predictions("v", {
        f"{number}.mp4": Prediction(
            video=f"{number}.mp4", predicted_folder="sea", confidence=0.9, top_predictions=guess
        )
        for number in (1, 3)
    })
    found = list(records(["3.mp4", "1.mp4", "9.mp4", "2.mp4"], snapshot, said))
    assert [(one["filename"], one["folder"], one["predicted_folder"], one["confidence"]) for one in found] == [
        ("3.mp4", "sea", None, 0), ("1.mp4", None, "sea", 0.9), ("1.mp4", "sea", None, 0), ("2.mp4", None, None, 0),
    ]
