"""Category folders."""

from pydantic import BaseModel, Field

from ...records import Folder
from .bounds import Body


class NameBody(Body):
    """The name of a folder."""

    name: str = Field(examples=["cooking"])


class MergeBody(Body):
    """The folder that takes the videos."""

    into: str


class FoldersAnswer(BaseModel):
    """All category folders, sorted by name."""

    folders: list[Folder]
