"""What the API takes and gives: the documented bodies, and those of the additions."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..artifacts import ModelVersion
from ..records import Action, Folder, FolderScore, Move

Order = Literal["confident", "unsure", "filename", "newest", "folder"]
BATCH_LIMIT = 10_000
PAGE_LIMIT = 1000
# Enough to look for all of the biggest batch among the last moves.
HISTORY_LIMIT = 2 * BATCH_LIMIT


class Body(BaseModel):
    """Base of all request bodies: a key that is not known is a mistake of the caller."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SortBody(Body):
    """One video and the folder it goes into."""

    filename: str = Field(examples=["7234567890123456.mp4"])
    folder: str = Field(examples=["soccer"])


class SortBatchBody(Body):
    """Many of them, which one undo takes back."""

    moves: Annotated[list[SortBody], Field(min_length=1, max_length=BATCH_LIMIT)]


class NameBody(Body):
    """The name of a folder."""

    name: str = Field(examples=["cooking"])


class MergeBody(Body):
    """The folder that takes the videos."""

    into: str


class UndoBody(Body):
    """What is taken back: the move of this id, all of this batch, or else the last move with its whole batch."""

    id: int | None = None
    batch: Annotated[str, Field(max_length=64)] | None = None


class SkipBody(Body):
    """The video to put off."""

    filename: str


class LibraryBody(Body):
    """The folder that shall be the library."""

    path: str = Field(min_length=1, max_length=4096)


Key = Annotated[str, Field(min_length=1, max_length=32)]


class Preferences(Body):
    """What the page remembers for every browser: keys of folders, keys of actions, the order, the player."""

    folder_keys: Annotated[dict[Annotated[str, Field(max_length=255)], Key], Field(max_length=1000)] = {}
    keys: Annotated[dict[Annotated[str, Field(max_length=64)], Key], Field(max_length=100)] = {}
    order: Order | None = None
    muted: bool | None = None
    volume: Annotated[float, Field(ge=0, le=1)] | None = None
    speed: Annotated[float, Field(gt=0, le=16)] | None = None


class Fault(BaseModel):
    """Every error: a sentence that says what is wrong and what to do."""

    detail: str


class VideoEntry(BaseModel):
    """An unsorted video with its prediction; without one: null, 0, []."""

    filename: str
    predicted_folder: str | None
    confidence: float
    top_predictions: list[FolderScore]


class VideosAnswer(BaseModel):
    """The unsorted videos; `next_cursor` is there when a page was asked for and there are more."""

    videos: list[VideoEntry]
    total: int
    next_cursor: str | None = None


class QueueEntry(VideoEntry):
    """A video as the review page needs it; facts are null until the video was looked at.

    `playable`: the browser plays the file itself, or its H.264 copy (`/playable/…`), or neither.
    """

    skipped: bool = False
    unreadable: str | None = None
    playable: Literal["direct", "copy", "none"] = "direct"
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    caption: str | None = None


class EntriesBody(Body):
    """The videos that are asked for."""

    filenames: Annotated[list[str], Field(max_length=PAGE_LIMIT)]


class QueueAnswer(BaseModel):
    """A page of the queue; videos put off come last and count in `skipped`; `predictions` as the events name them."""

    videos: list[QueueEntry]
    total: int
    skipped: int
    predictions: str
    next_cursor: str | None = None


class FoldersAnswer(BaseModel):
    """All category folders, sorted by name."""

    folders: list[Folder]


class SortAnswer(FoldersAnswer):
    """The video is in the folder now."""

    success: Literal[True] = True
    filename: str
    folder: str


class SortOutcome(BaseModel):
    """What came of one video of a batch; `status` is that of a single sort."""

    filename: str
    folder: str
    success: bool
    status: int
    detail: str | None = None


class SortBatchAnswer(FoldersAnswer):
    """Each with its own outcome; `success` when all went well."""

    success: bool
    outcomes: list[SortOutcome]


class MovesAnswer(FoldersAnswer):
    """The moves that were made, undone or done again."""

    moves: list[Move]


class HistoryAnswer(BaseModel):
    """The last moves, newest first."""

    moves: list[Move]


class ActionsAnswer(BaseModel):
    """What was done last, newest first: a batch counts as one."""

    actions: list[Action]


class RetrainStarted(BaseModel):
    """Whether this call started the job."""

    status: Literal["started", "already_running"]


class RetrainCancelled(BaseModel):
    """Whether there was a job to cancel."""

    status: Literal["cancelling", "not_running"]


class RetrainStatus(BaseModel):
    """The job: whether it runs, how the last one ended, and while it runs how far it is.

    `left_s` is that of the step. `verdict`: was its model promoted; accuracy: grouped, with its 95 % interval.
    """

    running: bool
    last_result: str | None
    job: int | None = None
    started_at: float | None = None
    ended_at: float | None = None
    took_s: float | None = None
    cancelling: bool = False
    step: str | None = None
    script: str | None = None
    step_number: int | None = None
    steps: int | None = None
    done: int | None = None
    total: int | None = None
    videos_per_s: float | None = None
    left_s: float | None = None
    message: str | None = None
    notice: str | None = None
    encoder_calls: int | None = None
    failed: int | None = None
    model_id: str | None = None
    predictions_id: str | None = None
    promoted: bool | None = None
    verdict: str | None = None
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None


class ModelsAnswer(BaseModel):
    """All versions, newest first, and the one that predicts."""

    models: list[ModelVersion]
    current: str | None


class LibraryAnswer(BaseModel):
    """The library in use; `can_choose` is false where a flag or another program decides it."""

    data_dir: str
    exists: bool
    unsorted: int
    folders: list[Folder]
    can_choose: bool


class LibraryPreview(BaseModel):
    """What a folder would be as the library."""

    path: str
    exists: bool
    unsorted: int
    folders: list[Folder]


class Preparing(BaseModel):
    """A copy is being made; `done` is its share from 0 to 1, null while that is not known."""

    status: Literal["preparing"] = "preparing"
    done: float | None = None


class Health(BaseModel):
    """Whether the server lives, and for `/readyz` whether it can do its work."""

    status: Literal["ok", "not_ready"]
    detail: str | None = None
