"""A package of somebody else, as it is found by its entry points: a head."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class NearestMean(ClassifierMixin, BaseEstimator):
    """As probable as the mean of a folder is near."""

    def __init__(self, sharpness: float = 8.0) -> None:
        self.sharpness = sharpness

    def fit(self, rows, labels):
        self.classes_ = np.unique(labels)
        self.means_ = np.stack([rows[labels == one].mean(axis=0) for one in self.classes_])
        return self

    def predict_proba(self, rows):
        scores = np.exp(-self.sharpness * np.linalg.norm(rows[:, None] - self.means_, axis=2))
        return scores / scores.sum(axis=1, keepdims=True)
