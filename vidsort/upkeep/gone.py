"""Which contents are no video's any more: of one library, and only where it is plain that they are gone.

A video that was moved or renamed is there under another path. A library that is away has lost nothing, nor has a folder
of it that cannot be read, or stands empty as the place of an unplugged drive does.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .. import library
from ..artifacts.owners import history_of, require_there
from ..errors import AwayError, NotFoundError
from ..features.contents import contents_of
from ..library.names import shown
from ..settings import Settings
from ..steps import counted
from ..store import Database
from ..store.cleaning import Content, contents_but, contents_under, mark_of_moves
from ..store.features import FeatureStore, storable

MOVING = "A video is being moved, or a move was cut off: what is gone is looked for once that has ended."


class Gone(NamedTuple):
    """What lay in a library and does not any more, with where its journal was when that was found out.

    dead: the contents among them that no other path is known to hold. away: why nothing can be told, empty where it
    can. notices: what is left as it is, and why.
    """

    library: str
    data_dir: bytes
    mark: int
    contents: tuple[Content, ...] = ()
    dead: frozenset[bytes] = frozenset()
    away: str = ""
    notices: tuple[str, ...] = ()


def gone_from(settings: Settings, home: Path, database: Database, *, knows_pictures: bool) -> Gone:
    """What is gone from the library of these settings; videos are opened only where they may be renamed ones.

    knows_pictures: whether each video that is there is to be known by its content, so that a picture of an unknown one
    is nobody's.
    """
    name, data_dir = history_of(home, settings.data_dir), os.fsencode(settings.data_dir)
    mark = mark_of_moves(database.connection(), name)
    try:
        require_there(home, settings.data_dir)
        there = library.videos(settings.data_dir, "any")
    except (AwayError, NotFoundError) as error:
        return Gone(name, data_dir, mark, away=str(error))
    if mark < 0:
        return Gone(name, data_dir, mark, notices=(MOVING,))
    store, paths = FeatureStore(database), {os.fsencode(video.path) for video in there}
    read = store.remembered_contents(there)
    unread = [video for video in there if video not in read]
    # What was moved is known by these until it is read where it lies now.
    facts = {(os.fsencode(video.filename), video.size_bytes, storable(video.mtime_ns)) for video in unread}
    missing = [
        row for row in contents_under(database, data_dir)
        if row.path not in paths and (row.path.rpartition(b"/")[2], row.size_bytes, row.mtime_ns) not in facts
        and _is_gone(row.path)
    ]
    missing, notices = _without_empty_folders(settings.data_dir, missing)
    # What was never read may be one of the missing under another name: a video of the same size.
    sizes = {row.size_bytes for row in missing}
    contents_of(store, [video for video in unread if knows_pictures or video.size_bytes in sizes])
    dead = frozenset(row.content for row in missing) - contents_but(database, {row.path for row in missing})
    return Gone(name, data_dir, mark, tuple(missing), dead, notices=tuple(notices))


def _is_gone(path: bytes) -> bool:
    """Whether nothing has this name, and that can be seen."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _without_empty_folders(data_dir: Path, missing: Iterable[Content]) -> tuple[list[Content], list[str]]:
    """Those that did not lie in a folder that is there and holds nothing at all, and what to tell of the others."""
    folders = Counter(Path(os.fsdecode(row.path)).parent for row in missing)
    empty = {folder: count for folder, count in folders.items() if folder != data_dir and _is_empty(folder)}
    found = [row for row in missing if Path(os.fsdecode(row.path)).parent not in empty]
    notices = [
        f"The folder {shown(folder.name)} stands empty, and {counted(count, 'video')} lay in it: what is known of them "
        "is kept, as its drive may be away; remove the folder if they are gone."
        for folder, count in sorted(empty.items())
    ]
    return found, notices


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False

