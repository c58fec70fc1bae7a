"""Folders that look like two: many of their videos are much alike and have nothing in common with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...learning.rows.parts import Part
from .closeness import Space, layers
from .clusters import LEAST, MOST_PAIRED, groups_of

# Each side has so large a share of a folder at least: what is less is a few odd ones, and those are likely misfiled.
LEAST_SHARE = 0.25
# The mean cosine of the two sides. That of two folders of pacs is -.04 to .00, and .06 that of the drawings of houses
# with its other houses; folders that show one thing are above .2 throughout.
APART = 0.1


@dataclass(frozen=True)
class Halves:
    """A folder that looks like two.

    rows: of the videos that are much alike, the most typical first. rest: how many others it has. apart: the mean
    cosine of the two sides.
    """

    folder: str
    rows: tuple[int, ...]
    rest: int
    apart: float


def halves(parts: Mapping[str, Part], folders: Sequence[str]) -> list[Halves]:
    """The folders that look like two, the plainest first; pure, and the same for the same input.

    parts: by kind of evidence, n rows each; folders: the folder of each. Judged by what groups of the pile are judged
    by, pictures before words; videos that lack it are on neither side.
    """
    names = np.array(folders, object)
    found = []
    for layer in layers(parts)[:1]:
        some = np.arange(0, len(names), max(1, -(-len(names) // MOST_PAIRED)))
        rows = Space.of({name: parts[name].at(some) for name in layer}).rows({name: parts[name] for name in layer})
        usable = np.abs(rows).sum(axis=1) > 0
        for folder in sorted(set(folders)):
            inside = np.flatnonzero((names == folder) & usable)
            one = _side(rows[inside])
            if one is not None:
                rest = np.setdiff1d(np.arange(len(inside)), one)
                apart = float(rows[inside[one]].mean(axis=0) @ rows[inside[rest]].mean(axis=0))
                if apart <= APART:
                    found.append(Halves(folder, tuple(inside[one].tolist()), len(rest), apart))
    return sorted(found, key=lambda one: (one.apart, one.folder))


def _side(rows: np.ndarray) -> np.ndarray | None:
    """The largest group of videos that are much alike, where it and the rest are both large enough."""
    least = max(LEAST, int(np.ceil(LEAST_SHARE * len(rows))))
    groups = groups_of(rows, least=least) if len(rows) >= 2 * least else []
    return next((group for group in groups if len(rows) - len(group) >= least), None)
