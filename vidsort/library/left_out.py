"""What is left out of a library, and why: counted while folders are listed, told on every surface."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..records import LeftOut
from .names import LET_IN, shown

EXAMPLES = 2


class _Words(NamedTuple):
    """How one reason is told: of one, of many, and what can be done."""

    one: str
    many: str
    mend: str


WORDS: Mapping[str, _Words] = {
    "names": _Words(
        "video is left out because of its name", "videos are left out because of their names",
        f"only names of digits and .mp4 are taken, like 7234567890.mp4: set {LET_IN} to let in the others",
    ),
    "unusable_names": _Words(
        "video is left out because its name cannot be used", "videos are left out because their names cannot be used",
        "there are control characters in it, it is no valid Unicode, or it is over-long: give each another name",
    ),
    "links": _Words(
        "link is left alone", "links are left alone",
        "what a link leads to may lie outside the library: put the video or the folder itself in its place",
    ),
    "folders": _Words(
        "folder cannot be used because of its name", "folders cannot be used because of their names",
        "there is .. or a backslash in it, it is no valid Unicode, or it is over-long: give each another name",
    ),
    "too_deep": _Words(
        "video is left out because it lies one level too deep",
        "videos are left out because they lie one level too deep",
        "folders inside folders are not looked into: move each into the folder above, or that folder into the library",
    ),
    "closed": _Words(
        "folder is taken for empty because it cannot be read",
        "folders are taken for empty because they cannot be read",
        "see that you may list it, and that its disk is there",
    ),
    "unreadable": _Words(
        "video cannot be read", "videos cannot be read",
        "`vidsort doctor --all` says of each why; put a whole copy in its place, or remove it",
    ),
    "words": _Words(
        "file of words cannot be read", "files of words cannot be read",
        "`vidsort doctor --all` says of each why; export it anew, or remove it",
    ),
}


@dataclass
class Tally:
    """How many are left out of one folder, or of several, by the kind of reason, and the first few of each."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, place: str) -> None:
        """One more; `place` is relative to the library."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(_fit(place))


def told(tallies: Iterable[Tally]) -> list[LeftOut]:
    """All of them together, a row a reason that there is."""
    whole = Tally()
    for tally in tallies:
        for kind, count in tally.counts.items():
            whole.counts[kind] = whole.counts.get(kind, 0) + count
            whole.examples.setdefault(kind, []).extend(tally.examples[kind])
    return [
        LeftOut(
            kind=kind, count=count, examples=tuple(sorted(whole.examples[kind])[:EXAMPLES]), mend=words.mend,
            reason=f"{count} {words.one if count == 1 else words.many}",
        )
        for kind, words in WORDS.items() if (count := whole.counts.get(kind, 0))
    ]


def sentence(left_out: LeftOut) -> str:
    """As one line: what is left out, for example which, and what to do."""
    more = ", …" if left_out.count > len(left_out.examples) else ""
    return f"{left_out.reason} ({', '.join(left_out.examples)}{more}): {left_out.mend}."


def _fit(place: str) -> str:
    """A place as it can be shown: bytes that are no Unicode and control characters by their codes."""
    text = os.fsencode(place).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else shown(text)[1:-1]
