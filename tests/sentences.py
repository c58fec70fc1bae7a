"""A sentence model for tests, in the place of the real one: a few words of several languages mean one thing."""

import zlib

import numpy as np

MEANT = {
    "dog": "dog dogs puppy welpe perrito собака", "food": "food cooking recipe rezept potatoes noodles",
    "trip": "travel train island strand",
}
AXIS_OF = {word: axis for axis, words in enumerate(MEANT.values()) for word in words.split()}
WIDTH = 32


class Concepts:
    """Texts -> float32 [n, 32] of length 1: an axis for each thing that is meant, noise for all other words."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def query(self, texts: list[str]) -> np.ndarray:
        """As `passage`; questions are not counted."""
        return np.array([_vector(text) for text in texts], np.float32)

    def passage(self, texts: list[str]) -> np.ndarray:
        """Of texts that are looked through, which are remembered in `encoded`."""
        self.encoded += texts
        return self.query(texts)


def _vector(text: str) -> np.ndarray:
    vector = np.full(WIDTH, 0.05)
    for word in text.lower().replace("#", " ").split():
        if word in AXIS_OF:
            vector[AXIS_OF[word]] += 1
        else:
            vector += 0.05 * np.random.default_rng(zlib.crc32(word.encode())).normal(size=WIDTH)
    return vector / np.linalg.norm(vector)
