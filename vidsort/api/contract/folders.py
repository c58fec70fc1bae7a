"""Category folders."""

from pydantic import BaseModel

from ...records import Folder
from .bounds import Body, FolderName, NewFolderName


class NameBody(Body):
    """The name of a folder."""

    name: NewFolderName


class MergeBody(Body):
    """The folder that takes the videos."""

    into: FolderName


class FoldersAnswer(BaseModel):
    """All category folders, sorted by name."""

    folders: list[Folder]
