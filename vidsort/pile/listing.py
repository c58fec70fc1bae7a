"""The JSON of the whole pile by filename, held in blocks, so that a move makes one of them anew and not all.

Of a very large pile it is not held at all, but made while it is sent.
"""

import bisect
from collections.abc import Iterator, Sequence

from .predictions import Predictions

BLOCK = 500
# Of more videos than these the text would take more than all else that is held of them.
MOST_HELD = 200_000
SENT_AT_ONCE = 5000


class Listing:
    """The list of all entries of these names, which are given in order; one at a time may use it."""

    def __init__(self, names: Sequence[str], predictions: Predictions) -> None:
        self.predictions = predictions
        # Never none, and none of them empty but a single one.
        self._blocks = [list(names[start : start + BLOCK]) for start in range(0, len(names), BLOCK)] or [[]]
        self._texts: list[bytes | None] = [None] * len(self._blocks)
        self._count = len(names)

    def put(self, name: str, shall_be_there: bool) -> None:
        """Take a name in or out."""
        at = self._at(name)
        block = self._blocks[at]
        index = bisect.bisect_left(block, name)
        is_there = index < len(block) and block[index] == name
        if is_there == shall_be_there:
            return
        if shall_be_there:
            block.insert(index, name)
        else:
            del block[index]
        self._count += 1 if shall_be_there else -1
        self._texts[at] = None
        if len(block) > 2 * BLOCK:
            self._blocks[at : at + 1] = [block[:BLOCK], block[BLOCK:]]
            self._texts.insert(at, None)
        elif not block and len(self._blocks) > 1:
            del self._blocks[at], self._texts[at]

    def follow(self, predictions: Predictions) -> bool:
        """Take these predictions in, of which few are others than before; False where nobody can tell which."""
        changed = predictions.changed_since(self.predictions)
        if changed is None:
            return False
        self.predictions = predictions
        for name in changed:
            self._texts[self._at(name)] = None
        return True

    def text(self) -> bytes:
        """The answer to the question for all videos."""
        return b'{"videos": [%b], "total": %d}' % (b", ".join(map(self._text, range(len(self._blocks)))), self._count)

    def _at(self, name: str) -> int:
        """The block in which a name is, or would be."""
        return max(0, bisect.bisect_right(self._blocks, [name], key=lambda block: block[:1]) - 1)

    def _text(self, at: int) -> bytes:
        """The entries of one block."""
        text = self._texts[at]
        if text is None:
            text = ", ".join(self.predictions.texts(self._blocks[at])).encode()
            self._texts[at] = text
        return text


def streamed(names: Sequence[str], predictions: Predictions) -> Iterator[bytes]:
    """The same answer piece by piece, of these names, which are given in order."""
    yield b'{"videos": ['
    for start in range(0, len(names), SENT_AT_ONCE):
        text = ", ".join(predictions.texts(names[start : start + SENT_AT_ONCE]))
        yield (", " if start else "").encode() + text.encode()
    yield b'], "total": %d}' % len(names)
