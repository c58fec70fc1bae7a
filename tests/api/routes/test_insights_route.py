"""GET /api/insights/{topic}: the numbers of the model in force, which are those of its metrics."""

import json

import pytest
from test_routes import client, make_client

from vidsort import artifacts
from vidsort.api.insights.topics import TOPICS
from vidsort.artifacts.evidence import read_metrics
from vidsort.insight.folders import folder_health

__all__ = ["client", "make_client"]


@pytest.mark.parametrize("topic", TOPICS)
def test_without_a_model_it_is_said_what_to_do(client, topic):
    answer = client.get(f"/api/insights/{topic}").json()
    assert (answer["model_id"], answer["numbers"], "retrain" in answer["reason"]) == (None, {}, True)


def test_every_topic_tells_the_numbers_of_the_metrics(learned, client):
    now = artifacts.current(learned.artifacts_dir)
    metrics = read_metrics(artifacts.model_dir(learned.artifacts_dir, now.model_id))
    told = {topic: client.get(f"/api/insights/{topic}").json() for topic in TOPICS}
    assert {answer["model_id"] for answer in told.values()} == {now.model_id}
    assert told["confusion"]["numbers"]["confusion"] == metrics["confusion"]
    assert told["calibration"]["numbers"]["reliability"] == metrics["reliability"]
    assert told["coverage"]["numbers"]["cover_against_error"] == metrics["cover_against_error"]
    assert told["learning_curve"]["numbers"]["points"] == metrics["learning_curve"]["points"] != []
    assert told["learning_curve"]["numbers"]["ahead"] == metrics["learning_curve"]["ahead"]
    assert told["ablation"]["numbers"]["kinds"] == metrics["modalities"]
    assert told["folders"]["numbers"]["splits"] == metrics["splits"]
    assert told["folders"]["numbers"]["enough"] == told["learning_curve"]["numbers"]["advice"]
    assert told["folders"]["numbers"]["folders"] == [row.model_dump() for row in folder_health(metrics)]


def test_another_topic_is_told_to_be_none(client):
    assert client.get("/api/insights/weather").status_code == 422


def test_a_version_from_before_there_were_curves_says_how_to_get_one(learned, client):
    now = artifacts.current(learned.artifacts_dir)
    path = artifacts.model_dir(learned.artifacts_dir, now.model_id) / "metrics.json"
    kept = json.loads(path.read_text())
    del kept["learning_curve"]
    path.write_text(json.dumps(kept))
    told = client.get("/api/insights/learning_curve").json()["numbers"]
    assert (told["points"], told["ahead"], "retrain" in told["advice"]) == ([], [], True)
