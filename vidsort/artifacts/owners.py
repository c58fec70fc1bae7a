"""Whose artifacts are whose: each library finds its own models and predictions again, and none touches another's.

    artifacts/library.json             which library the artifacts themselves belong to: the first one
    artifacts/libraries/<id>/          the same for each further one: models, predictions, current.json …

A library is known by its path while the folder there is the one that it was, or holds most of what it held; else it is
looked for by that (a sketch of its videos is kept), so that one that was moved is found again. The database with
features and the journal is one for all of them.
"""

import contextlib
import hashlib
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import filelock
from pydantic import ValidationError

from ..errors import ArtifactError, AwayError, NotFoundError
from ..library import Snapshot, nothing_in, scan
from ..settings import Settings
from ..steps import counted
from ..store import open_database
from ..store.database import LIBRARIES, LIBRARY_ID, shared_dir
from ..store.journal import has_history
from .files import as_json, read_file, write_whole
from .recognition import Owner, at_a_glance, facts_of, seen

OWNER_NAME = "library.json"
LOCK_NAME = "owners.lock"
LOCK_TIMEOUT_S = 30
log = logging.getLogger(__name__)


def owner_of(home: Path) -> Owner | None:
    """Whose artifacts these are; None where nobody's yet. Raises ArtifactError for a damaged record."""
    path = home / OWNER_NAME
    try:
        owner = Owner.model_validate_json(read_file(path))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ArtifactError(
            f"{path} is damaged: remove it; the library that is used next takes these artifacts over."
        ) from error
    return owner if owner.history else owner.model_copy(update={"history": owner.path})


def at_home(settings: Settings) -> Settings:
    """These settings with the place of their library's own artifacts; gives the library one if it has none.

    The same for settings that are at home already. Raises AwayError where the library is plainly not
    the one that it was.
    """
    home = home_of(settings.artifacts_dir, settings.data_dir)
    require_there(home, settings.data_dir)
    return settings.model_copy(update={"artifacts_dir": home})


def home_of(artifacts_dir: Path, data_dir: Path, *, remembers_later: bool = False) -> Path:
    """The place of a library's own artifacts; one that is unknown, and not there or closed to us, gets none on disk.

    remembers_later: the first library here need not be looked through now, as `remember` is called with what is in it.
    """
    root, path = shared_dir(artifacts_dir), os.path.realpath(data_dir)
    here = [(home, owner) for home, owner in _owners(root) if owner.path == path]
    with contextlib.suppress(NotFoundError):
        folder = facts_of(data_dir)
        known = next((home for home, owner in here if owner.is_at(folder)), None)
        if known is not None:
            return known
        with _alone(root):
            return _settled(root, data_dir, path, remembers_later=remembers_later)
    free = root if owner_of(root) is None else _place(root, path)
    return here[0][0] if here else free


def known_home(artifacts_dir: Path, data_dir: Path) -> Path | None:
    """The place of the artifacts of a library that were used with it at this path; None where there are none.

    Nothing is written, and nothing is taken for a library that was moved. Raises ArtifactError.
    """
    path = os.path.realpath(data_dir)
    return next((home for home, owner in _owners(shared_dir(artifacts_dir)) if owner.path == path), None)


def history_of(home: Path, data_dir: Path) -> str:
    """What the database calls this library: its history of moves, what was put off, its jobs and keys."""
    owner, path = owner_of(home), os.path.realpath(data_dir)
    return owner.history if owner is not None and owner.path == path else path


def homes(artifacts_dir: Path) -> list[Path]:
    """The places of all libraries that have artifacts here, whoever each belongs to; the folder itself is one."""
    root = shared_dir(artifacts_dir)
    return [root, *(place for place in sorted((root / LIBRARIES).glob("*")) if LIBRARY_ID.fullmatch(place.name))]


def remember(home: Path, now: Owner) -> None:
    """Write down what is in a library, to know it again; what is empty now and was not is not taken for the same."""
    before = owner_of(home)
    if before is None or before.path != now.path:
        return
    now = now.model_copy(update={"history": before.history, "home": os.path.realpath(home)})
    if before != now and (before.is_empty or not now.is_empty):
        _write(home, now)


def follow_folders(home: Path, changes: Sequence[tuple[str, str]]) -> None:
    """Write down folders that vidsort itself made, renamed or removed: a library that it emptied is not away."""
    try:
        owner = owner_of(home)
        if owner is not None:
            gone, come = {old for old, _ in changes}, {new for _, new in changes}
            folders = (set(owner.folders) - gone | come) - {""}
            _write(home, owner.model_copy(update={"folders": tuple(sorted(folders))}))
    except (ArtifactError, OSError) as error:
        # The folders are changed all the same, and that has to be journaled.
        log.warning("What is in the library could not be written down: %s", error)


def choose_anew(artifacts_dir: Path, data_dir: Path) -> None:
    """Take a library for what it is now, also where that is plainly not what it was: somebody has said so."""
    home = home_of(artifacts_dir, data_dir)
    _write(home, seen(data_dir).model_copy(update={"history": history_of(home, data_dir)}))


def adopt(artifacts_dir: Path, data_dir: Path, old_path: Path) -> Path:
    """Give a library the artifacts and the history of the one that lay at `old_path`; raises NotFoundError.

    What was made for it at its own path until now stays where it is, and is nobody's.
    """
    root, now, facts = shared_dir(artifacts_dir), seen(data_dir), facts_of(data_dir)
    old = {str(old_path), os.path.realpath(old_path)}
    with _alone(root):
        owners = list(_owners(root))
        is_here = [owner.path == now.path and owner.is_at(facts) for _, owner in owners]
        found = [each for each, here in zip(owners, is_here, strict=True) if each[1].path in old and not here]
        if not found:
            found = _with_history_only(root, owners, now.path, old)
        for home, owner in found[:1]:
            for other, left in owners:
                if left.path == now.path and other != home:
                    _write(other, left.model_copy(update={"path": ""}))
            _write(home, now.model_copy(update={"history": owner.history}))
            return home
    paths = ", ".join(owner.path for _, owner in owners if owner.path) or "none"
    raise NotFoundError(f"No library at {old_path} has artifacts in {root}; those that have: {paths}.")


def require_there(home: Path, data_dir: Path, *, is_bare: bool | None = None) -> None:
    """Raise AwayError where a library that had something in it is empty now, or another one lies at its path.

    is_bare: whether nothing is in it, where that is known.
    """
    owner = owner_of(home)
    if owner is None or owner.is_empty or owner.path != os.path.realpath(data_dir) or not data_dir.is_dir():
        return
    try:
        folder = facts_of(data_dir)
        if owner.is_at(folder):
            # Where it seems bare it may only have names that the setting does not let in.
            is_away = is_bare is not False and nothing_in(data_dir)
            what = "empty now"
        else:
            now = scan(data_dir, "any")
            is_away = _is_bare(now) or not owner.is_held_by(data_dir, now)
            elsewhere = "on another device " if folder.st_dev != owner.device else ""
            what = "empty now" if _is_bare(now) else f"another one {elsewhere}now"
    except NotFoundError as error:
        raise AwayError(str(error)) from error
    if not is_away:
        return
    raise AwayError(
        f"The library {data_dir} held {counted(owner.videos, 'video')} in {counted(len(owner.folders), 'folder')} and "
        f"is {what}: plug its drive in, or choose it anew on the page or by `vidsort adopt`."
    )


def _is_bare(now: Snapshot) -> bool:
    """Whether there is neither a video nor a folder."""
    return not (now.unsorted or now.folders)


def _settled(root: Path, data_dir: Path, path: str, *, remembers_later: bool) -> Path:
    """The home of a library that is there, written down; its folder is not the one that was known at its path."""
    owners = list(_owners(root))
    if remembers_later and not owners:
        _write(root, at_a_glance(data_dir).model_copy(update={"history": path}))
        return root
    now = scan(data_dir, "any")
    folder, is_empty = facts_of(data_dir), _is_bare(now)
    here = [(home, owner) for home, owner in owners if owner.path == path]
    for home, owner in here:
        if owner.is_held_by(data_dir, now):
            _write(home, seen(data_dir, now).model_copy(update={"history": owner.history}))
            return home
    moved = [each for each in owners if each[1].path != path and _has_come(*each, data_dir, now, folder)]
    if len(moved) == 1:
        home, owner = moved[0]
        log.warning("The library %s is the one that lay at %s.", path, owner.path)
        _write(home, seen(data_dir, now).model_copy(update={"history": owner.history}))
        return home
    for home, owner in here:
        # Nothing, or something on another device, is no other library: its own one is away.
        if is_empty or owner.is_empty or owner.device != folder.st_dev:
            return home
    if here:
        log.warning("Another library lies at %s now: it begins with no models and no history.", path)
    first = owner_of(root)
    is_bare = first is not None and first.is_empty and first.is_looked_at
    is_free = first is None or (is_bare and not (root / "current.json").exists())
    home = root if is_free else _place(root, path)
    _write(home, seen(data_dir, now).model_copy(update={"history": _free_history(owners, path)}))
    return home


def _has_come(home: Path, owner: Owner, data_dir: Path, now: Snapshot, folder: os.stat_result) -> bool:
    """Whether a library lies here now, and no longer where it lay; of one without videos the very folder must have."""
    if not owner.is_held_by(data_dir, now) or not (owner.sketch or owner.is_at(folder)):
        return False
    if not owner.path or owner.is_at(folder) or owner.home != os.path.realpath(home):
        return True
    before = Path(owner.path)
    try:
        return not owner.is_held_by(before, scan(before, "any"))
    except NotFoundError:
        return True


def _with_history_only(
    root: Path, owners: Collection[tuple[Path, Owner]], path: str, old: Collection[str]
) -> list[tuple[Path, Owner]]:
    """The home of the library at this path with a history that was made at an old one, before artifacts had owners."""
    with contextlib.closing(open_database(root)) as database:
        left = [name for name in sorted(old) if has_history(database, name)]
    free = [name for name in left if name not in {owner.history for _, owner in owners}]
    return [
        (home, owner.model_copy(update={"history": name})) for home, owner in owners if owner.path == path
        for name in free[:1]
    ]


def _owners(root: Path) -> Iterator[tuple[Path, Owner]]:
    first = owner_of(root)
    if first is not None:
        yield root, first
    for home in sorted((root / LIBRARIES).glob("*")):
        try:
            owner = owner_of(home) if home.is_dir() else None
        except ArtifactError as error:
            log.warning("%s", error)  # it stops nobody else
            continue
        if owner is not None:
            yield home, owner


def _place(root: Path, path: str) -> Path:
    """Where a library gets its artifacts that has none yet: named after its path, unless another has that place."""
    turn = 0
    while True:
        name = hashlib.blake2b(os.fsencode(path) + b"\0" * turn, digest_size=6).hexdigest()
        owner = owner_of(root / LIBRARIES / name)
        if owner is None:
            return root / LIBRARIES / name
        turn += 1


def _free_history(owners: Collection[tuple[Path, Owner]], path: str) -> str:
    taken, name = {owner.history for _, owner in owners}, path
    while name in taken:
        name += "//"  # which no real path has
    return name


def _write(home: Path, owner: Owner) -> None:
    write_whole(home / OWNER_NAME, as_json(owner.model_copy(update={"home": os.path.realpath(home)})))


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
