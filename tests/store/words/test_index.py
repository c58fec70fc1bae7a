# ruff: noqa: RUF001 (texts in many scripts, as people type them)
"""Search over words: every script, the beginnings of words, and no query that can break anything."""

import contextlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vidsort.errors import ArtifactError
from vidsort.store import open_database
from vidsort.store.words import Caption, WordStore, index
from vidsort.store.words.folding import folded

TEXTS = {
    "accents": "Crème brûlée à l'Été, Ångström straße",
    "arabic": "وَصْفَةُ خُبزٍ سهلة في المنزل",
    "chinese": "今天做料理，番茄炒蛋很好吃",
    "emoji": "so hot🔥🔥 ❤️ 👍🏽 🥺 🇩🇪",
    "greek": "Καλημέρα κόσμε",
    "hebrew": "שָׁלוֹם עולם",
    "hindi": "हिन्दी में खाना बनाना",
    "japanese": "ガンダムのプラモデルを作る",
    "korean": "오늘은 김치찌개를 만들었어요",
    "plain": "Sicilian rook endgame_study: don't C++ foo-bar #checkmate",
    "russian": "Ёлка и самовар в деревне",
    "thai": "วันนี้ทำขนมเค้กช็อกโกแลต",
    "turkish": "İstanbul ışıkları",
    "wide": "ＡＢＣ カタカナ",
}


@pytest.fixture
def database(tmp_path):
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        yield database


def keep(database, root, texts) -> WordStore:
    """A library in which each name's video has this description."""
    documents = {
        name.encode().ljust(16, b"."): json.dumps(text if isinstance(text, dict) else {"description": text})
        for name, text in texts.items()
    }
    captions = {
        bytes(root / f"{name}.mp4"): Caption(f"{name}.mp4", source, "captions.csv")
        for name, source in zip(texts, documents, strict=True)
    }
    store = WordStore(database, root)
    store.replace({}, captions, documents)
    return store


@pytest.fixture
def words(database, tmp_path) -> WordStore:
    return keep(database, tmp_path, TEXTS)


@pytest.mark.parametrize(("query", "name"), [
    ("creme", "accents"), ("BRÛLÉE", "accents"), ("ete", "accents"), ("angstrom", "accents"), ("STRASSE", "accents"),
    ("وصفة", "arabic"), ("خبز سهل", "arabic"),
    ("料理", "chinese"), ("番茄", "chinese"), ("炒", "chinese"),
    ("🔥", "emoji"), ("❤", "emoji"), ("👍", "emoji"), ("👍🏿", "emoji"), ("🥺", "emoji"), ("🇩🇪", "emoji"),
    ("hot", "emoji"),
    ("καλη", "greek"), ("ΚΟΣΜΕ", "greek"),
    ("שלום", "hebrew"),
    ("हिन्दी", "hindi"), ("खा", "hindi"),
    ("プラモ", "japanese"), ("ガンダム", "japanese"), ("作る", "japanese"),
    ("김치", "korean"), ("만들", "korean"),
    ("rook", "plain"), ("ROOK sici", "plain"), ("endgame", "plain"), ("study", "plain"), ("don't", "plain"),
    ("#check", "plain"), ("foo-bar", "plain"), ("endgame_stu", "plain"),
    ("елка", "russian"), ("САМО", "russian"),
    ("ขนม", "thai"), ("ช็อก", "thai"),
    ("istan", "turkish"),
    ("abc", "wide"), ("ｶﾀｶﾅ", "wide"),
])
def test_words_are_found_in_every_script_by_their_beginning(words, query, name):
    assert words.search(query, 10) == [f"{name}.mp4"]


@pytest.mark.parametrize("query", ["理料", "ndgame", "rook king", "हन", "ガンタム", "モプラ", "🧊"])
def test_what_is_not_there_is_not_found(words, query):
    assert words.search(query, 10) == []


@pytest.mark.parametrize("query", ["", "  ", "\0", "...", '"', "-", "* * *", "\ud800", "#", "\u200b"])
def test_a_query_without_words_finds_nothing(words, query):
    assert words.search(query, 10) == []


@given(st.text(max_size=60) | st.text('"*^:(){}+-,;\' \\ANDORTNEARrook{}\0', max_size=60))
@example('rook" OR "a').via("an attack")
@example("NEAR(rook sicilian, 2)")
@example("title : rook")
@example("{title} : (rook")
@example("^rook*")
@example("rook AND NOT")
@example("x " * 2000)
@example("料" * 500)
@settings(max_examples=150)
def test_no_query_raises(tmp_path_factory, query):
    if not hasattr(test_no_query_raises, "store"):
        root = tmp_path_factory.mktemp("search")
        test_no_query_raises.store = keep(open_database(root), root, TEXTS)
    found = test_no_query_raises.store.search(query, 5)
    assert len(found) <= 5
    assert set(found) <= {f"{name}.mp4" for name in TEXTS}


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


def test_operators_are_words_like_any_other(database, tmp_path):
    store = keep(database, tmp_path, {"1": "salt and pepper", "2": "salt", "3": "not here", "4": "near and far"})
    assert store.search("salt AND", 9) == ["1.mp4"]
    assert store.search("NOT", 9) == ["3.mp4"]
    assert store.search("near(far", 9) == []
    assert store.search("NEAR", 9) == ["4.mp4"]


def test_the_best_comes_first_and_no_more_than_asked_for(database, tmp_path):
    texts = {"1": "a rook among very many other words that say nothing of it at all", "2": "rook rook", "3": "none"}
    store = keep(database, tmp_path, texts)
    assert store.search("rook", 9) == ["2.mp4", "1.mp4"]
    assert store.search("rook", 1) == ["2.mp4"]


def test_every_field_is_searched_and_a_query_may_go_over_several(database, tmp_path):
    said = {
        "title": "Opening", "description": "d4", "hashtags": ["chess", "board games"], "author": "magnus",
        "sound": "Waltz",
    }
    store = keep(database, tmp_path, {"1": said})
    for query in ("opening", "d4", "#chess", "games", "magn", "waltz", "waltz opening"):
        assert store.search(query, 9) == ["1.mp4"]


def test_a_library_finds_its_own_and_what_has_gone_is_found_no_more(database, tmp_path):
    here = keep(database, tmp_path / "here", {"1": "rook", "2": "bishop"})
    there = keep(database, tmp_path / "there", {"1": "rook", "3": "rook"})
    assert here.search("rook", 9) == ["1.mp4"]
    assert there.search("rook", 9) == ["1.mp4", "3.mp4"]
    keep(database, tmp_path / "here", {"2": "bishop"})
    assert here.search("rook", 9) == []
    assert there.search("rook", 9) == ["1.mp4", "3.mp4"]
    keep(database, tmp_path / "there", {})
    counts = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM words_index), count(*) FROM captions"
    assert database.connection().execute(counts).fetchone() == (1, 1, 1)


def test_the_index_is_asked_once_and_not_for_every_video(database, words, tmp_path):
    plan = database.connection().execute(f"EXPLAIN QUERY PLAN {index.SEARCH}", ('"rook" *', bytes(tmp_path), 9))
    steps = [step for *_, step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert steps[0].startswith("SCAN words_index VIRTUAL TABLE")
    assert any("searched USING INDEX searched_by_source" in step for step in steps)


def test_before_there_are_words_nothing_is_found(database, tmp_path):
    assert WordStore(database, tmp_path).search("rook", 9) == []


def test_without_fts5_words_are_kept_and_search_says_what_to_do(database, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "MODULE", "not there")
    store = keep(database, tmp_path, {"1": "rook"})
    assert store.counts() == {"captions.csv": 1}
    with pytest.raises(ArtifactError, match=r"FTS5: run vidsort on a Python that has it"):
        store.search("rook", 9)
    monkeypatch.undo()
    # With another Python the index is made of all that was kept.
    keep(database, tmp_path, {"1": "rook", "2": "rook"})
    assert store.search("rook", 9) == ["1.mp4", "2.mp4"]
