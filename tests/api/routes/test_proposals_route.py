"""GET /api/proposals: groups that are no folder yet, and the one action that files such a group."""

import json
import shutil

import pytest
from conftest import take_over
from test_routes import client, make_client

from vidsort.cli.program import main
from vidsort.features.modalities import ExtractConfig
from vidsort.insight.proposing.clusters import LEAST

__all__ = ["client", "make_client"]


@pytest.fixture
def unsorted(extracted_template, settings):
    """The tiny library with all of its videos in the pile, and their features."""
    for path in sorted(settings.data_dir.rglob("*/*.mp4")):
        path.rename(settings.data_dir / path.name)
    for folder in [path for path in settings.data_dir.iterdir() if path.is_dir()]:
        shutil.rmtree(folder)
    take_over(extracted_template, settings, ExtractConfig(modalities=("frames",)))
    return settings


def proposals(client, limit=20):
    answer = client.get(f"/api/proposals?limit={limit}")
    assert answer.status_code == 200
    return answer.json()


def test_before_anything_is_known_the_answer_is_empty_with_a_reason(client):
    answer = proposals(client)
    assert answer["proposals"] == []
    assert answer["reason"].endswith(".")


def test_groups_are_offered_before_the_first_folder_and_filed_by_one_action(unsorted, make_client):
    client = make_client()
    answer = proposals(client)
    assert answer["reason"] is None
    group = answer["proposals"][0]
    assert set(group) == {"name", "size", "words", "fits", "videos"}
    assert group["size"] == len(group["videos"]) >= LEAST
    assert group["fits"] is None
    assert set(group["videos"][0]) == {"filename", "predicted_folder", "confidence", "top_predictions", "folder"}
    assert {video["folder"] for video in group["videos"]} == {None}
    moves = [{"filename": video["filename"], "folder": group["name"]} for video in group["videos"]]
    filed = client.post("/api/sort/batch", json={"moves": moves, "makes": group["name"]}).json()
    assert filed["success"]
    assert filed["folders"] == [{"name": group["name"], "count": group["size"]}]
    gone = {video["filename"] for video in group["videos"]}
    assert not gone & {one["filename"] for each in proposals(client)["proposals"] for one in each["videos"]}
    assert client.post("/api/undo").json()["folders"] == []
    assert proposals(client) == answer


def test_the_command_lists_the_same_groups_or_says_why_there_are_none(unsorted, make_client, capsys):
    group = proposals(make_client())["proposals"][0]
    assert main(["proposals", *unsorted.as_flags()]) == 0
    told = capsys.readouterr().out
    assert group["name"] in told
    assert group["videos"][0]["filename"] in told
    for path in unsorted.data_dir.glob("*.mp4"):
        path.unlink()
    assert main(["proposals", *unsorted.as_flags()]) == 0
    assert capsys.readouterr().out.strip().endswith(".")


@pytest.mark.parametrize(("confidence", "others", "is_offered"), [(0.97, 0, False), (0.9, 0, True), (0.97, 1, True)])
def test_what_is_surely_of_one_folder_is_not_offered_as_a_new_one(
    unsorted, make_client, confidence, others, is_offered
):
    for folder in ("food", "sport"):
        (unsorted.data_dir / folder).mkdir()
    names = [video["filename"] for video in proposals(make_client())["proposals"][0]["videos"]]
    folders = ["sport"] * others + ["food"] * (len(names) - others)
    unsorted.artifacts_dir.joinpath("predictions.json").write_text(json.dumps([
        {"video": name, "predicted_folder": folder, "confidence": confidence,
         "top_predictions": [{"folder": folder, "confidence": confidence}]}
        for name, folder in zip(names, folders, strict=True)
    ]))
    answer = proposals(make_client())
    offered = [[video["filename"] for video in group["videos"]] for group in answer["proposals"]]
    assert (names in offered) == is_offered
    assert (answer["reason"] is None) == bool(offered)


def test_no_more_are_told_than_asked_for(unsorted, make_client):
    client = make_client()
    assert len(proposals(client, limit=1)["proposals"]) == 1
    assert client.get("/api/proposals?limit=0").status_code == 422


def test_a_folder_that_cannot_be_made_is_told_and_nothing_is_sorted(client):
    (first, *_) = [video["filename"] for video in client.get("/api/videos").json()["videos"]]
    for name, status in (("food", 409), ("con", 400)):
        body = {"moves": [{"filename": first, "folder": name}], "makes": name}
        answer = client.post("/api/sort/batch", json=body)
        assert answer.status_code == status
        assert answer.json()["detail"]
    assert first in [video["filename"] for video in client.get("/api/videos").json()["videos"]]
