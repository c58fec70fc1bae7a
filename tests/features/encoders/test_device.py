"""Networks on a device: used where it says what the processor says, and only there.

No machine of the tests has one. What stands for it is a session of onnxruntime that calls itself one; the loading, the
comparison and the sentences are the real ones.
"""

import numpy as np
import onnxruntime
import pytest
from pairs import make_pair

from vidsort.features.encoders import device as module
from vidsort.features.encoders.device import encoding_on, pictures
from vidsort.features.encoders.image import ImageEncoder
from vidsort.features.encoders.pair import PictureNetwork, network_of
from vidsort.features.encoders.pose import PoseNetworks

CUDA = "CUDAExecutionProvider"


@pytest.fixture
def card(monkeypatch):
    """Makes a session on a card: it calculates in floats what the processor does in integers; `err` changes that."""
    real = onnxruntime.InferenceSession

    class Session:
        err = staticmethod(lambda values: values)
        starts = True

        def __init__(self, network, options, providers):
            floats = onnxruntime.SessionOptions()
            floats.intra_op_num_threads = floats.inter_op_num_threads = 1
            floats.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
            self.provider, self.given = providers[0]
            self._session = real(network, floats, providers=providers[1:])

        def get_providers(self):
            return [self.provider, *self._session.get_providers()] if self.starts else self._session.get_providers()

        def run(self, names, fed):
            return [self.err(values) for values in self._session.run(names, fed)]

        def __getattr__(self, name):
            return getattr(self._session, name)

    def new(network, options, providers):
        made = real if providers == [module.CPU] else Session
        return made(network, options, providers=providers)

    monkeypatch.setattr(onnxruntime, "InferenceSession", new)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, module.CPU])
    return Session


@pytest.fixture
def told():
    return []


def vectors(encoder):
    return encoder.encode(pictures()[:2])


def test_by_default_the_processor_calculates():
    assert ImageEncoder()._session.get_providers() == [module.CPU]


@pytest.mark.parametrize("device", ["cuda", "coreml", "auto"])
def test_a_device_that_onnxruntime_does_not_have_is_told_in_one_sentence_and_changes_nothing(device, told):
    if {CUDA, "CoreMLExecutionProvider"} & set(onnxruntime.get_available_providers()):
        pytest.skip("this machine has one")
    with encoding_on(device, told.append):
        encoder = ImageEncoder()
    (sentence,) = told
    assert sentence.startswith(f"The setting encoder_device={device} does nothing here")
    assert device == "coreml" or "install onnxruntime-gpu" in sentence
    assert np.array_equal(vectors(encoder), vectors(ImageEncoder()))


@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_a_device_that_says_the_same_but_for_rounding_is_used(device, told, card):
    with encoding_on(device, told.append):
        encoder, body = ImageEncoder(), PoseNetworks()
    assert told == []
    for session in (encoder._session, body._detector, body._landmarks):
        assert session.get_providers()[0] == CUDA
        assert session.given == {"use_tf32": "0"}
    there, here = vectors(encoder), vectors(ImageEncoder())
    assert not np.array_equal(there, here)
    assert (there * here).sum(axis=1).min() > 0.995
    assert ImageEncoder()._session.get_providers() == [module.CPU]


def test_of_a_pair_the_side_that_sees_is_on_the_device(tmp_path, told, card):
    network = network_of(make_pair(tmp_path), "vision")
    with encoding_on("cuda", told.append):
        seeing = PictureNetwork(network)
    assert told == []
    assert seeing._session.get_providers()[0] == CUDA
    assert np.allclose(vectors(seeing), vectors(PictureNetwork(network)), atol=1e-4)


@pytest.mark.parametrize(
    ("err", "off"),
    [
        (lambda values: values * 0, "1.000"), (lambda values: values * 1.06, "off"), (lambda values: -values, "off"),
        (lambda values: values[:, ::-1], "off"), (lambda values: values * np.nan, "nan"),
    ],
)
def test_a_device_that_says_something_else_is_not_used(err, off, told, card):
    card.err = staticmethod(err)
    with encoding_on("cuda", told.append):
        encoder = ImageEncoder()
    (sentence,) = told
    assert "says something else on CUDAExecutionProvider" in sentence
    assert off in sentence
    assert encoder._session.get_providers() == [module.CPU]


def test_a_network_in_floats_may_differ_by_less(told, card):
    card.err = staticmethod(lambda values: values * 1.02)
    with encoding_on("cuda", told.append):
        body = PoseNetworks()
    assert len(told) == 2
    assert body._landmarks.get_providers() == [module.CPU]


def test_a_device_that_cannot_be_started_is_told(told, card):
    card.starts = False
    with encoding_on("cuda", told.append):
        encoder = ImageEncoder()
    assert "cannot be started" in told[0]
    assert encoder._session.get_providers() == [module.CPU]


def test_a_device_that_fails_is_told(told, card):
    def fail(_):
        raise RuntimeError("no memory on the card")

    card.err = staticmethod(fail)
    with encoding_on("cuda", told.append):
        encoder = ImageEncoder()
    assert "fails (no memory on the card)" in told[0]
    assert encoder._session.get_providers() == [module.CPU]


def test_the_pictures_are_the_same_each_time_and_differ_among_themselves():
    first, again = pictures(), pictures()
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    assert {picture.shape for picture in first} == {(256, 256, 3)}
    assert len({picture.tobytes() for picture in first}) == module.PICTURES
    assert min(picture.std() for picture in first) > 20
