"""The examples for those who watch a server ask for what it tells, and for nothing else."""

import json
import re

import pytest
import yaml
from conftest import ROOT
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace

BOARD = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
NAME = re.compile(r"\bvidsort_[a-z_]+\b")


@pytest.fixture
def told(settings) -> set[str]:
    """The names of all that /metrics tells, once there is something of each."""
    workspace = Workspace(settings)
    app = FastAPI(docs_url=None, redoc_url=None)
    add_routes(app, workspace)
    client = TestClient(app)
    client.post("/api/sort", json={"filename": "71000000000000000.mp4", "folder": "food"})
    (settings.data_dir / "holiday.mp4").write_bytes(b"x")
    app.state.metrics.requests.count("/api/sort", "POST", 200, 0.1)
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    workspace.stop()
    return {sample.name for family in families for sample in family.samples}


def test_every_query_of_the_board_is_of_what_the_server_tells(told):
    asked = {name for query in QUERIES for name in NAME.findall(query)}
    assert asked <= told


def test_all_that_the_server_tells_is_on_the_board(told):
    asked = {name for query in QUERIES for name in NAME.findall(query)}
    assert told <= asked


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_of_one_server_and_its_brackets_close(query):
    assert NAME.search(query)
    for opening, closing in ("()", "[]", "{}"):
        assert query.count(opening) == query.count(closing)


def test_the_panels_are_told_apart_and_lie_beside_one_another():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]
    assert len({*places}) == len(places)
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(places)


def test_prometheus_asks_where_a_server_answers_by_default():
    from vidsort.settings import Settings

    (job,) = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    settings = Settings()
    assert job["static_configs"] == [{"targets": [f"{settings.host}:{settings.port}"]}]
