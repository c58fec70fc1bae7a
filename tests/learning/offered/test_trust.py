"""A head as a file: what nobody trusts is never made, and what no classifier holds is refused."""

import json
import zipfile
from io import BytesIO

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from vidsort.errors import ArtifactError
from vidsort.learning.offered.trust import from_bytes, require_trusted, to_bytes, type_name

MADE = []


class Telling(GaussianNB):
    def __setstate__(self, state):
        MADE.append(state)
        super().__setstate__(state)


def fitted(kind: type) -> GaussianNB:
    return kind().fit(np.arange(12.0).reshape(6, 2), [0, 0, 0, 1, 1, 1])


def test_a_type_is_made_only_where_it_is_trusted_by_its_name():
    head = fitted(Telling)
    data, name = to_bytes(head), type_name(head)
    for trusted in ([], ["sklearn.naive_bayes.Telling"], [name + "x"]):
        with pytest.raises(ArtifactError, match=name):
            from_bytes(data, trusted)
    assert MADE == []
    assert type(from_bytes(data, [name])) is Telling
    require_trusted("mine", head, [name])


def test_what_scikit_learn_brings_needs_no_name():
    read = from_bytes(to_bytes(fitted(GaussianNB)), [])
    assert np.array_equal(read.theta_, fitted(GaussianNB).theta_)


@pytest.mark.parametrize("name", ["bytes_", "void"])
def test_what_takes_memory_and_is_no_part_of_a_classifier_is_refused(name):
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(to_bytes(fitted(GaussianNB)))) as before, zipfile.ZipFile(written, "w") as after:
        for entry in before.infolist():
            part = before.read(entry)
            if entry.filename == "schema.json":
                schema = json.loads(part)
                schema["content"]["content"]["theta_"]["__class__"] = name
                part = json.dumps(schema).encode()
            after.writestr(entry, part)
    with pytest.raises(ArtifactError):
        from_bytes(written.getvalue(), [])


def test_an_archive_out_of_which_far_more_comes_is_not_opened():
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(to_bytes(fitted(GaussianNB)))) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            after.writestr(entry.filename, before.read(entry))
        after.writestr("padding", bytes(1 << 20))
    with pytest.raises(ArtifactError, match="packed as no model is"):
        from_bytes(written.getvalue(), [])
    with pytest.raises(ArtifactError, match="run `vidsort retrain`"):
        from_bytes(b"no archive", [])
