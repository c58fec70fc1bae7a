"""How the folders are doing: which are thin, which are mixed, and which two look like one."""

from collections.abc import Mapping, Sequence
from typing import Any

from .records import Record

# Below this recall more than every second video would be put elsewhere.
MIXED_RECALL = 0.6
# So large a share of the videos of two folders is taken for the other one's.
ALIKE_SHARE = 0.2
FEW_VIDEOS = 10


class FolderHealth(Record):
    """One folder: its videos, the share recognised with its 95 % interval, and what is wrong with it, if anything.

    `mistaken_for` is the folder that most of its missed videos are put into.
    """

    folder: str
    videos: int
    recall: float
    low: float
    high: float
    mistaken_for: str | None
    advice: str


def folder_health(metrics: Mapping[str, Any]) -> list[FolderHealth]:
    """A row a folder from what metrics.json holds, the one that needs most attention first."""
    names = list(metrics["folders"])
    rows = []
    for number, name in enumerate(names):
        score = metrics["folders"][name]
        taken = [count if other != number else 0 for other, count in enumerate(metrics["confusion"][number])]
        mistaken_for = names[taken.index(max(taken))] if max(taken) else None
        recall = score["recall"]
        rows.append(
            FolderHealth(
                folder=name, videos=score["count"], recall=recall["value"], low=recall["low"], high=recall["high"],
                mistaken_for=mistaken_for, advice=_advice(score, mistaken_for),
            )
        )
    return sorted(rows, key=lambda row: (not row.advice, row.recall, row.folder))


def _advice(score: Mapping[str, Any], mistaken_for: str | None) -> str:
    if score["thin"]:
        return "too few videos to judge: label more"
    found = []
    if score["count"] < FEW_VIDEOS:
        found.append("thin: label more")
    if score["recall"]["value"] < MIXED_RECALL:
        found.append(f"mixed, or too like {mistaken_for}" if mistaken_for else "mixed: split it or label more")
    return "; ".join(found)


def look_alikes(metrics: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """Pairs of folders that look like one, most alike first, with the share of their videos taken for the other's."""
    names: Sequence[str] = list(metrics["folders"])
    confusion = metrics["confusion"]
    pairs = []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            videos = sum(confusion[first]) + sum(confusion[second])
            swapped = confusion[first][second] + confusion[second][first]
            if videos and swapped / videos >= ALIKE_SHARE:
                pairs.append((names[first], names[second], swapped / videos))
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))
