"""Where videos lie, with size and time, by which it is seen that some were moved and none is another."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...records import Video
from ..disk import Snapshot
from ..kind import video_facts

# More than these at once are rather looked at with all others.
FEW = 1000
Facts = tuple[int, int]


class Places:
    """The videos of a library as they were listed, and where they have gone since; one at a time may use it."""

    def __init__(self, videos: Iterable[Video]) -> None:
        self._facts: dict[str, dict[str, Facts]] = {}
        for video in videos:
            self._facts.setdefault(video.folder or "", {})[video.filename] = (video.size_bytes, video.mtime_ns)
        # The names of each folder as they were compared last: where they are the same object, nothing has changed.
        self._names: dict[str, Sequence[str]] = {}

    def follow(self, data_dir: Path, snapshot: Snapshot) -> bool:
        """Whether all that came and went since then was moved: it has its name, size and time.

        Costs a look at each video that was, and at the names of folders that have changed. What has come, has gone or
        is another makes it false, also the next time.
        """
        now = {"": snapshot.unsorted, **snapshot.folders}
        came: list[tuple[str, str]] = []
        gone: list[tuple[str, str]] = []
        for folder in self._facts.keys() | now.keys():
            names = now.get(folder, ())
            if self._names.get(folder) is not names:
                known = self._facts.get(folder, {})
                came += [(folder, name) for name in names if name not in known]
                gone += [(folder, name) for name in known.keys() - set(names)]
        if len(came) != len(gone) or len(came) > FEW:
            return False
        left = sorted((name, self._facts[folder][name]) for folder, name in gone)
        arrived: list[tuple[str, Facts]] = []
        for folder, name in came:
            facts = video_facts(data_dir / folder / name)
            if facts is None:
                return False
            arrived.append((name, (facts.st_size, facts.st_mtime_ns)))
        if sorted(arrived) != left:
            return False
        for folder, name in gone:
            del self._facts[folder][name]
        for (folder, name), (_, known_by) in zip(came, arrived, strict=True):
            self._facts.setdefault(folder, {})[name] = known_by
        self._names = now
        return True
