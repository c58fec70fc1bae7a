"""What each form of words says: sidecars, captions.csv and the exporter's databases, also odd and hostile ones."""

import base64
import gzip
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.features.words import exporter, reading
from vidsort.features.words.captions import caption_in, read_captions
from vidsort.features.words.exporter import Exported, read_database, read_exported
from vidsort.features.words.reading import Unusable, text_of
from vidsort.features.words.sidecars import words_in, words_of
from vidsort.features.words.text import Words


def test_what_yt_dlp_writes_of_a_short_video():
    assert words_of({
        "id": "5", "title": "Slap and run…", "description": "Slap and run! #Fun", "uploader": "patrox",
        "channel": "patroX", "track": "Big Fun", "artists": ["Evan", "Jessica"], "tags": ["slap"], "view_count": 5,
        "categories": ["Music"], "formats": [{"title": "no"}],
    }) == Words(
        "Slap and run…", "Slap and run! #Fun", ("fun", "slap", "music"), "patrox (patroX)", "Big Fun · Evan, Jessica"
    )
    assert words_of({"title": "TikTok video #7059698374567611694", "description": ""}) == Words()


def test_what_gallery_dl_writes_of_several_sites():
    assert words_of({
        "id": "5", "desc": "look #a", "author": {"uniqueId": "someone", "nickname": "Some One", "id": "7"},
        "music": {"title": "original sound", "authorName": "Some One"}, "user": "someone",
        "challenges": [{"id": "1", "title": "Dance", "desc": "no"}],
        "textExtra": [{"hashtagName": "a"}, {"hashtagName": "", "userId": "9"}],
    }) == Words("", "look #a", ("a", "dance"), "someone (Some One)", "original sound · Some One")
    assert words_of({"content": "hi", "author": {"name": "handle", "nick": "Shown"}, "hashtags": ["x"]}) == Words(
        "", "hi", ("x",), "handle (Shown)"
    )
    assert words_of({"description": "hi", "username": "@insta", "tags": ["#y"]}) == Words("", "hi", ("y",), "insta")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["title", "desc", "author", "music", "tags", "textExtra", "uniqueId", "nickname", "artists"]),
        inner, max_size=4,
    ), max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["title", "desc", "author", "music", "tags", "textExtra", "artists"]), JSON))
def test_values_of_odd_types_say_nothing_and_raise_nothing(known):
    assert isinstance(words_of(known), Words)


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "no JSON"), (b"{", "no JSON"), (b"[" * 10**5, "no JSON"), (b"[1]", "holds a list"), (b"null", "NoneType"),
    (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"), (b" " * 200, "larger than 0 MB"),
])
def test_broken_json_has_a_reason(tmp_path, monkeypatch, data, reason):
    path = tmp_path / "5.json"
    path.write_bytes(data)
    if not data.strip() and data:
        monkeypatch.setattr(reading.read_bytes, "__defaults__", (100,))
    with pytest.raises(Unusable, match=reason):
        words_in(path, ".json")


def test_what_is_no_file_is_never_opened_and_one_that_may_not_be_read_says_so(tmp_path):
    (tmp_path / "there").write_text("a secret")
    (tmp_path / "5.description").symlink_to(tmp_path / "there")
    os.mkfifo(tmp_path / "6.description")
    for name in ("5.description", "6.description"):
        with pytest.raises(Unusable):
            words_in(tmp_path / name, ".description")
    with pytest.raises(FileNotFoundError):
        words_in(tmp_path / "7.description", ".description")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_the_encodings_that_programs_write(encoding):
    assert text_of("Crème brûlée".encode(encoding)) == "Crème brûlée"


@pytest.mark.parametrize("text", [
    'filename,text\n5.mp4,"a, ""b"" c\nd"\n6.mp4,x\n', "\ufefffilename;text\r\n5;a, \"b\" c\r\n6;x\r\n",
    "id\tText\tFilename\n1\ta\t5.mp4\n", "filename,text\n\n5.mp4\n,\n5.mp4,a,more\n",
])
def test_captions_are_read_whatever_the_quoting_the_delimiter_and_the_order(tmp_path, text):
    path = tmp_path / "captions.csv"
    path.write_text(text, newline="")
    captions = read_captions(path)
    assert caption_in(captions, "5.mp4").description.startswith("a")
    assert caption_in(captions, "7.mp4") == Words()


@pytest.mark.parametrize("text", ["", "file,caption\n5.mp4,a\n", '"', "filename,text\n5.mp4,\"" + "a" * 200_000])
def test_captions_that_cannot_be_read_say_why(tmp_path, text):
    (tmp_path / "captions.csv").write_text(text)
    with pytest.raises(Unusable, match=r"filename and text|taken apart"):
        read_captions(tmp_path / "captions.csv")


def packed(value) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


@pytest.mark.parametrize("text", [
    f'window.dbvd_base64="{packed({"5": "a `cat`"})}";', f"window.dbvd_base64 = '{packed({'5': 'a `cat`'})}'\n",
    'window.dbvd={"5": "a `cat`"};', 'window.dbvd=String.raw`{"5": "a `cat`"}`',
    "window.dbvd=" + json.dumps('{"5": "a `cat`"}'), '\ufeffwindow.dbvd=\'{"5": "a `cat`"}\';\n',
])
def test_each_way_in_which_the_exporter_writes_its_databases(tmp_path, text):
    (tmp_path / "db_texts.js").write_text(text)
    assert read_database(tmp_path / "db_texts.js") == {"5": "a `cat`"}


@pytest.mark.parametrize(("text", "reason"), [
    ("", "does not begin"), ("alert(1)", "does not begin"), ("window.a=", "does not begin"),
    ("window.a=b()", "no JSON"),
    ('window.a="%%%"', "neither JSON nor base64"), ('window.a="aGFsbG8="', "cannot be unpacked"),
    (f'window.a="{packed({"5": "x" * 999})[:40]}"', "cut off"), (f'window.a="{packed(b"[" * 10**5)}"', "no JSON"),
    (f'window.a="{packed([])}"', "holds a list"), (f'window.a="{packed(b" " * 2000)}"', "unpacks to more"),
])
def test_a_database_that_is_odd_or_a_bomb_has_a_reason(tmp_path, monkeypatch, text, reason):
    (tmp_path / "db_texts.js").write_text(text)
    if reason == "unpacks to more":
        monkeypatch.setattr(exporter, "MOST_BYTES", 1000)
    with pytest.raises(Unusable, match=reason):
        read_database(tmp_path / "db_texts.js")


def test_what_the_exporter_knows_is_put_together_by_ids():
    known = Exported(
        {"5": "hi #x", "6": {"odd": 1}}, {"5": {"authorId": 7, "audioId": "123"}, "6": "odd", "7": {"authorId": "8"}},
        {"7": {"uniqueIds": ["me"], "nicknames": ["Me"]}, "8": {"uniqueIds": [3, None], "nicknames": "odd"}},
    )
    assert known.words_of("5.mp4") == Words("", "hi #x", ("x",), "me (Me)", "123")
    assert known.words_of("6.mp4") == known.words_of("7.mp4") == known.words_of("8.mp4") == Words()


@pytest.mark.parametrize(("place", "is_found"), [
    ("data/Favorites/videos/.appdata", True), ("data/Favorites/.appdata", True), ("data/.appdata", True),
    (".appdata", False),
])
def test_the_databases_are_looked_for_up_to_two_folders_above(tmp_path, place, is_found):
    data_dir, folder = tmp_path / "data" / "Favorites" / "videos", tmp_path / place
    data_dir.mkdir(parents=True)
    folder.mkdir(parents=True)
    (folder / "db_texts.js").write_text('window.dbvd={"5": "hi"}')
    (folder / "db_authors.js").write_text("window.dba={")
    found = read_exported(data_dir)
    assert found.texts == ({"5": "hi"} if is_found else {})
    assert list(found.broken) == ([folder / "db_authors.js"] if is_found else [])
