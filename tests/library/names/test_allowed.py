"""Names: exactly the documented ones are allowed, and nothing odd escapes as another kind of error."""

import functools
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vidsort.errors import InvalidNameError
from vidsort.library.names import (
    FILENAME_PATTERNS,
    FOLDER_PATTERN,
    NAME_LIMIT_BYTES,
    NEW_FOLDER_PATTERN,
    check_filename,
    check_folder_name,
    check_new_folder_name,
    content_type,
    folded,
    is_filename,
    is_folder_name,
    is_learned,
)


@pytest.mark.parametrize("name", ["7234567890123456.mp4", "0.mp4", "1" * 251 + ".mp4"])
def test_digits_and_mp4_are_a_filename(name):
    assert check_filename(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "7.mp4\n", "\n7.mp4", "\uff17.mp4", "²7.mp4", "a.mp4", "1.MP4", "../1.mp4", "soccer/1.mp4", "", ".mp4",
        "7.mp4 ", "7mp4", "7.mp4\0", "7.mp4.part", "-7.mp4", "7..mp4", "\udcff7.mp4",
        "1" * 252 + ".mp4", "1" * 5000 + ".mp4",
    ],
)
def test_anything_else_is_no_filename(name):
    assert not is_filename(name)
    with pytest.raises(InvalidNameError):
        check_filename(name)


@given(st.text())
def test_a_filename_is_ascii_digits_and_mp4_or_refused(name):
    digits = name.removesuffix(".mp4")
    expected = name.endswith(".mp4") and digits != "" and set(digits) <= set("0123456789") and len(name) <= 255
    assert is_filename(name) == expected


UNUSABLE = [
    "", ".", "..", "a..b", "../soccer", "a/b", "/", "/etc", "a\\b", "\\", "soccer\0", "\0", ".hidden", ".git",
    "__MACOSX", "__macosx", "@eaDir", ".ipynb_checkpoints", "#recycle", "$RECYCLE.BIN", "System Volume Information",
    "lost+found", "x" * 256, "ü" * 128, "bad\udcffname", "x" * 100_000,
]


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_folder_names_are_refused(name):
    assert not is_folder_name(name)
    for check in (check_folder_name, check_new_folder_name):
        with pytest.raises(InvalidNameError):
            check(name)


@pytest.mark.parametrize(
    "name", ["soccer", "Fußball", "日本", "con", "a:b", "<img src=x onerror=alert(1)>", " x ", "x" * 255]
)
def test_a_folder_that_exists_may_have_a_name_that_only_windows_dislikes(name):
    assert check_folder_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["con", "CON", "nul.txt", "Com1", "lpt9", "LPT¹", "a:b", "what?", "<b>", "a|b", 'a"b', "a*",
     "trailing ", " leading", "dot.", "tab\there", "line\nbreak", "\x7f", "   "],
)
def test_a_new_folder_must_be_possible_on_every_system(name):
    with pytest.raises(InvalidNameError):
        check_new_folder_name(name)


@pytest.mark.parametrize("name", ["cooking", "Fußball", "日本", "console", "com10", "Tips & Tricks!", "a.b", "😀"])
def test_ordinary_new_names_are_allowed(name):
    assert check_new_folder_name(name) == name


def test_a_new_name_is_composed_so_that_it_looks_and_compares_the_same():
    assert check_new_folder_name("cafe\u0301") == "caf\u00e9"


def test_names_that_some_file_systems_take_for_one_fold_to_one():
    assert folded("Cafe\u0301") == folded("CAF\u00c9")
    assert folded("STRASSE") == folded("straße")
    assert folded("soccer") != folded("football")


@given(st.text(st.characters(), max_size=300))
def test_no_text_escapes_as_another_error(name):
    for check in (check_filename, check_folder_name, check_new_folder_name):
        sentence = ""
        try:
            check(name)
        except InvalidNameError as error:
            sentence = str(error)
        assert sentence.isprintable()  # so it can be shown, logged and sent as JSON
        sentence.encode()


@pytest.mark.parametrize(
    "name", ["7.mp4", "a.mp4", "7.MP4", "My clip [x].webm", "a..b.mov", "x.part1.mp4", "a" * 251 + ".mp4"]
)
def test_any_name_that_ends_like_a_video_is_one_where_any_is(name):
    assert is_filename(name, "any")
    assert check_filename(name, "any") == name


@pytest.mark.parametrize(
    "name",
    [
        "", ".mp4", "._7.mp4", ".x.mp4", "7.mp4.part", "7.f137.mp4", "7.temp.mp4", "a/b.mp4", "../a.mp4", "a\0.mp4",
        "a\n.mp4", "a.mp4\n", "a\x7f.mp4", "a\x85.mp4", "\udce9.mp4", "a" * 252 + ".mp4", "é" * 126 + ".mp4",
        "a.txt", "mp4",
    ],
)
def test_what_is_hidden_left_over_over_long_or_has_control_characters_is_no_video_anywhere(name):
    assert not is_filename(name, "any")
    assert not is_filename(name)
    with pytest.raises(InvalidNameError):
        check_filename(name, "any")


def test_who_is_refused_for_the_rule_of_digits_is_told_how_to_let_others_in():
    with pytest.raises(InvalidNameError, match="VIDSORT_VIDEO_NAMES=any"):
        check_filename("a.mp4")
    with pytest.raises(InvalidNameError) as refused:
        check_filename("a.txt")
    assert "VIDSORT" not in str(refused.value)


@given(st.text(max_size=12))
def test_every_name_of_digits_is_a_name_of_any(name):
    assert is_filename(name, "any") or not is_filename(name)


@pytest.mark.parametrize(
    ("name", "media_type"), [("1.mp4", "video/mp4"), ("a.MOV", "video/quicktime"), ("a.b.webm", "video/webm")]
)
def test_the_type_of_a_video_is_told_by_its_ending(name, media_type):
    assert content_type(name) == media_type


ODD = st.one_of(
    st.text(st.sampled_from("acnou1\u00b9.\\/<:\u00e9 \u3164\u200b\u202e\xa0\t\n\0\U0001f600$"), max_size=12),
    st.sampled_from([*UNUSABLE, "con", "Con .x", "COM\u00b9", "con1", "lost+foundx", "$Recycle.bin"]),
    st.lists(st.sampled_from(["7", "a", ".", ".mp4", ".MP4", ".mOv", ".part", ".f1-x", "\n", "/", " "])).map("".join),
)
RULES = (
    *((pattern, functools.partial(check_filename, video_names=rule)) for rule, pattern in FILENAME_PATTERNS.items()),
    (FOLDER_PATTERN, check_folder_name),
    (NEW_FOLDER_PATTERN, check_new_folder_name),
)


@given(ODD | st.text(max_size=40))
def test_the_patterns_of_the_schema_are_the_rules(name):
    assume(len(name.encode("utf-8", "surrogatepass")) <= NAME_LIMIT_BYTES)  # which no pattern counts
    assume(not re.search("[\ud800-\udfff]", name))  # which no JSON holds
    for pattern, check in RULES:
        try:
            check(name)
        except InvalidNameError:
            is_allowed = False
        else:
            is_allowed = True
        # In a schema the end is the end; Python lets a line end follow it.
        fits = re.search(re.sub(r"(?<!\[)\$(?!\])", r"\\Z", pattern), name) is not None
        assert fits == is_allowed, (ascii(name), pattern)


@pytest.mark.parametrize(("folder", "not_learned", "expected"), [
    ("food", (), True), ("food", ("trash", "later"), True), ("Trash", ("trash",), False), ("trash", ("TRASH",), False),
    ("cafe\u0301", ("caf\u00e9",), False), ("trashed", ("trash",), True),
])
def test_a_folder_is_learned_from_unless_its_name_or_one_that_may_be_the_same_is_listed(folder, not_learned, expected):
    assert is_learned(folder, not_learned) is expected
