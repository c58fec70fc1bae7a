"""The features of a video's frames and crops to one vector."""

from typing import Literal

import numpy as np

Pooling = Literal["mean"]


def pool(features: np.ndarray, pooling: Pooling) -> np.ndarray:
    """One L2-normalised vector of a video: float32 [crops of all frames, d], each L2-normalised -> float32.

    "mean" is their mean (length d). Raises ValueError where there are none.
    """
    if not features.size:
        raise ValueError(f"There is nothing to pool in features of shape {features.shape}.")
    vector = {"mean": features.mean(axis=0)}[pooling]
    return vector / max(float(np.linalg.norm(vector)), np.finfo(np.float32).tiny)
