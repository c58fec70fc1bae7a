"""Which folder is the library, and whether the server is well."""

from typing import Literal

from pydantic import BaseModel, Field

from ...records import Folder, LeftOut, VideoNames
from .bounds import Body, NewFolderName


class LibraryBody(Body):
    """The folder that shall be the library."""

    path: str = Field(min_length=1, max_length=4096)


class NamesBody(Body):
    """Which names are videos: digits and `.mp4`, or any with a video's ending."""

    video_names: VideoNames


class NotLearnedBody(Body):
    """All folders here that are sorted into like any, but never learned from or suggested; they may still be made."""

    folders: list[NewFolderName]


class LibraryAnswer(BaseModel):
    """The library in use; `reason` says why no other can be chosen here, and is null where one can (`can_choose`).

    `away`: why it is plainly not the library that it was, so that nothing is made or moved in it; null where it is.
    `heirs`: which folder took the place of one that has gone, by renaming or merging. `left_out`: what takes no part,
    a row a reason. `reason_of_names`: why it cannot be chosen here which names are videos, null where it can.
    `not_learned`: those of the folders that are sorted into like any, but never learned from or suggested;
    `reason_of_not_learned`: why these cannot be chosen here, null where they can.
    """

    data_dir: str
    exists: bool
    away: str | None
    unsorted: int
    folders: list[Folder]
    heirs: dict[str, str]
    can_choose: bool
    decided_by: Literal["default", "file", "environment", "flag", "program"]
    reason: str | None
    video_names: VideoNames
    reason_of_names: str | None
    left_out: list[LeftOut]
    not_learned: list[str]
    reason_of_not_learned: str | None


class LibraryPreview(BaseModel):
    """What a folder would be as the library; `left_out`: what would take no part, a row a reason."""

    path: str
    exists: bool
    unsorted: int
    folders: list[Folder]
    left_out: list[LeftOut]


class Health(BaseModel):
    """Whether the server lives, and for `/readyz` whether it can do its work."""

    status: Literal["ok", "not_ready"]
    detail: str | None = None
