import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.library.sidecars import form_of, is_like_a_sidecar, sidecars_of


@pytest.mark.parametrize("sidecar", [
    "5.info.json", "5.description", "5.json", "5.mp4.json", "5.srt", "5.vtt", "5.en.vtt", "5.zh-Hans.srt",
    "5.en-nP7-2PuUl7o.vtt", "5.jpg", "5.webp", "5.INFO.JSON", "5.En.VTT",
])
def test_each_listed_form_belongs_to_its_video(sidecar):
    assert sidecars_of(["5.mp4", "6.mp4", sidecar]) == {"5.mp4": (sidecar,)}


@pytest.mark.parametrize("name", [
    "captions.csv", "5", "5.", ".json", "5.txt", "5.mp4.part", "5.mp4.description", "5.mp4.info.json", "5.mp4.srt",
    "55.json", "5 .json", "5-1.json", "5.json.bak", "5.info.json~", ".5.json", "5.english.vtt", "5.en.jpg",
    "5.en.json", "5..vtt", "\uff15.json", "5.mp4",
])
def test_no_other_name_belongs_to_a_video(name):
    assert sidecars_of(["5.mp4", name]) == {}


def test_two_videos_of_one_stem_share_what_is_of_the_stem_and_not_what_is_of_one_name():
    names = ["5.mp4", "5.mov", "5.json", "5.jpg", "5.mp4.json"]
    assert sidecars_of(names, "any") == {"5.mp4": ("5.jpg", "5.json", "5.mp4.json"), "5.mov": ("5.jpg", "5.json")}
    assert sidecars_of(names) == {"5.mp4": ("5.jpg", "5.json", "5.mp4.json")}


def test_a_sidecar_of_two_readings_belongs_to_the_longer_stem():
    names = ["a.mp4", "a.en.mp4", "a.info.mp4", "a.en.vtt", "a.vtt", "a.info.json", "a.de.vtt"]
    assert sidecars_of(names, "any") == {
        "a.mp4": ("a.de.vtt", "a.vtt"), "a.en.mp4": ("a.en.vtt",), "a.info.mp4": ("a.info.json",),
    }


def test_a_video_that_is_called_like_a_sidecar_is_none():
    names = ["a.json.mp4", "a.json", "a.json.json", "a.json.mp4.json", "a.mp4", "A.json"]
    assert sidecars_of(names, "any") == {"a.json.mp4": ("a.json.json", "a.json.mp4.json"), "a.mp4": ("a.json",)}


@pytest.mark.parametrize(("sidecar", "form"), [
    ("5.info.json", ".info.json"), ("5.Description", ".description"), ("5.json", ".json"), ("5.mp4.json", ".*.json"),
    ("5.en.vtt", ".vtt"), ("5.srt", ".srt"), ("5.JPG", ".jpg"),
])
def test_the_form_of_a_sidecar_is_known(sidecar, form):
    assert form_of(sidecar, "5.mp4") == form


PIECES = st.sampled_from(["a", "b", ".", "mp4", "mov", ".json", ".info", ".en", ".vtt", ".description", "-"])


@given(st.lists(st.lists(PIECES, min_size=1, max_size=6).map("".join), max_size=12, unique=True))
def test_a_sidecar_is_never_a_video_and_begins_like_its_own(names):
    for video, sidecars in sidecars_of(names, "any").items():
        for sidecar in sidecars:
            assert sidecar in names
            assert is_like_a_sidecar(sidecar)
            assert not sidecar.lower().endswith((".mp4", ".mov"))
            assert sidecar.startswith(video.rpartition(".")[0] + ".")
