"""Documents that somebody else has written into: one sentence, and files of words are read again; never a traceback."""

import sqlite3

import pytest
from videos import make_video

from vidsort import extract_features
from vidsort.cli import main
from vidsort.features.modalities import ExtractConfig
from vidsort.settings import Settings

ODD = ["[" * 100_000, "null", "[1]", "{", '{"title": 7}', '{"hashtags": [7]}', b"\xff"]
WORDS = ExtractConfig(modalities=("words",))


@pytest.fixture
def settings(tmp_path):
    found = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    for number in range(2):
        path = make_video(found.data_dir / ("food", "dance")[number] / f"{number}.mp4")
        path.with_suffix(".description").write_text(f"word number {number}")
    extract_features.run(found, WORDS)
    return found


def changed(settings, table: str, value: str | bytes) -> None:
    with sqlite3.connect(settings.artifacts_dir / "vidsort.db") as connection:
        connection.execute(f"UPDATE {table} SET document = ?", (value,))
    connection.close()


@pytest.mark.parametrize("value", ODD)
def test_a_document_that_is_none_is_one_sentence(settings, value, capsys):
    changed(settings, "documents", value)
    where = ["--data-dir", str(settings.data_dir), "--artifacts-dir", str(settings.artifacts_dir)]
    assert main(["train", "--modalities", "words", *where]) == 7
    assert "where vidsort writes JSON" in capsys.readouterr().err


@pytest.mark.parametrize("value", ODD[:4])
def test_a_file_of_words_is_read_again_where_what_is_kept_of_it_is_none(settings, value):
    changed(settings, "sidecars", value)
    assert extract_features.run(settings, WORDS).outputs["with_words"] == 2
