import numpy as np
import pytest
from labelled import clouds

from vidsort.learning import selection
from vidsort.learning.heads import Candidate, candidates
from vidsort.learning.rows.basis import root, span
from vidsort.learning.rows.folds import grouped_folds
from vidsort.learning.selection import Race, Trials, choose, nested


class Says:
    """An estimator that gives the answers it was made with: the first column of its rows is the row's number."""

    def __init__(self, answers, classes):
        self.answers, self.classes_ = answers, np.array(classes)

    def predict_proba(self, rows):
        return self.answers[rows[:, 0].astype(int)]


def candidate_that_is_right(name, right, labels, fits=None):
    """A candidate that is right on those rows of a problem of two folders."""
    chosen = np.where(right, labels, 1 - labels)

    def fit(_rows, _labels, _seed):
        if fits is not None:
            fits.append(name)
        return Says(np.eye(2)[chosen], [0, 1])

    return Candidate(name, fit)


def problem(count=200, seed=0):
    labels = np.arange(count) % 2
    rows = np.column_stack([np.arange(count), np.zeros(count)]).astype(np.float32)
    groups = np.arange(count)
    everywhere = np.ones(count, bool)
    trials = [Trials(rows, labels, grouped_folds(labels, groups, 5, seed + n), 2, 0, everywhere) for n in range(3)]
    return trials, labels, groups


def test_the_simplest_within_one_standard_error_is_chosen():
    trials, labels, groups = problem()
    rng = np.random.default_rng(0)
    poor, good = rng.random(200) < 0.6, rng.random(200) < 0.9
    slightly_better = good.copy()
    slightly_better[np.flatnonzero(~good)[:1]] = True
    heads = [candidate_that_is_right(name, right, labels)
             for name, right in (("poor", poor), ("good", good), ("complex", slightly_better))]
    choice = choose(trials, heads, groups, lambda: None)
    assert choice.winner.name == "good"
    assert [row["chosen"] for row in choice.table] == [False, True, False]


def test_where_nothing_could_be_scored_no_candidate_has_an_accuracy():
    labels = np.arange(2)
    trial = Trials(np.eye(2, dtype=np.float32), labels, labels, 2, 0, np.ones(len(labels), bool))
    heads = candidates(("centroid", "lda"), ())
    choice = choose([trial], heads, labels, lambda: None)
    assert {row["accuracy"] for row in choice.table} == {row["low"] for row in choice.table} == {None}
    assert [row["chosen"] for row in choice.table] == [True, False]


def test_a_head_that_is_clearly_better_is_chosen_though_it_is_complex():
    trials, labels, groups = problem()
    heads = [candidate_that_is_right("simple", np.arange(200) % 10 < 7, labels),
             candidate_that_is_right("complex", np.arange(200) % 10 < 9, labels)]
    assert choose(trials, heads, groups, lambda: None).winner.name == "complex"


def test_what_is_far_behind_is_not_fitted_any_more():
    trials, labels, groups = problem()
    fits = []
    heads = [candidate_that_is_right("good", np.ones(200, bool), labels, fits),
             candidate_that_is_right("hopeless", np.zeros(200, bool), labels, fits)]
    choose(trials, heads, groups, lambda: None)
    assert fits.count("hopeless") == 1
    assert fits.count("good") == 5


def test_a_few_rows_are_no_evidence():
    groups = np.arange(10)
    simple, complex_ = (Candidate(name, None) for name in "ab")
    race = Race([simple, complex_], groups)
    race.note(simple, groups < 10, np.array([1.0] * 10))
    race.note(complex_, groups < 10, np.array([1.0] * 8 + [0.0] * 2))
    race.drop_far_behind()
    assert [candidate.name for candidate in race.running] == ["a", "b"]


def test_copies_of_one_video_are_no_more_evidence_than_one():
    first, second = (Candidate(name, None) for name in "ab")
    errors = []
    for groups in (np.arange(100), np.arange(100) // 10):
        race = Race([first, second], groups)
        race.note(first, groups >= 0, np.ones(100))
        race.note(second, groups >= 0, (np.arange(100) // 10 % 2).astype(float))
        errors.append(race.behind(second, first)[1])
    assert errors[1] > 3 * errors[0]


def test_the_nested_score_is_not_flattered_by_the_choice():
    """Among many heads that guess, the best looks better than chance; its nested score does not."""
    trials, labels, groups = problem(60)
    rng = np.random.default_rng(5)
    flattered, honest = [], []
    for _ in range(12):
        heads = [candidate_that_is_right(f"guess {n}", rng.random(60) < 0.5, labels) for n in range(12)]
        whole = Trials(trials[0].rows, labels, trials[0].fold_of, 2, 0, np.ones(len(labels), bool))
        table = choose([whole], heads, groups, lambda: None).table
        flattered.append(max(row["accuracy"] for row in table if row["videos"] == 60))
        shares = nested({"frames": whole}, {"frames": heads}, groups, lambda: None)
        honest.append((shares.calibrated.argmax(axis=1) == labels).mean())
    assert np.mean(flattered) > 0.56
    assert abs(np.mean(honest) - 0.5) < 0.05


def test_no_video_is_scored_by_a_fit_that_saw_its_group():
    features, y = clouds({"a": 12, "b": 12})
    labels = np.unique(y, return_inverse=True)[1]
    groups = np.arange(24) // 3
    rows = span(root(features)).rows(root(features))
    number_of = {row.tobytes(): number for number, row in enumerate(rows)}
    lda = candidates(("lda",), (1.0,))[0]
    seen = []

    def fit(some, some_labels, seed):
        seen.append({number_of[row.tobytes()] for row in some})
        return lda.fit(some, some_labels, seed)

    trial = Trials(rows, labels, grouped_folds(labels, groups, 4, 0), 2, 0, np.ones(len(labels), bool))
    nested({"frames": trial}, {"frames": [Candidate("spy", fit)]}, groups, lambda: None)
    assert seen
    for learned in seen:
        assert not {groups[number] for number in learned} & {groups[n] for n in range(24) if n not in learned}


def test_nothing_to_learn_from_is_no_score_and_no_crash():
    rows = np.eye(4, dtype=np.float32)
    labels = np.array([0, 1, 0, 1])
    head = candidates(("lda",), (1.0,))
    trial = Trials(rows, labels, grouped_folds(labels, np.zeros(4, int), 5, 0), 2, 0, np.ones(len(labels), bool))
    assert choose([trial], head, np.zeros(4, int), lambda: None).winner.name == "lda"
    found = nested({"frames": trial}, {"frames": head}, np.zeros(4, int), lambda: None)
    np.testing.assert_allclose(found.calibrated, 0.5)
    np.testing.assert_allclose(found.raw, 0.5)


@pytest.mark.parametrize("head", ["centroid", "lda"])
def test_fits_from_sums_by_fold_answer_as_fits_on_the_rows_do(head, monkeypatch):
    features, y = clouds({"a": 40, "b": 31, "c": 12, "alone": 1})
    labels, groups = np.unique(y, return_inverse=True)[1], np.arange(len(y)) // 2
    rows = span(root(features)).rows(root(features))
    mask = np.arange(len(y)) % 7 > 0
    (candidate,) = candidates((head,), (1.0,))
    said = []
    for many in (0, 10**6):
        monkeypatch.setattr(selection, "SUMMED_FROM", many)
        trial = Trials(rows, labels, grouped_folds(labels, groups, 5, 0), 4, 0, mask)
        said.append([trial.unseen(candidate), *(trial.unseen(candidate, out) for out in trial.folds)])
    np.testing.assert_allclose(said[0], said[1], atol=1e-5 * np.abs(said[1][0][np.isfinite(said[1][0])]).max())


def test_a_fold_without_any_row_that_has_the_evidence_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(selection, "SUMMED_FROM", 0)
    features, _ = clouds({"a": 10, "b": 10})
    fold_of = np.arange(20) % 4
    trial = Trials(features, np.repeat([0, 1], 10), fold_of, 2, 0, fold_of < 3)
    found = trial.unseen(candidates(("lda",), (1.0,))[0])
    assert np.isneginf(found[fold_of == 3]).all()
    assert np.isfinite(found[fold_of < 3]).all()
