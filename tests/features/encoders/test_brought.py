"""Kinds of evidence of other packages: found by their entry points, looked for, weighed and told like any other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from videos import make_video

from vidsort.artifacts import list_models, show_model
from vidsort.errors import VideoDecodeError
from vidsort.features.encoders.brought import Guarded, _misfit, brought
from vidsort.features.encoders.evidence import Evidence, EvidenceConfig
from vidsort.features.extraction import _as_json, look
from vidsort.features.modalities import KINDS
from vidsort.media.reading.frames import FramesWanted

BROUGHT = ROOT / "tests" / "brought"
CONFIGS = {name: kind.config for name, kind in KINDS.items()}


def vidsort(*commands: tuple[str, ...], is_installed: bool = True) -> subprocess.CompletedProcess[str]:
    """Commands in a process where the package that brings a kind is installed, or is not; as the last one ends."""
    paths = [str(BROUGHT), str(ROOT)] if is_installed else [str(ROOT)]
    code = f"import sys\nfrom vidsort.cli import main\nsys.exit([main(list(command)) for command in {commands}][-1])"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )


def told(text: str) -> None:
    """The settings of this test."""
    Path("vidsort.toml").write_text(text)


@pytest.fixture
def looked_at(settings, tmp_path) -> tuple[str, ...]:
    """The flags of a library of which a model has learned, with a head and a kind of evidence of others."""
    told(
        '[extract_features]\nmodalities = ["frames", "glow"]\nglow_frames = 2\n'
        '[train]\nheads = ["lda", "nearest_mean"]\ntrusted_types = ["brought.NearestMean"]\n'
    )
    flags = tuple(settings.as_flags())
    done = vidsort(("extract-features", *flags), ("train", *flags), ("models", "show", *flags))
    assert done.returncode == 0, done.stderr
    (tmp_path / "told").write_text(done.stdout)
    (tmp_path / "warned").write_text(done.stderr)
    return flags


@pytest.mark.programs
def test_a_kind_of_an_entry_point_takes_part_from_extraction_to_what_it_is_worth(looked_at, settings, tmp_path):
    made = show_model(settings.artifacts_dir, list_models(settings.artifacts_dir)[0].model_id)
    assert set(made["metrics"]["modalities"]) == {"frames", "glow"}
    glow = made["metrics"]["modalities"]["glow"]
    assert glow["videos"] == 12
    assert glow["alone"]["count"] == 12
    assert made["metrics"]["modalities"]["frames"]["without"]["count"] == 12
    assert made["manifest"]["own_evidence"] == {"glow": "brought:Glow"}
    assert made["manifest"]["extract_config"]["glow_frames"] == 2
    assert "brought:Glow" in (tmp_path / "told").read_text()
    assert "nearest_mean" in (tmp_path / "told").read_text()
    # What cannot be used is left out, in a sentence each, and stops nothing.
    lines = (tmp_path / "warned").read_text().splitlines()
    left_out = {"broken": "brought.nowhere", "motion": "there is one of this name", "unfit": "EvidenceConfig"}
    for name, why in left_out.items():
        assert any(f"The kind of evidence {name} (" in line and why in line for line in lines)


@pytest.mark.storm
def test_it_predicts_and_is_told_of_while_its_package_is_there_and_asked_for_when_it_is_not(looked_at):
    done = vidsort(("predict", *looked_at), ("doctor", *looked_at))
    assert "glow: 15 of 15 videos" in done.stdout
    told("")
    gone = vidsort(("predict", *looked_at), is_installed=False)
    assert gone.returncode == 7
    assert "glow" in gone.stderr
    assert "install the package that brings them" in gone.stderr
    told('[extract_features]\nmodalities = ["glow"]\n')
    assert vidsort(("extract-features", *looked_at), is_installed=False).returncode == 2
    told("")
    assert vidsort(("retrain", *looked_at), is_installed=False).returncode == 0


def test_what_is_found_is_of_the_form_and_takes_no_name_that_there_is(monkeypatch, caplog):
    monkeypatch.syspath_prepend(str(BROUGHT))
    found = brought(taken=CONFIGS)
    assert set(found) == {"glow"}
    assert found["glow"].origin == "brought:Glow"
    assert found["glow"].rows == "scaled"
    assert len([line for line in caplog.messages if "is left out" in line]) == 3


class OddConfig(EvidenceConfig):
    revision = 1


def odd(gives, rows="scaled"):
    """A class of an encoder that gives this, or raises it."""

    class Odd:
        config = OddConfig
        wanted = FramesWanted(4, 96)

        def __init__(self, config):
            pass

        def encode(self, given):
            if isinstance(gives, Exception):
                raise gives
            return gives

    Odd.rows = rows
    return Odd


@pytest.mark.parametrize("gives", [
    ZeroDivisionError("no light"), Evidence(np.array([np.nan])), Evidence(np.zeros((2, 2))), Evidence(np.zeros(0)),
    Evidence(np.array([1e6])), Evidence(np.array(["a"])), None, 7,
])
def test_what_can_be_no_evidence_is_a_reason_and_no_crash(gives):
    with pytest.raises(VideoDecodeError, match=r"^odd failed \("):
        Guarded("odd", odd(gives), OddConfig()).encode(None)


def test_what_one_kind_fails_at_costs_no_other(tmp_path, monkeypatch):
    path = make_video(tmp_path / "1.mp4")
    monkeypatch.syspath_prepend(str(BROUGHT))
    glow = brought(taken=CONFIGS)["glow"]
    encoder = glow.load(glow.config())
    failing = Guarded("odd", odd(ValueError("dark")), OddConfig())
    found = look(path, {"glow": encoder, "odd": failing}).found
    assert found["glow"].vector.shape == (6,)
    assert str(found["odd"]) == "odd failed (ValueError: dark)"


def test_none_is_none_and_a_document_is_one():
    assert Guarded("odd", odd(Evidence(None)), OddConfig()).encode(None).vector is None
    said = Evidence(None, document=json.dumps({"title": "x"}))
    assert Guarded("odd", odd(said, "text"), OddConfig()).encode(None).document == said.document


@pytest.mark.parametrize("document", ["just words", "[1]", {"title": "x"}, '{"title": 7}', b"{}"])
def test_what_is_no_document_is_a_reason_and_not_kept(document):
    with pytest.raises(VideoDecodeError, match=r"^odd failed \(ValueError: it gives no document"):
        Guarded("odd", odd(Evidence(None, document=document), "text"), OddConfig()).encode(None)
    assert Guarded("odd", odd(Evidence(None), "text"), OddConfig()).encode(None).document is None


def test_vectors_of_another_length_are_refused(monkeypatch):
    lengths = iter((6, 6, 7))
    made = odd(None)
    monkeypatch.setattr(made, "encode", lambda self, given: Evidence(np.ones(next(lengths))))
    guarded = Guarded("odd", made, OddConfig())
    assert [len(guarded.encode(None).vector) for _ in range(2)] == [6, 6]
    with pytest.raises(VideoDecodeError, match="it gives 7 numbers here and 6 before"):
        guarded.encode(None)


def test_one_that_cannot_be_made_costs_the_other_kinds_nothing_and_is_tried_again(tmp_path, monkeypatch):
    path = make_video(tmp_path / "1.mp4")
    monkeypatch.syspath_prepend(str(BROUGHT))
    glow = brought(taken=CONFIGS)["glow"]

    def unable(self, config):
        raise ImportError("no lamp")

    dark, strange = odd(None), odd(None)
    monkeypatch.setattr(dark, "__init__", unable)
    monkeypatch.setattr(strange, "wanted", "everything")
    found = look(path, {
        "glow": glow.load(glow.config()), "dark": Guarded("dark", dark, OddConfig()),
        "strange": Guarded("strange", strange, OddConfig()),
    }).found
    assert found["glow"].vector.shape == (6,)
    assert str(found["dark"]) == "dark failed (ImportError: no lamp)"
    assert "which nothing reads" in str(found["strange"])
    assert _as_json(found["dark"], lasting=True)["retry"]


class Twin(OddConfig):
    pass


class Clash(EvidenceConfig):
    revision = 1
    clash_a: int = 1


class Clasher(EvidenceConfig):
    revision = 1
    clash_a: int = 2


@pytest.mark.parametrize(("name", "config", "taken"), [
    ("odd", OddConfig, {"other": OddConfig}), ("odd", Twin, {"other": OddConfig}), ("clash", Clasher, {"other": Clash}),
])
def test_a_config_that_another_kind_has_is_left_out_and_stops_no_command(name, config, taken):
    encoder = odd(None)
    encoder.config = config
    assert "its config is one of another kind" in _misfit(name, encoder, taken)
    assert _misfit(name, encoder, {}) == ""
