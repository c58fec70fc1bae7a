"""What only commands say, with --json: each is put together of what the API says, or is of what no server tells."""

import datetime
from typing import Literal

from pydantic import BaseModel

from ...accounts import Role
from ...pile.pace import Pace
from .folders import FoldersAnswer
from .jobs import LookStatus, RetrainStatus
from .library import LibraryAnswer
from .moves import MoveOutcome, MoveWish


class StatusAnswer(BaseModel):
    """The library, which model predicts (null: none), what runs, and how fast it is sorted."""

    library: LibraryAnswer
    model_id: str | None
    retrain: RetrainStatus
    look: LookStatus
    pace: Pace


class Setting(BaseModel):
    """One setting as it is in force, as text, and where it comes from: `default`, a flag, a variable or the file."""

    name: str
    value: str
    origin: str


class ConfigAnswer(BaseModel):
    """Every setting; `file` is where `vidsort.toml` is, or would be."""

    settings: list[Setting]
    file: str
    is_there: bool


class User(BaseModel):
    """An account or a token, and when that was made; `token` is the secret of a new one, shown once."""

    name: str
    kind: Literal["account", "token"]
    role: Role
    made: datetime.date | None = None
    token: str | None = None


class UsersAnswer(BaseModel):
    """Those who may come in, or the ones that a command made or changed; after it was removed, none."""

    users: list[User]
    file: str


class DownloadAnswer(BaseModel):
    """Where what a kind of evidence needs lies now; null where it needs nothing."""

    kind: str
    place: str | None


class ExportAnswer(BaseModel):
    """What was written, in which form, where, and how many rows or videos of it."""

    what: str
    form: str
    output: str
    count: int


class LabelsAnswer(FoldersAnswer):
    """What labels mean here: `moves` that would be, or were, made, as `batch`, with the folders that are made for them.

    `already`: how many lie where they should. `absent`: videos that are not in the library. `unclear`: those of which
    it cannot be told which one is meant. `skipped`: what could not be moved.
    """

    dry_run: bool
    moves: list[MoveWish]
    makes: list[str]
    already: int
    absent: list[str]
    unclear: list[str]
    skipped: list[MoveOutcome]
    batch: str | None


class SaidAnswer(BaseModel):
    """How many rows of what people said were brought back, and how many were there already, by their kind."""

    added: dict[str, int]
    known: dict[str, int]
