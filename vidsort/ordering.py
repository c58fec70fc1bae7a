"""Which labelled videos deserve a second look, and which of them explain a prediction."""

import numpy as np

from .basis import root
from .comparison import OutOfFold
from .records import Record


class Suspect(Record):
    """A sorted video that may lie in the wrong folder.

    `own` and `other` are the out-of-fold probabilities of the folder it is in and of the suggested one.
    """

    filename: str
    folder: str
    suggested: str
    own: float
    other: float


class Neighbour(Record):
    """A labelled video that is like another one: cosine similarity, 1 for the same."""

    row: int
    similarity: float


def likely_misfiled(evidence: OutOfFold) -> list[Suspect]:
    """Sorted videos that another folder claims with good reason, the most suspicious first.

    Confident learning (Northcutt 2021): a folder claims a video when its probability there is at
    least the mean that the folder's own videos get, so that a folder which is sure of little can
    still claim, and one which is sure of everything must be sure.
    """
    shares = [dict(ranked) for ranked in evidence.ranked]
    own_shares: dict[str, list[float]] = {}
    for label, share, scored in zip(evidence.labels, shares, evidence.scored, strict=True):
        if scored:
            own_shares.setdefault(label, []).append(share.get(label, 0.0))
    bar = {label: sum(found) / len(found) for label, found in own_shares.items()}
    suspects = []
    for row, share in enumerate(shares):
        label = evidence.labels[row]
        own = share.get(label, 0.0)
        claims = [(other, name) for name, other in share.items() if name in bar and other >= bar[name] and other > own]
        if not evidence.scored[row] or not claims:
            continue
        other, suggested = max(claims)
        suspects.append(
            Suspect(filename=evidence.filenames[row], folder=label, suggested=suggested, own=own, other=other)
        )
    return sorted(suspects, key=lambda suspect: (suspect.own - suspect.other, suspect.filename))


def nearest_labelled(features: np.ndarray, labelled: np.ndarray, count: int = 5) -> list[list[Neighbour]]:
    """For each video the labelled ones that are most like it, best first.

    features: float32 [n, d] and labelled: float32 [m, d], as stored. Similarity is the cosine of
    rooted features centred on the labelled ones, which is close to what the heads see.
    """
    if not len(labelled) or not len(features):
        return [[] for _ in range(len(features))]
    known = root(labelled)
    mean = known.mean(axis=0)
    similarity = _unit(root(features) - mean) @ _unit(known - mean).T
    best = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    return [
        [Neighbour(row=int(row), similarity=float(similarity[video, row])) for row in rows]
        for video, rows in enumerate(best)
    ]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
