"""What can be trained on features: from the simplest head to the most complex, all with the same two uses.

Rows are centred features of length about 1 (see `rows/`), of words sparse; labels are column numbers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .offered import OwnHead, fit_of, from_bytes, to_bytes
from .rows.parts import Preparation
from .rows.sums import Known, Sums, ledoit_wolf
from .rows.text import unit

# (weights [in, out], biases [out]) one after the other, ReLU between.
Layers = list[tuple[np.ndarray, np.ndarray]]
# The leading directions are enough for the MLP, and make it four times as fast.
MLP_DIRECTIONS = 128
# Rows have length 1 over hundreds of directions; Adam's steps suit inputs of size 1.
MLP_GAIN = 5.0
MLP_HIDDEN = 64
MLP_PASSES = 12
NEIGHBOURS = 7
# Measured on descriptions of functions by their library: .03 to .3 do as well, 1 is a point below.
TOKEN_SMOOTHING = 0.1
# A token is at home in a folder that has it at least this often, beside the folder that has it most often.
AT_HOME = 0.5


class ShrinkageLDA:
    """Linear discriminants with one covariance shrunk to a sphere, all folders equally likely beforehand.

    The share of shrinkage is Ledoit and Wolf's (2004) for the rows around their folder's mean;
    `shrinkage=1.0` is the nearest centroid. Unlike scikit-learn's, it estimates one shrinkage for
    all folders together, so that folders of one or two videos take part, and the answer does not
    depend on the directions in which features are written.
    """

    def __init__(self, shrinkage: float | None = None) -> None:
        self.shrinkage = shrinkage

    def fit(self, rows: np.ndarray, labels: np.ndarray) -> "ShrinkageLDA":
        """Fit on float [n, d] and int [n]; sets `classes_`, `coef_` [k, d] and `intercept_` [k]."""
        return self.fit_sums(Sums(rows, labels, np.zeros(len(rows), int)).of([0]))

    def fit_sums(self, known: Known) -> "ShrinkageLDA":
        """The same from the sums of such rows."""
        self.classes_, means = known.classes, known.means
        self.coef_ = self._directions(known, means) if self.shrinkage != 1.0 else means
        self.intercept_ = -0.5 * np.einsum("kd,kd->k", means, self.coef_)
        return self

    def _directions(self, known: Known, means: np.ndarray) -> np.ndarray:
        """The means times the inverse of the shrunk covariance, which is scaled to a mean variance of 1."""
        covariance, width = known.products() / np.asarray(known.count, means.dtype), means.shape[1]
        variance = np.trace(covariance) / width
        if variance <= np.finfo(means.dtype).eps:
            # One video a folder: nothing is known of how videos of a folder differ.
            return means
        share = self.shrinkage
        if share is None:
            share = ledoit_wolf(
                known.fourths(), float(np.square(covariance).sum(dtype=np.float64)), float(variance), known.count, width
            )
        covariance *= (1 - share) / variance
        covariance.flat[:: width + 1] += share
        # Not singular: Ledoit and Wolf's share is above 0 wherever rows are fewer than directions.
        covariance.flat[:: width + 1] += np.finfo(means.dtype).eps
        return np.linalg.solve(covariance, means.T).T


class TokenFolders:
    """Complement naive Bayes (Rennie 2003) on weighed tokens; those at home in most folders weigh nothing.

    As good as logistic regression and two points better than discriminants, at a thirtieth of the
    cost. Which tokens are in most folders is learned with the rest, so that no fold tells another.
    """

    def fit(self, rows: Any, labels: np.ndarray) -> "TokenFolders":
        """Fit on sparse [n, v] and int [n]; sets `classes_`, `coef_`, `intercept_`, and `kept_`: what weighs."""
        from scipy.sparse import csr_array
        from sklearn.naive_bayes import ComplementNB

        self.classes_, member = np.unique(labels, return_inverse=True)
        sizes = np.bincount(member)
        has = csr_array((np.ones(len(rows.data), np.float32), rows.indices, rows.indptr), rows.shape)
        one = csr_array((1 / sizes[member].astype(np.float32), (member, np.arange(len(member)))))
        share = (one @ has).toarray()
        most = share.max(axis=0)
        homes = (share >= AT_HOME * most).sum(axis=0)
        self.kept_ = np.flatnonzero((most > 0) & (homes <= len(sizes) / 2))
        if len(self.kept_):
            bayes = ComplementNB(alpha=TOKEN_SMOOTHING).fit(self.rows(rows), member)
            self.coef_ = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
        else:
            self.coef_ = np.zeros((len(sizes), 0))
        self.intercept_ = np.zeros(len(sizes))
        return self

    def rows(self, rows: Any) -> Any:
        """Weighed rows, sparse [n, v], in the columns that weigh, scaled to length 1."""
        return unit(rows[:, self.kept_])


@dataclass(frozen=True)
class Candidate:
    """One head with its setting; `fit` takes rows, labels and a seed and returns the fitted estimator.

    fit_sums: the same from sums of rows, of a head that needs no more than these.
    """

    name: str
    fit: Callable[[Any, np.ndarray, int], Any]
    fit_sums: Callable[[Known], Any] | None = None


def candidates(
    names: Sequence[str], strengths: tuple[float, ...], own: Mapping[str, Any] | None = None,
    trusted: Sequence[str] = (),
) -> tuple[Candidate, ...]:
    """The candidates with these names, simplest first; logistic regression once for each C of `strengths`.

    own: classifiers of others by name, of which nobody knows how simple they are: they come last, in their order.
    trusted: the types that they may hold.
    """
    known = {
        "centroid": [_discriminants("centroid", 1.0)],
        "lda": [_discriminants("lda", None)],
        "logistic": [Candidate(f"logistic C={strength:g}", _logistic(strength)) for strength in sorted(strengths)],
        "neighbours": [Candidate("neighbours", _neighbours)],
        "mlp": [Candidate("mlp", _mlp)],
    }
    known |= {name: [Candidate(name, fit_of(name, head, trusted))] for name, head in (own or {}).items()}
    return tuple(candidate for name, found in known.items() if name in names for candidate in found)


def cheap_candidates(rows: Preparation) -> tuple[Candidate, ...]:
    """The one head of a kind of evidence that is not pictures, so that further kinds cost next to nothing.

    Discriminants have nothing simpler to race against: shrunk as far as the rows ask for, they end at
    the nearest centroid.
    """
    return (Candidate("tokens", _tokens) if rows == "text" else _discriminants("lda", None),)


def _tokens(rows: Any, labels: np.ndarray, _: int) -> TokenFolders:
    return TokenFolders().fit(rows, labels)


def _discriminants(name: str, shrinkage: float | None) -> Candidate:
    return Candidate(
        name, lambda rows, labels, _: ShrinkageLDA(shrinkage).fit(rows, labels),
        lambda known: ShrinkageLDA(shrinkage).fit_sums(known),
    )


def _logistic(strength: float) -> Callable[[np.ndarray, np.ndarray, int], Any]:
    def fit(rows: np.ndarray, labels: np.ndarray, _: int) -> Any:
        from sklearn.linear_model import LogisticRegression

        # Stopped where accuracy no longer changes; a hundredth of this tolerance takes three times as long.
        return LogisticRegression(C=strength, class_weight="balanced", tol=1e-3, max_iter=300).fit(rows, labels)

    return fit


def _neighbours(rows: np.ndarray, labels: np.ndarray, _: int) -> Any:
    return _among(rows, labels, min(NEIGHBOURS, len(rows)))


def _among(rows: np.ndarray, labels: np.ndarray, count: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(count, metric="cosine", weights="distance", algorithm="brute").fit(rows, labels)


def _mlp(rows: np.ndarray, labels: np.ndarray, seed: int) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (MLP_HIDDEN,), alpha=1e-3, learning_rate_init=2e-2, batch_size=min(256, len(rows)), max_iter=MLP_PASSES,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # So many passes are the setting, not a failure to converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(rows[:, :MLP_DIRECTIONS] * np.float32(MLP_GAIN), labels)
    # Takes all directions at their own size from here on, as the other heads do.
    first = np.zeros((rows.shape[1], MLP_HIDDEN), rows.dtype)
    first[:MLP_DIRECTIONS] = network.coefs_[0] * np.float32(MLP_GAIN)
    network.coefs_[0] = first
    network.n_features_in_ = rows.shape[1]
    # Only needed to go on training, and no type that a model file may hold.
    del network._optimizer
    return network


def layers_of(estimator: Any) -> Layers | None:
    """A fitted estimator as dense layers (weights [in, out], biases), ReLU between; None for neighbours.

    The last layer has a column for each of `estimator.classes_`; with two folders, where
    scikit-learn keeps one score, the other one is 0.
    """
    if hasattr(estimator, "coef_"):
        layers = [(estimator.coef_.T, estimator.intercept_)]
    elif hasattr(estimator, "coefs_"):
        layers = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))
    else:
        return None
    weights, biases = layers[-1]
    if weights.shape[1] == 1:
        layers[-1] = np.hstack([np.zeros_like(weights), weights]), np.r_[np.zeros_like(biases), biases]
    return layers


def logits(estimator: Any, rows: Any, columns: int) -> np.ndarray:
    """Unnormalised log-probabilities, float [n, columns]; -inf for columns that were not in the labels.

    rows: float32 [n, r]; of words sparse, weighed and not yet scaled.
    """
    if isinstance(estimator, TokenFolders):
        rows = estimator.rows(rows)
    layers = layers_of(estimator)
    # A folder without a neighbour is improbable, not impossible.
    found = np.log(estimator.predict_proba(rows) + 1e-3) if layers is None else forward(layers, rows)
    spread = np.full((rows.shape[0], columns), -np.inf, found.dtype)
    spread[:, estimator.classes_] = found
    return spread


def forward(layers: Layers, rows: Any) -> np.ndarray:
    """Dense layers with ReLU between them: float [n, in] -> [n, out]."""
    for number, (weights, biases) in enumerate(layers):
        rows = (np.maximum(rows, 0) if number else rows) @ weights + biases
    return np.asarray(rows)


def expand(estimator: Any, directions: np.ndarray) -> Any:
    """The same estimator for rows in full features, where `rows_full @ directions` were the rows it was fitted on.

    `directions` is [d, r] with orthonormal columns; neighbours keep their rows in full features.
    """
    if isinstance(estimator, OwnHead):
        return OwnHead(estimator.estimator, directions)
    if hasattr(estimator, "coef_"):
        estimator.coef_ = estimator.coef_ @ directions.T
    elif hasattr(estimator, "coefs_"):
        estimator.coefs_[0] = directions @ estimator.coefs_[0]
    else:
        return estimator.fit(estimator._fit_X @ directions.T, estimator.classes_[estimator._y])
    if hasattr(estimator, "n_features_in_"):
        estimator.n_features_in_ = len(directions)
    return estimator


def arrays_of(head: Any) -> dict[str, np.ndarray]:
    """A fitted head (or its dense layers) as named arrays: layers, the rows that neighbours are among, or a file."""
    if isinstance(head, OwnHead):
        return {"own": np.frombuffer(to_bytes(head.estimator), np.uint8)} | (
            {} if head.directions is None else {"directions": head.directions}
        )
    layers = head if isinstance(head, list) else layers_of(head)
    if layers is None:
        return {"rows": head._fit_X, "labels": head.classes_[head._y], "neighbours": np.array(head.n_neighbors)}
    return {
        f"{name}{number}": values
        for number, layer in enumerate(layers)
        for name, values in zip(("weights", "biases"), layer, strict=True)
    }


def head_of(arrays: Mapping[str, np.ndarray], trusted: Collection[str] = ()) -> Any:
    """What `arrays_of` gave, as dense layers, as fitted neighbours or as it was; raises KeyError and ValueError.

    trusted: types that a head of others may hold; ArtifactError is raised for any other.
    """
    if "own" in arrays:
        return OwnHead(from_bytes(arrays["own"].tobytes(), trusted), arrays.get("directions"))
    if "rows" in arrays:
        return _among(arrays["rows"], arrays["labels"], int(arrays["neighbours"]))
    count = sum(name.startswith("weights") for name in arrays)
    return [(arrays[f"weights{number}"], arrays[f"biases{number}"]) for number in range(count)]
