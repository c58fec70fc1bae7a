"""Tables are read back as they were written, and what they hold is what the library has."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.cli import main
from vidsort.errors import SettingsError, VidsortError
from vidsort.exchange.rows import Table
from vidsort.exchange.tables import read_table, table_bytes
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t,;\"'\u2028\x85"), min_size=1)
ROWS = st.lists(st.fixed_dictionaries({"filename": TEXTS, "share": st.floats(0, 1), "folder": TEXTS}))
COLUMNS = ("filename", "share", "folder")


@given(rows=ROWS)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_any_rows_come_back_as_they_were(tmp_path_factory, rows, form):
    path = tmp_path_factory.mktemp("tables") / f"t.{form}"
    path.write_bytes(table_bytes(Table(COLUMNS, rows), form))
    found = read_table(path)
    assert [{**row, "share": float(row["share"])} for row in found] == rows


def test_a_spreadsheet_may_separate_by_semicolons_or_tabs(tmp_path):
    path = tmp_path / "labels.csv"
    for mark in (";", "\t", ","):
        path.write_text(f"filename{mark}folder\r\n1.mp4{mark}\"a{mark}b\"\r\n", encoding="utf-8-sig")
        assert read_table(path) == [{"filename": "1.mp4", "folder": f"a{mark}b"}]


def test_parquet_comes_back_as_it_was_also_without_rows(tmp_path):
    pytest.importorskip("pyarrow", reason="needs the extra `parquet`")
    rows = [
        {"filename": "1.mp4", "vector": [0.5, 1.0], "learned": True},
        {"filename": "2.mp4", "vector": None, "learned": False},
    ]
    for given_rows in (rows, []):
        path = tmp_path / f"{len(given_rows)}.parquet"
        path.write_bytes(table_bytes(Table(("filename", "vector", "learned"), given_rows), "parquet"))
        assert read_table(path) == given_rows


def test_without_pyarrow_parquet_says_what_is_needed(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(VidsortError, match=r"vidsort\[parquet\]"):
        table_bytes(Table(COLUMNS, []), "parquet")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_name_that_a_form_cannot_hold_is_one_sentence(form):
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra `parquet`")
    with pytest.raises(SettingsError, match="take --format jsonl"):
        table_bytes(Table(("filename",), [{"filename": "\ud800.mp4"}]), form)


def exported(settings, what: str, tmp_path) -> list[dict]:
    found = []
    for form in ("csv", "jsonl"):
        path = tmp_path / f"{what}.{form}"
        assert main(["export", what, "--output", str(path), *settings.as_flags()]) == 0
        found.append(read_table(path))
    as_text, as_is = found
    assert len(as_text) == len(as_is)
    for text, row in zip(as_text, as_is, strict=True):
        assert list(text) == list(row)
        for name, value in row.items():
            kept = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            assert text[name] == kept, name
    return as_is


def test_predictions_are_those_of_the_list(learned, tmp_path):
    rows = exported(learned, "predictions", tmp_path)
    assert [row["filename"] for row in rows] == sorted(path.name for path in learned.data_dir.glob("*.mp4"))
    assert [row["predicted_folder"] for row in rows] == ["dance", "food", "sport"]
    assert rows[0]["top_predictions"][0] == {"folder": "dance", "confidence": rows[0]["confidence"]}


def test_features_are_a_row_a_video_and_kind(learned, tmp_path):
    rows = exported(learned, "features", tmp_path)
    frames = [row for row in rows if row["kind"] == "frames"]
    assert len(frames) == 15
    assert {row["folder"] for row in frames} == {None, "dance", "food", "sport"}
    vectors = np.array([row["vector"] for row in frames], np.float32)
    assert vectors.shape[1] > 100
    assert np.isfinite(vectors).all()


def test_the_history_is_told_from_its_beginning(settings, tmp_path):
    database = open_database(settings.artifacts_dir)
    mover = Mover(settings.data_dir, database)
    mover.sort("71000000000000000.mp4", "food")
    mover.create_folder("golf")
    mover.undo()
    moves = [move.model_dump(mode="json") for move in mover.history()][::-1]
    database.close()
    assert exported(settings, "history", tmp_path) == moves


def test_a_table_goes_to_standard_output_and_nothing_with_it(settings, capsysbinary):
    assert main(["export", "--output", "-", *settings.as_flags()]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0] == "filename,folder,learned"
    assert len(lines) == 13
