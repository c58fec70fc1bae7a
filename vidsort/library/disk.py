"""What is in the library: videos, category folders and their counts, read from the disk and never changed here."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidNameError, NotFoundError
from ..records import Folder, LeftOut, Video, VideoNames
from .kind import is_category, is_spelled_so, is_video, video_facts
from .left_out import told
from .listed import list_folder, list_root
from .names import check_filename, check_folder_name, is_among

IS_LINK = "is a link, and links are left alone: put the video itself in its place."


@dataclass(frozen=True)
class Snapshot:
    """The names in a library at one moment, each sequence sorted; never changed, a new one is made instead."""

    unsorted: Sequence[str] = ()
    folders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def counts(self) -> list[Folder]:
        """The category folders with their numbers of videos, sorted by name."""
        return [Folder(name=name, count=len(self.folders[name])) for name in sorted(self.folders)]

    def places_of(self, filename: str) -> list[str | None]:
        """The folders that have a video of this name: first None, which is the root, then by name."""
        places: list[str | None] = [name for name in sorted(self.folders) if is_among(self.folders[name], filename)]
        return [None, *places] if is_among(self.unsorted, filename) else places


@dataclass(frozen=True)
class Survey:
    """A library looked at once.

    videos: with size and time, sorted by folder (unsorted first) and filename. folders: the names of the category
    folders, sorted. left_out: what takes no part. beside: by directory, files that may belong to a video, by their
    endings; directories without any are not in it.
    """

    videos: list[Video]
    folders: tuple[str, ...]
    left_out: list[LeftOut]
    beside: Mapping[Path, tuple[str, ...]]

    @property
    def of_any_name(self) -> Snapshot | None:
        """The names alone, as they are where videos may be called anything; None where some were not let in."""
        if any(one.kind == "names" for one in self.left_out):
            return None
        by_folder: dict[str | None, list[str]] = {None: [], **{name: [] for name in self.folders}}
        for video in self.videos:
            by_folder[video.folder].append(video.filename)
        names = {folder: tuple(there) for folder, there in by_folder.items()}
        return Snapshot(names[None], {name: names[name] for name in self.folders})


def scan(data_dir: Path, video_names: VideoNames = "digits") -> Snapshot:
    """All names in the library now, without asking for any file's size; raises NotFoundError without a library."""
    return look_around(data_dir, video_names)[0]


def survey(data_dir: Path, video_names: VideoNames = "digits") -> Survey:
    """All that is in the library now, by one listing of each folder; raises NotFoundError without a library."""
    root = list_root(data_dir, video_names)
    listed = {None: (data_dir, root)} | {
        name: (data_dir / name, list_folder(data_dir / name, video_names)) for name in root.folders
    }
    found: list[Video] = []
    for folder, (path, listing) in listed.items():
        found.extend(_with_facts(path, folder, listing.videos))
    return Survey(
        found, tuple(root.folders), told([listing.left_out for _, listing in listed.values()]),
        {path: listing.beside for path, listing in listed.values() if listing.beside},
    )


def videos(data_dir: Path, video_names: VideoNames = "digits") -> list[Video]:
    """Every video with size and time, sorted by folder (unsorted first) and filename; raises NotFoundError."""
    return survey(data_dir, video_names).videos


def videos_at(data_dir: Path, places: Iterable[str]) -> list[Video]:
    """Those of these, as places relative to the library, that are there, with size and time; nothing is listed."""
    found: list[Video] = []
    for place in places:
        folder, _, filename = place.rpartition("/")
        found.extend(_with_facts(data_dir / folder, folder or None, [filename]))
    return found


def left_out(data_dir: Path, video_names: VideoNames = "digits") -> list[LeftOut]:
    """What is no video or category folder here although a person may take it for one; raises NotFoundError."""
    return look_around(data_dir, video_names)[1]


def look_around(data_dir: Path, video_names: VideoNames = "digits") -> tuple[Snapshot, list[LeftOut]]:
    """All names in a library now, and what is left out of it, by one listing; raises NotFoundError without one."""
    root = list_root(data_dir, video_names)
    listed = {name: list_folder(data_dir / name, video_names) for name in root.folders}
    snapshot = Snapshot(root.videos, {name: listing.videos for name, listing in listed.items()})
    return snapshot, told([root.left_out, *(listing.left_out for listing in listed.values())])


def folders(data_dir: Path, video_names: VideoNames = "digits") -> list[Folder]:
    """The category folders, empty ones too, with their counts; raises NotFoundError without a library."""
    return scan(data_dir, video_names).counts()


def find(
    data_dir: Path, filename: str, folder_names: Iterable[str] | None = None, *, video_names: VideoNames = "digits"
) -> Path:
    """Where this video is: in the root, else in the first category folder by name that has it.

    `folder_names` saves listing the root where they are known. Raises InvalidNameError for what is
    no filename and NotFoundError where there is no such video, also where a link has its name.
    """
    check_filename(filename, video_names)

    def places() -> Iterator[Path]:
        yield data_dir / filename
        for name in sorted(list_root(data_dir, video_names).folders if folder_names is None else folder_names):
            yield data_dir / name / filename

    for path in places():
        if is_video(path):
            return path
    if any(path.is_symlink() for path in places()):
        raise NotFoundError(f"{filename} {IS_LINK}")
    raise NotFoundError(f"There is no video {filename} in the library: it may have been moved away or renamed.")


def folder_path(data_dir: Path, name: str) -> Path:
    """The path of an existing category folder; raises InvalidNameError for anything else."""
    check_folder_name(name)
    path = data_dir / name
    if not (is_category(path) and is_spelled_so(path)):
        raise InvalidNameError(f"There is no folder {name!r} in the library: make it first, or choose another.")
    return path


def _with_facts(path: Path, folder: str | None, filenames: Iterable[str]) -> Iterator[Video]:
    beneath = f"{path}{os.sep}"
    for filename in filenames:
        facts = video_facts(beneath + filename)
        if facts is not None:  # else it was moved away since it was listed
            yield Video(
                filename=filename, folder=folder, directory=path,
                size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns,
            )
