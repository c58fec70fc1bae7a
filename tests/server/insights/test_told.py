"""What the page tells are the numbers of the functions that the notebooks call, on the same library."""

import json

import pytest

from vidsort import artifacts
from vidsort.api.workspace import Workspace
from vidsort.artifacts.evidence import read_metrics
from vidsort.insight.comparison import read_out_of_fold
from vidsort.insight.curve import curve_of, forecast
from vidsort.insight.folders import answers, folder_health, likely_misfiled, worst_errors
from vidsort.learning.scores import threshold_for
from vidsort.server.insights import told


@pytest.fixture
def here(learned):
    workspace = Workspace(learned)
    yield workspace
    workspace.stop()


def test_every_number_of_the_page_is_that_of_the_notebooks(here, learned):
    model = told.model_of(here)
    folder = artifacts.model_dir(learned.artifacts_dir, model.model_id)
    metrics, evidence = read_metrics(folder), read_out_of_fold(folder)
    (version,) = artifacts.list_models(learned.artifacts_dir)

    assert told.versions(here)[0]["data"][0][:2] == ["yes", version.model_id]
    assert [row[1:] for row in told.confusion(model)["data"]] == metrics["confusion"]
    assert told.reliability(model)["data"][1]["y"] == [row["right"] for row in metrics["reliability"]]
    for promised in (0.05, 0.2):
        figure, line = told.promise(model, promised)
        assert figure["data"][1]["y"] == [row["error"] for row in metrics["cover_against_error"]]
        assert ("No threshold" in line) == (threshold_for(metrics, promised) is None)
    curve = curve_of(metrics)
    figure, gains, _ = told.learning(model)
    assert figure["data"][1]["y"] == [point.value for point in curve.points]
    ahead = forecast(curve.points)
    assert figure["data"][3]["y"][1:] == [point.value for point in (ahead.points if ahead else ())]
    assert [row[0] for row in gains["data"]] == [gain.more for gain in curve.ahead]
    figure, table, _ = told.health(model)
    health = folder_health(metrics)
    assert [row[0] for row in table["data"]] == [row.folder for row in health]
    assert figure["data"][0]["x"] == [row.recall for row in health]
    figure, table = told.kinds(model)
    assert figure["data"][0]["x"][0] == metrics["accuracy"]["value"]
    assert [row[0] for row in table["data"]] == list(metrics["modalities"])
    # What stands below each picture ends with its name.
    shown = [caption.rpartition(" · ")[2] for _, caption in told.worst(here, model)]
    assert shown == [one.filename for one in worst_errors(evidence)]
    shown = [caption.rpartition(" · ")[2] for _, caption in told.suspects(here)]
    assert shown == [one.filename for one in likely_misfiled(evidence)]
    for number, name in enumerate(model.folders):
        line, found = told.cell(here, model, number, number + 1)
        assert len(found) == metrics["confusion"][number][number] == len(answers(evidence, name, name))
        assert line == f"{len(found)} of {name} predicted into {name}"
    json.dumps([figure, told.confusion(model)])


def test_the_column_of_names_and_what_is_no_cell_show_no_videos(here):
    model = told.model_of(here)
    for row, column in ((0, 0), (-1, -1), (0, 9), (9, 1)):
        assert told.cell(here, model, row, column)[1] == []


def test_what_was_moved_since_is_not_shown(here, learned):
    model = told.model_of(here)
    name = model.folders[0]
    before = told.cell(here, model, 0, 1)[1]
    assert before
    moved = before[0][1].rpartition(" · ")[2]
    (learned.data_dir / name / moved).rename(learned.data_dir / moved)
    here.library.live.poll()
    assert len(told.cell(here, model, 0, 1)[1]) == len(before) - 1


def test_without_a_model_it_is_said_what_to_do(settings):
    workspace = Workspace(settings)
    assert told.model_of(workspace) is None
    assert "retrain" in told.overview(workspace)
    assert told.versions(workspace) == ({"headers": list(told.VERSIONS), "data": []}, [])
    assert told.confusion(None)["data"] == told.kinds(None)[1]["data"] == told.worst(workspace, None) == []
    assert told.health(None)[1]["data"] == told.learning(None)[1]["data"] == []
    assert "No threshold" in told.promise(None, 0.05)[1]
    workspace.stop()
