"""Lists folders in a process of its own, and tells what came into each and left it since it was listed before.

Reads a question a line until its starter is gone; an answer is a line that says how many lines of names follow for each
kind. A listing of a million names would take the interpreter from whoever presses a key, a hundred times over.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, get_args

from ...errors import VidsortError
from ...records import VideoNames
from ..listed import list_folder, list_root
from ..names.in_order import BLOCK

ROOT = ""
# What is told of a folder by names, in this order.
KINDS = ("videos", "beside", "gone")


class Lister:
    """What was told of each folder."""

    def __init__(self, data_dir: Path, video_names: VideoNames) -> None:
        self._data_dir, self._video_names = data_dir, video_names
        self._told: dict[str, set[str]] = {}

    def answer(
        self, folder: str, touched: set[str], *, is_anew: bool
    ) -> tuple[dict[str, Any], Mapping[str, Sequence[str]]]:
        """What is told of a folder, and its names by KINDS, sorted; of those that were `touched` in any case.

        is_anew: as if it had not been listed before. Where it cannot be listed only that is told.
        """
        told = self._told.pop(folder, set())
        if is_anew:
            told = set()
        known = told - touched
        try:
            listing = (
                list_root(self._data_dir, self._video_names, known or None) if folder == ROOT
                else list_folder(self._data_dir / folder, self._video_names, known or None)
            )
        except (VidsortError, OSError):
            return {"is_listed": False}, {}
        if "closed" in listing.left_out.counts:
            return {"is_listed": False}, {}
        came = {*listing.videos, *listing.beside}
        gone = known | (touched - came)
        told.difference_update(gone)
        told.update(came)
        self._told[folder] = told
        names: dict[str, Sequence[str]] = {"videos": listing.videos, "beside": listing.beside, "gone": sorted(gone)}
        return {
            "is_listed": True, "folders": listing.folders, "counts": listing.left_out.counts,
            "examples": listing.left_out.examples,
        }, names


def in_lines(names: Sequence[str]) -> Iterator[bytes]:
    """Names as lines of JSON, so many in each that no reader is kept long by one."""
    for start in range(0, len(names), BLOCK):
        yield json.dumps(names[start : start + BLOCK]).encode() + b"\n"


def serve(questions: BinaryIO, answers: BinaryIO, lister: Lister) -> None:
    """Answer each question until there are no more."""
    for question in questions:
        asked = json.loads(question)
        told, names = lister.answer(asked["folder"], set(asked["touched"]), is_anew=asked["is_anew"])
        told["lines"] = {kind: -(-len(names.get(kind, ())) // BLOCK) for kind in KINDS}
        answers.write(json.dumps(told).encode() + b"\n")
        for kind in KINDS:
            answers.writelines(in_lines(names.get(kind, ())))
        answers.flush()


def main() -> None:
    """Answer whoever started this process, about the library and by the rule of names that it was started with."""
    rule = next(each for each in get_args(VideoNames) if each == sys.argv[2])
    serve(sys.stdin.buffer, sys.stdout.buffer, Lister(Path(sys.argv[1]), rule))
