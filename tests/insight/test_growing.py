"""The curve's heads: from sums they answer as from rows, for each of which it is known when it was drawn."""

import numpy as np
import pytest
from labelled import clouds

from vidsort.insight import growing
from vidsort.insight.curve import learning_curve
from vidsort.insight.growing import NEVER, SHARES, Growing
from vidsort.learning import selection
from vidsort.learning.fitting import TrainConfig, fit_classifier, heads_of
from vidsort.learning.rows.parts import Part

LDA = TrainConfig(heads=("lda",), repeats=1)


def parts_of(counts):
    frames, y = clouds(counts)
    sound = clouds(counts, spread=2.0, seed=3)[0][:, :9]
    mask = np.arange(len(y)) % 6 > 0
    return {"frames": Part.whole(frames), "sound": Part(sound * mask[:, None], mask, "s", "scaled")}, y.tolist()


def trained(many, monkeypatch, counts):
    monkeypatch.setattr(selection, "SUMMED_FROM", many)
    monkeypatch.setattr(growing, "SUMMED_FROM", many)
    parts, y = parts_of(counts)
    ready = {}
    groups = np.arange(len(y)) // 2
    model = fit_classifier(parts, y, groups, LDA, ready=ready)
    curve = learning_curve(parts, y, groups, model, heads_of(parts, "lda", LDA), ready=ready)
    return model, curve, parts


def test_a_model_and_its_curve_from_sums_are_those_from_rows(monkeypatch):
    counts = {"a": 40, "b": 30, "c": 9}
    (model, curve, parts), (before, curve_before, _) = (trained(many, monkeypatch, counts) for many in (0, 10**6))
    np.testing.assert_allclose(model.predict_proba(parts), before.predict_proba(parts), atol=1e-5)
    np.testing.assert_allclose(model.probabilities, before.probabilities, atol=1e-5)
    for name in ("accuracy", "macro_f1", "calibration_error", "log_loss"):
        assert model.metrics[name]["value"] == pytest.approx(before.metrics[name]["value"], abs=1e-5)
    assert curve.points == curve_before.points


def test_a_row_is_learned_from_as_soon_as_it_is_drawn_and_never_where_it_is_asked_about(monkeypatch):
    parts, y = parts_of({"a": 12, "b": 12})
    seen = []

    def fit(rows, labels, seed):
        seen.append(len(labels))
        return lda.fit(rows, labels, seed)

    lda = heads_of(parts, "lda", LDA)["frames"]
    model = fit_classifier({"frames": parts["frames"]}, y, np.arange(24), LDA)
    labels = np.repeat([0, 1], 12)
    drawn_by = np.tile([0, 1, 2, 3, 5, NEVER], 4)
    head = selection.Candidate("spy", fit)
    asked = np.flatnonzero(drawn_by == NEVER)
    steps = list(Growing({"frames": parts["frames"]}, ["a", "b"], labels, model, {"frames": head}, 0, {}).by_step(
        drawn_by, asked
    ))
    assert seen == [4, 8, 12, 16, 16, 20]
    assert [step for step, _ in steps] == list(range(len(SHARES)))
    assert all(len(right) == len(asked) for _, right in steps)
