"""Classifiers of scikit-learn's form as heads: which there are by entry points, what each is called, how it is fitted.

A package brings a head by an entry point of the group `vidsort.heads`: its name is the head's, and what it names is a
classifier with `predict_proba`, or the class of one.
"""

import importlib.metadata
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import SettingsError, VidsortError
from ...steps import counted, unknown
from .trust import require_trusted

GROUP = "vidsort.heads"
BUILT_IN = ("centroid", "lda", "logistic", "neighbours", "mlp")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)


class OwnHead:
    """A fitted classifier of somebody's own, with the two uses that heads have.

    estimator: has learned from rows [n, r] and labels that are column numbers. directions: float [d, r], by which rows
    in full features become those; None while it is asked about the rows that it has learned from.
    """

    def __init__(self, estimator: Any, directions: np.ndarray | None = None) -> None:
        self.estimator, self.directions = estimator, directions
        self.classes_ = np.asarray(estimator.classes_)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities, float [n, k], a column for each of `classes_`."""
        return np.asarray(self.estimator.predict_proba(rows if self.directions is None else rows @ self.directions))


def check_names(names: Sequence[str]) -> None:
    """Raise SettingsError for a name that is neither of a head of vidsort nor of one that an entry point names."""
    strange = [name for name in names if name not in BUILT_IN]
    if strange:
        found = _entry_points()
        for name in strange:
            if name not in found:
                raise SettingsError(unknown(name, "head", [*BUILT_IN, *found]))


def own_heads(names: Iterable[str]) -> dict[str, Any]:
    """Those of these names that are not vidsort's, as classifiers that are not fitted; raises SettingsError."""
    strange = [name for name in names if name not in BUILT_IN]
    if not strange:
        return {}
    check_names(strange)
    found = _entry_points()
    return {name: _loaded(found[name]) for name in strange}


def named_heads(heads: Iterable[Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names of heads and classifiers as names of all, and the classifiers by name; those are called as their classes.

    Raises SettingsError for what is no classifier with `predict_proba`, and for a name that there is not.
    """
    names: list[str] = []
    own: dict[str, Any] = {}
    for head in heads:
        if isinstance(head, str):
            names.append(head)
            check_names([head])
            own |= own_heads([head])
            continue
        estimator = _checked(head, f"{head!r:.60}")
        called = type(estimator).__name__
        name = next(one for at in range(1, 100) if (one := called if at == 1 else f"{called}_{at}") not in own)
        names.append(name)
        own[name] = estimator
    if not names:
        raise SettingsError("No head is given: name one, or leave heads out, which takes those that are set.")
    return tuple(dict.fromkeys(names)), own


def fit_of(name: str, estimator: Any, trusted: Sequence[str]) -> Callable[[np.ndarray, np.ndarray, int], OwnHead]:
    """What fits a copy of a classifier on rows, labels and a seed; trusted: the types that it may hold.

    Its first fit shows whether it could be read again, before all others take their time.
    """
    is_known = False

    def fit(rows: np.ndarray, labels: np.ndarray, seed: int) -> OwnHead:
        nonlocal is_known
        head = fit_own(name, estimator, rows, labels, seed)
        if not is_known:
            require_trusted(name, head.estimator, trusted)
            is_known = True
        return head

    return fit


def fit_own(name: str, estimator: Any, rows: np.ndarray, labels: np.ndarray, seed: int) -> OwnHead:
    """A copy of a classifier that has learned, drawn from this seed wherever it draws and was given none.

    Raises VidsortError where it cannot learn.
    """
    from sklearn.base import clone

    try:
        copy = clone(estimator)
        parameters = copy.get_params()
        unset = {key: seed for key, value in parameters.items() if _is_seed(key) and value is None}
        return OwnHead(copy.set_params(**unset).fit(rows, labels))
    except Exception as error:  # whatever another package raises ends in one sentence
        raise VidsortError(
            f"The head {name} cannot learn from {counted(len(labels), 'video')} ({type(error).__name__}: "
            f"{error!s:.200}): leave it out of [train] heads, or sort more videos into the smallest folders."
        ) from error


def _is_seed(parameter: str) -> bool:
    return parameter.rpartition("__")[2] == "random_state"


def _entry_points() -> Mapping[str, importlib.metadata.EntryPoint]:
    return {
        point.name: point for point in importlib.metadata.entry_points(group=GROUP)
        if NAME.fullmatch(point.name) and point.name not in BUILT_IN
    }


def _loaded(point: importlib.metadata.EntryPoint) -> Any:
    try:
        found = point.load()
    except Exception as error:  # whatever another package raises when it is imported
        raise SettingsError(
            f"The head {point.name} cannot be loaded from {point.value} ({type(error).__name__}: {error!s:.200}): mend "
            "or remove that package, or leave the head out."
        ) from error
    return _checked(found, point.name)


def _checked(head: Any, name: str) -> Any:
    """A classifier that is not fitted; of a class the one with its defaults."""
    try:
        estimator = head() if inspect.isclass(head) else head
    except TypeError as error:
        raise SettingsError(
            f"The head {name} cannot be made without arguments ({error}): hand over one that is made."
        ) from error
    lacking = [method for method in ("fit", "predict_proba", "get_params") if not hasattr(estimator, method)]
    if lacking:
        raise SettingsError(
            f"The head {name} has no {lacking[0]}: a head is a classifier of scikit-learn's form with predict_proba "
            "(`CalibratedClassifierCV` gives it to one without)."
        )
    return estimator
