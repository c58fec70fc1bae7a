"""What changed in the root of a library, version by version, so that who keeps a list of it need not make it anew."""

import collections
from collections.abc import Mapping

from .held import FEW

# Versions of which it is remembered what changed; who asks for older ones reads the whole list.
VERSIONS_KEPT = 1000


class Versions:
    """`now` grows with each change that shows; one at a time may use it."""

    def __init__(self) -> None:
        self.now = 0
        self._changes: collections.deque[tuple[int, Mapping[str, bool]]] = collections.deque(maxlen=VERSIONS_KEPT)

    def publish(self, changed: Mapping[str, bool] | None) -> None:
        """A new version with what came into the root (True) or left it; None: too much to be told one by one."""
        self.now += 1
        if changed is None or len(changed) > FEW:
            self._changes.clear()
        else:
            self._changes.append((self.now, changed))

    def since(self, version: int | None) -> dict[str, bool] | None:
        """What came into the root or left it since a version; None where that is too long ago to tell."""
        if version == self.now:
            return {}
        if version is None or not self._changes or self._changes[0][0] > version + 1:
            return None
        changed: dict[str, bool] = {}
        for number, change in self._changes:
            if number > version:
                changed |= change
        return changed
