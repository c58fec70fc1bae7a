"""A model's file: the same answers from it, old forms too, and nothing but numbers is ever taken from it."""

import functools
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io
from labelled import clouds

from vidsort.errors import ArtifactError
from vidsort.learning.calibration import Calibration
from vidsort.learning.classifier import Classifier, Expert
from vidsort.learning.files import MODEL_FILE, OLD_LAYERS, OLD_SKOPS, classifier_of, model_files
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.fusion import Fusion
from vidsort.learning.rows.dense import Numbers
from vidsort.learning.rows.parts import Part

FIXTURES = Path(__file__).with_name("fixtures")
HEADS = ("centroid", "lda", "logistic", "neighbours", "mlp")


def frames(features: np.ndarray) -> dict[str, Part]:
    return {"frames": Part.whole(features)}


def width(classifier: Classifier) -> int:
    return classifier.experts["frames"].preparation.width


def plain(folders: tuple[str, ...], mean: np.ndarray, layers: list) -> Classifier:
    numbers = Numbers(True, mean, np.float32(1))
    expert = Expert(numbers, layers, Calibration(), np.arange(len(folders)))
    return Classifier(folders, {"frames": expert}, Fusion({"frames": 1.0}, {"frames": 0.0}))


def trained(counts: dict[str, int], head: str) -> tuple[Classifier, np.ndarray]:
    features, y = clouds(counts)
    config = TrainConfig(heads=(head,), strengths=(3.0,))
    return fit_classifier(frames(features), list(y), np.arange(len(y)), config), features


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("counts", [{"a": 15, "b": 20}, {"a": 12, "b": 12, "c": 12}], ids=["two", "three"])
def test_a_model_file_gives_the_same_probabilities(head, counts):
    classifier, features = trained(counts, head)
    files = model_files(classifier)
    assert list(files) == [MODEL_FILE]
    with np.load(io.BytesIO(files[MODEL_FILE]), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays)
    np.testing.assert_allclose(
        classifier_of(files, "m").predict_proba(frames(features)), classifier.predict_proba(frames(features)), atol=1e-5
    )


@pytest.mark.parametrize("name", [MODEL_FILE, OLD_LAYERS, OLD_SKOPS])
@pytest.mark.parametrize("head", HEADS)
def test_models_that_were_written_before_are_still_read(head, name):
    """The fixtures were written by versions that knew frames only, each in all of their forms."""
    path = FIXTURES / head / name
    if not path.exists():
        assert (head, name) == ("neighbours", OLD_LAYERS)
        return
    expected = json.loads((FIXTURES / head / "expected.json").read_text())
    classifier = classifier_of({name: path.read_bytes()}, "m")
    features = np.array(expected["features"], np.float32)
    np.testing.assert_allclose(classifier.predict_proba(frames(features)), expected["probabilities"], atol=1e-5)


@pytest.mark.parametrize("head", HEADS)
def test_an_old_model_is_read_by_any_scikit_learn_without_a_complaint(head, monkeypatch):
    """Only its numbers are taken; what is read is written as today's models are."""
    monkeypatch.setattr("sklearn.base.__version__", "99.0")
    classifier = classifier_of({OLD_SKOPS: (FIXTURES / head / OLD_SKOPS).read_bytes()}, "m")
    features = clouds({"a": 3, "b": 3})[0][:, : width(classifier)]
    again = classifier_of(model_files(classifier), "m")
    asked = frames(features)
    np.testing.assert_allclose(again.predict_proba(asked), classifier.predict_proba(asked), atol=1e-6)


@pytest.mark.parametrize("name", [MODEL_FILE, OLD_SKOPS])
@pytest.mark.parametrize("head", ["lda", "neighbours"])
def test_whatever_bytes_are_changed_it_is_a_model_or_an_error_in_a_sentence(head, name):
    rng = np.random.default_rng(0)
    old = (FIXTURES / head / OLD_SKOPS).read_bytes()
    whole = old if name == OLD_SKOPS else model_files(classifier_of({OLD_SKOPS: old}, "m"))[MODEL_FILE]
    refused = 0
    for _ in range(60):
        changed = bytearray(whole)
        for place in rng.integers(len(whole), size=rng.integers(1, 20)):
            changed[place] = rng.integers(256)
        try:
            found = classifier_of({name: bytes(changed)}, "m")
            assert np.isfinite(found.predict_proba(frames(np.ones((1, width(found)), np.float32)))).all()
        except ArtifactError:
            refused += 1
    assert refused > 20


def test_numbers_that_overflow_are_refused_where_they_are_used():
    layers = [(np.full((3, 2), 1e308), np.zeros(2))]
    classifier = plain(("a", "b"), np.full(3, -3e38, np.float32), layers)
    with np.errstate(all="ignore"), pytest.raises(ArtifactError, match="no probabilities"):
        classifier.predict_proba(frames(np.ones((1, 3), np.float32)))


class Intruder:
    """Not what a model is made of."""


def test_a_model_file_with_a_foreign_type_is_not_loaded():
    with pytest.raises(ArtifactError, match="not loaded"):
        classifier_of({OLD_SKOPS: skops.io.dumps({"head": Intruder()})}, "m")


@functools.cache
def file_of_a_model() -> bytes:
    return model_files(trained({"a": 12, "b": 12}, "lda")[0])[MODEL_FILE]


def arrays_of_a_model(**changed: np.ndarray) -> bytes:
    with np.load(io.BytesIO(file_of_a_model()), allow_pickle=False) as arrays:
        whole = {name: arrays[name] for name in arrays} | {
            name if name == "folders" else f"frames.{name}": values for name, values in changed.items()
        }
    written = io.BytesIO()
    np.savez(written, **whole)
    return written.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return written.getvalue()


def empty_zip() -> bytes:
    written = io.BytesIO()
    zipfile.ZipFile(written, "w").close()
    return written.getvalue()


NESTED = np.frombuffer(b"[" * 100_000, np.uint8)
# Each made for the test that reads it.
BROKEN = {
    "nothing": lambda: b"",
    "cut off": lambda: b"PK\x03\x04 no more",
    "an empty archive": empty_zip,
    "a mean that is no number": lambda: arrays_of_a_model(mean=np.full(48, np.nan, np.float32)),
    "weights that are none": lambda: arrays_of_a_model(weights0=np.full((48, 2), np.inf, np.float32)),
    "a temperature of nothing": lambda: arrays_of_a_model(inverse_temperature=np.array(np.nan)),
    "a scale of zero": lambda: arrays_of_a_model(scale=np.array(0.0)),
    "more columns than folders": lambda: arrays_of_a_model(weights0=np.ones((48, 5)), biases0=np.ones(5)),
    "brackets without end": lambda: arrays_of_a_model(folders=NESTED),
    "objects": lambda: arrays_of_a_model(mean=np.array([{}], object)),
    "words for numbers": lambda: arrays_of_a_model(mean=np.full(48, "7")),
    "numbers of two parts": lambda: arrays_of_a_model(biases0=np.zeros(2, complex)),
    "a folder twice": lambda: arrays_of_a_model(folders=np.frombuffer(b'["a", "a"]', np.uint8)),
    "neighbours of folders that are none": lambda: arrays_of_a_model(
        rows=np.eye(4, 48, dtype=np.float32), labels=np.array([0, 1, 2, 9]), neighbours=np.array(2)
    ),
    "a bomb": lambda: packed({"mean.npy": bytes(50_000_000)}),
    "a header without end": lambda: packed({"folders.npy": b"\x93NUMPY\x01\x00\x76\x00{'descr': ((((".ljust(128)}),
    "packed by nobody knows what": lambda: packed({"mean.npy": b"x"}).replace(
        b"PK\x01\x02\x14\x03", b"PK\x01\x02\x14\xff"
    ),
    "text in the place of an array": lambda: packed({"mean.npy": b"x", "folders.npy": b"[]"}),
}


@pytest.mark.parametrize("name", [MODEL_FILE, OLD_LAYERS])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_damaged_model_file_is_an_error_in_a_sentence(broken, name):
    with pytest.raises(ArtifactError, match=r"model m cannot be read .* run `vidsort retrain`"):
        classifier_of({name: BROKEN[broken]()}, "m")


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 no more", empty_zip()])
def test_a_damaged_skops_file_is_an_error_too(broken):
    with pytest.raises(ArtifactError, match="cannot be read"):
        classifier_of({OLD_SKOPS: broken}, "m")


def test_a_model_without_its_file_says_so():
    with pytest.raises(ArtifactError, match="cannot be read"):
        classifier_of({}, "m")


def test_features_of_another_kind_are_refused():
    classifier = plain(("a",), np.zeros(3, np.float32), [])
    with pytest.raises(ArtifactError, match="length 3"):
        classifier.predict_proba(frames(np.zeros((1, 4), np.float32)))
