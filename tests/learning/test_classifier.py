"""A model's file: the same answers from it, old forms too, and nothing but numbers is ever taken from it."""

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
from vidsort.learning.classifier import MODEL_FILE, OLD_LAYERS, OLD_SKOPS, Classifier, classifier_of, model_files
from vidsort.learning.fitting import TrainConfig, fit_classifier

FIXTURES = Path(__file__).with_name("fixtures")
HEADS = ("centroid", "lda", "logistic", "neighbours", "mlp")


def trained(counts: dict[str, int], head: str) -> tuple[Classifier, np.ndarray]:
    features, y = clouds(counts)
    config = TrainConfig(heads=(head,), strengths=(3.0,))
    return fit_classifier(features, list(y), np.arange(len(y)), config), features


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("counts", [{"a": 15, "b": 20}, {"a": 12, "b": 12, "c": 12}], ids=["two", "three"])
def test_a_model_file_gives_the_same_probabilities(head, counts):
    classifier, features = trained(counts, head)
    files = model_files(classifier)
    assert list(files) == [MODEL_FILE]
    with np.load(io.BytesIO(files[MODEL_FILE]), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays)
    np.testing.assert_allclose(
        classifier_of(files, "m").predict_proba(features), classifier.predict_proba(features), atol=1e-5
    )


@pytest.mark.parametrize("name", [OLD_LAYERS, OLD_SKOPS])
@pytest.mark.parametrize("head", HEADS)
def test_models_that_were_written_before_are_still_read(head, name):
    """The fixtures were written by the version whose heads lay in `vidsort.heads`, each in both of its forms."""
    path = FIXTURES / head / name
    if not path.exists():
        assert (head, name) == ("neighbours", OLD_LAYERS)
        return
    expected = json.loads((FIXTURES / head / "expected.json").read_text())
    classifier = classifier_of({name: path.read_bytes()}, "m")
    features = np.array(expected["features"], np.float32)
    np.testing.assert_allclose(classifier.predict_proba(features), expected["probabilities"], atol=1e-5)


class Intruder:
    """Not what a model is made of."""


def test_a_model_file_with_a_foreign_type_is_not_loaded():
    with pytest.raises(ArtifactError, match="not loaded"):
        classifier_of({OLD_SKOPS: skops.io.dumps({"head": Intruder()})}, "m")


def arrays_of_a_model(**changed: np.ndarray) -> bytes:
    classifier, _ = trained({"a": 12, "b": 12}, "lda")
    with np.load(io.BytesIO(model_files(classifier)[MODEL_FILE]), allow_pickle=False) as arrays:
        whole = {name: arrays[name] for name in arrays} | changed
    written = io.BytesIO()
    np.savez(written, **whole)
    return written.getvalue()


def empty_zip() -> bytes:
    written = io.BytesIO()
    zipfile.ZipFile(written, "w").close()
    return written.getvalue()


NESTED = np.frombuffer(b"[" * 100_000, np.uint8)
BROKEN = {
    "nothing": b"",
    "cut off": b"PK\x03\x04 no more",
    "an empty archive": empty_zip(),
    "a mean that is no number": arrays_of_a_model(mean=np.full(48, np.nan, np.float32)),
    "weights that are none": arrays_of_a_model(weights0=np.full((48, 2), np.inf, np.float32)),
    "a temperature of nothing": arrays_of_a_model(inverse_temperature=np.array(np.nan)),
    "a scale of zero": arrays_of_a_model(scale=np.array(0.0)),
    "more columns than folders": arrays_of_a_model(weights0=np.ones((48, 5)), biases0=np.ones(5)),
    "brackets without end": arrays_of_a_model(folders=NESTED),
    "objects": arrays_of_a_model(mean=np.array([{}], object)),
}


@pytest.mark.parametrize("name", [MODEL_FILE, OLD_LAYERS])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_damaged_model_file_is_an_error_in_a_sentence(broken, name):
    with pytest.raises(ArtifactError, match=r"model m cannot be read .* run `vidsort train` anew"):
        classifier_of({name: BROKEN[broken]}, "m")


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 no more", empty_zip()])
def test_a_damaged_skops_file_is_an_error_too(broken):
    with pytest.raises(ArtifactError, match="cannot be read"):
        classifier_of({OLD_SKOPS: broken}, "m")


def test_a_model_without_its_file_says_so():
    with pytest.raises(ArtifactError, match="cannot be read"):
        classifier_of({}, "m")


def test_features_of_another_kind_are_refused():
    classifier = Classifier(("a",), np.zeros(3, np.float32), 1.0, Calibration(), [])
    with pytest.raises(ArtifactError, match="length 3"):
        classifier.predict_proba(np.zeros((1, 4), np.float32))
