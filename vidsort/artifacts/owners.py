"""Whose artifacts are whose: each library finds its own models and predictions again, and none touches another's.

    artifacts/library.json             which library the artifacts themselves belong to: the first one
    artifacts/libraries/<id>/          the same for each further one: models, predictions, current.json …

A library is known by its path; where that has gone, by the names of its videos (a sketch of them is kept), so that
one that was moved is found again. The database with features and the journal is one for all of them.
"""

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import filelock
from pydantic import ValidationError

from ..errors import ArtifactError, AwayError, NotFoundError
from ..library import Snapshot, scan
from ..records import Record
from ..settings import Settings
from ..store import open_database
from ..store.database import LIBRARIES, shared_dir
from ..store.journal import rename_library
from .files import as_json, read_file, write_whole

OWNER_NAME = "library.json"
LOCK_NAME = "owners.lock"
LOCK_TIMEOUT_S = 30
# So many names are kept to know a library again: those whose hashes are the lowest, which are the same ones wherever
# videos lie (Broder 1997).
SKETCHED = 64
# From such a share of names on it is the same library, with some videos come or gone.
LEAST_ALIKE = 0.5
log = logging.getLogger(__name__)


class Owner(Record):
    """A library as it was when it was last looked at: its real path, its device, what was in it.

    `home` is where these artifacts were then: where they have been copied along with their library, the
    one that they came from may still lie at its path.
    """

    path: str
    home: str = ""
    device: int | None = None
    videos: int = 0
    folders: tuple[str, ...] = ()
    sketch: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing in it."""
        return not self.videos and not self.folders

    def is_like(self, other: "Owner") -> bool:
        """Whether most of what was in one is in the other."""
        names = set(self.sketch), set(other.sketch)
        if not all(names):
            return not any(names) and bool(set(self.folders) & set(other.folders))
        return len(names[0] & names[1]) >= LEAST_ALIKE * min(len(names[0]), len(names[1]))


def owner_of(home: Path) -> Owner | None:
    """Whose artifacts these are; None where nobody's yet. Raises ArtifactError for a damaged record."""
    path = home / OWNER_NAME
    try:
        return Owner.model_validate_json(read_file(path))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ArtifactError(
            f"{path} is damaged: remove it; the library that is used next takes these artifacts over."
        ) from error


def seen(data_dir: Path, snapshot: Snapshot | None = None) -> Owner:
    """What is in a library now; raises NotFoundError where it is not there."""
    # Whatever the setting of names: what it leaves out is there all the same.
    now = snapshot or scan(data_dir, "any")
    names = [*now.unsorted, *(name for names in now.folders.values() for name in names)]
    return Owner(
        path=os.path.realpath(data_dir), device=data_dir.stat().st_dev, videos=len(names),
        folders=tuple(sorted(now.folders)), sketch=_sketch(names),
    )


def at_home(settings: Settings) -> Settings:
    """These settings with the place of their library's own artifacts; gives the library one if it has none.

    The same for settings that are at home already. Raises AwayError where the library is plainly not
    the one that it was.
    """
    home = home_of(settings.artifacts_dir, settings.data_dir)
    require_there(home, settings.data_dir)
    return settings.model_copy(update={"artifacts_dir": home})


def home_of(artifacts_dir: Path, data_dir: Path) -> Path:
    """The place of a library's own artifacts; a library that is not there yet, and unknown, gets none on disk."""
    root, path = shared_dir(artifacts_dir), os.path.realpath(data_dir)
    known = {owner.path: home for home, owner in _owners(root)}
    if path in known:
        return known[path]
    if not data_dir.is_dir():
        return root if owner_of(root) is None else _place(root, path)
    with _alone(root):
        now = seen(data_dir)
        for home, owner in _owners(root):
            if owner.path == path:
                return home
            is_free = not Path(owner.path).is_dir() or owner.home != os.path.realpath(home)
            if is_free and not owner.is_empty and owner.is_like(now):
                log.warning("The library %s is the one that lay at %s.", path, owner.path)
                _follow(root, home, owner, now)
                return home
        first = owner_of(root)
        is_free = first is None or (first.is_empty and not (root / "current.json").exists())
        home = root if is_free else _place(root, path)
        _write(home, now)
        return home


def remember(home: Path, now: Owner) -> None:
    """Write down what is in a library, to know it again; what is empty now and was not is not taken for the same."""
    before, now = owner_of(home), now.model_copy(update={"home": os.path.realpath(home)})
    if before != now and (before is None or before.is_empty or not now.is_empty):
        _write(home, now)


def choose_anew(artifacts_dir: Path, data_dir: Path) -> None:
    """Take a library for what it is now, also where that is plainly not what it was: somebody has said so."""
    _write(home_of(artifacts_dir, data_dir), seen(data_dir))


def adopt(artifacts_dir: Path, data_dir: Path, old_path: Path) -> Path:
    """Give a library the artifacts and the history of the one that lay at `old_path`; raises NotFoundError."""
    root = shared_dir(artifacts_dir)
    with _alone(root):
        for home, owner in _owners(root):
            if owner.path in (str(old_path), os.path.realpath(old_path)):
                _follow(root, home, owner, seen(data_dir))
                return home
    paths = ", ".join(owner.path for _, owner in _owners(root)) or "none"
    raise NotFoundError(f"No library at {old_path} has artifacts in {root}; those that have: {paths}.")


def require_there(home: Path, data_dir: Path, snapshot: Snapshot | None = None) -> None:
    """Raise AwayError where a library that had something in it is empty now, or another one on another device."""
    owner = owner_of(home)
    if owner is None or owner.is_empty or owner.path != os.path.realpath(data_dir) or not data_dir.is_dir():
        return
    now = seen(data_dir, snapshot)
    if snapshot is not None and (now.is_empty or now.device != owner.device):
        now = seen(data_dir)
    if now.is_empty:
        what = "is empty now"
    elif now.device != owner.device and not owner.is_like(now):
        what = "is another one on another device now"
    else:
        return
    raise AwayError(
        f"The library {data_dir} held {owner.videos} videos in {len(owner.folders)} folders and {what}: plug its drive "
        "in, or choose it anew on the page or by `vidsort adopt`."
    )


def _owners(root: Path) -> Iterator[tuple[Path, Owner]]:
    for home in (root, *sorted((root / LIBRARIES).glob("*"))):
        owner = owner_of(home) if home.is_dir() else None
        if owner is not None:
            yield home, owner


def _place(root: Path, path: str) -> Path:
    return root / LIBRARIES / hashlib.blake2b(os.fsencode(path), digest_size=6).hexdigest()


def _follow(root: Path, home: Path, before: Owner, now: Owner) -> None:
    """Let artifacts and history go with a library to its new path."""
    with contextlib.closing(open_database(root)) as database:
        rename_library(database, before.path, now.path)
    _write(home, now)


def _write(home: Path, owner: Owner) -> None:
    write_whole(home / OWNER_NAME, as_json(owner.model_copy(update={"home": os.path.realpath(home)})))


def _sketch(names: Iterable[str]) -> tuple[str, ...]:
    digests = {hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest() for name in names}
    return tuple(sorted(digests)[:SKETCHED])


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One at a time decides whose artifacts are whose, across processes."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(root / LOCK_NAME, timeout=LOCK_TIMEOUT_S):
            yield
    except filelock.Timeout as error:
        raise ArtifactError("Another vidsort is finding a library's artifacts and does not end: try again.") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise ArtifactError(f"{root} cannot be written ({why}): choose another artifacts_dir.") from error
