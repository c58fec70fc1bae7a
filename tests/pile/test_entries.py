"""What is told of a video."""

import json

import pytest
from hypothesis import given
from naming import ANY_NAMES
from test_pages import prediction

from vidsort import extract_features
from vidsort.library import Snapshot
from vidsort.pile.entries import entry, entry_text, facts_of, records
from vidsort.records import FolderScore, Prediction
from vidsort.store import open_database


@given(name=ANY_NAMES, folder=ANY_NAMES)
def test_no_name_can_break_the_json_of_an_entry(name, folder):
    assert json.loads(entry_text(name, None)) == entry(name, None)
    if folder.isprintable():  # the name of a folder is valid Unicode
        known = prediction(name, folder, 0.5)
        assert json.loads(entry_text(name, known)) == json.loads(json.dumps(entry(name, known)))


@pytest.mark.programs
def test_facts_are_those_of_the_extraction_and_a_broken_file_has_its_reason(settings):
    names = sorted(path.name for path in settings.data_dir.glob("*.mp4"))
    (settings.data_dir / "7.mp4").write_bytes(b"no video at all")
    (settings.data_dir / names[1]).with_suffix(".description").write_text("a waltz in the kitchen")
    database = open_database(settings.artifacts_dir)
    assert facts_of(database, settings.artifacts_dir, settings.data_dir, names) == {}
    extract_features.run(settings)
    (settings.data_dir / "8.mp4").write_bytes(b"not looked at yet")
    facts = facts_of(database, settings.artifacts_dir, settings.data_dir, [*names, "7.mp4", "8.mp4", "404.mp4"])
    assert sorted(facts) == sorted([*names, "7.mp4"])
    assert (facts[names[0]]["width"], facts[names[0]]["height"]) == (64, 96)
    assert (facts[names[0]]["playable"], facts[names[0]]["unreadable"]) == ("direct", None)
    assert [facts[name]["caption"] for name in names[:2]] == [None, "a waltz in the kitchen"]
    assert facts["7.mp4"]["playable"] == "none"
    assert "no video" in facts["7.mp4"]["unreadable"] or facts["7.mp4"]["unreadable"]
    database.close()


def test_records_follow_the_names_and_only_unsorted_videos_have_predictions():
    snapshot = Snapshot(("1.mp4", "2.mp4"), {"sea": ("1.mp4", "3.mp4")})
    guess = (FolderScore(folder="sea", confidence=0.9),)
    said = {
        f"{number}.mp4": Prediction(
            video=f"{number}.mp4", predicted_folder="sea", confidence=0.9, top_predictions=guess
        )
        for number in (1, 3)
    }
    found = list(records(["3.mp4", "1.mp4", "9.mp4", "2.mp4"], snapshot, said))
    assert [(one["filename"], one["folder"], one["predicted_folder"], one["confidence"]) for one in found] == [
        ("3.mp4", "sea", None, 0), ("1.mp4", None, "sea", 0.9), ("1.mp4", "sea", None, 0), ("2.mp4", None, None, 0),
    ]
