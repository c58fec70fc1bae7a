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
from vidsort.features.encoders.brought import Guarded, brought
from vidsort.features.encoders.evidence import Evidence, EvidenceConfig
from vidsort.features.extraction import look
from vidsort.features.modalities import KINDS

BROUGHT = ROOT / "tests" / "brought"


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
    found = brought(taken=KINDS)
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
        wanted = None

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
    glow = brought(taken=KINDS)["glow"]
    encoder = glow.load(glow.config())
    failing = Guarded("odd", odd(ValueError("dark")), OddConfig())
    monkeypatch.setattr(type(failing._encoder), "wanted", encoder.wanted)
    found = look(path, {"glow": encoder, "odd": failing}).found
    assert found["glow"].vector.shape == (6,)
    assert str(found["odd"]) == "odd failed (ValueError: dark)"


def test_none_is_none_and_a_document_is_one():
    assert Guarded("odd", odd(Evidence(None)), OddConfig()).encode(None).vector is None
    said = Evidence(None, document=json.dumps({"title": "x"}))
    assert Guarded("odd", odd(said, "text"), OddConfig()).encode(None).document == said.document
