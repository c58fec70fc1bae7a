"""What the API takes and gives, a module a subject: the documented bodies, and those of the additions."""

from ...pile.pace import Pace
from .bounds import (
    BATCH_LIMIT,
    BROWSER_HEADER,
    BROWSER_PATTERN,
    HISTORY_LIMIT,
    PAGE_LIMIT,
    Body,
    Cursor,
    Filename,
    FolderName,
    Limit,
)
from .commands import (
    ConfigAnswer,
    DownloadAnswer,
    ExportAnswer,
    LabelsAnswer,
    SaidAnswer,
    Setting,
    StatusAnswer,
    User,
    UsersAnswer,
)
from .faults import Complaint, Fault, Misfit
from .filing import AutofileAnswer, AutofileBody, Basis, RealisedWrong, SureGuess
from .folders import FoldersAnswer, MergeBody, NameBody
from .insights import InsightAnswer, Topic
from .jobs import (
    LookCancelled,
    LookStarted,
    LookStatus,
    ModelsAnswer,
    RetrainCancelled,
    RetrainStarted,
    RetrainStatus,
)
from .library import Health, LibraryAnswer, LibraryBody, LibraryPreview, NamesBody, NotLearnedBody
from .moves import (
    ActionsAnswer,
    HistoryAnswer,
    MoveAnswer,
    MoveBatchAnswer,
    MoveBatchBody,
    MoveBody,
    MoveOutcome,
    MovesAnswer,
    MoveWish,
    SortAnswer,
    SortBatchAnswer,
    SortBatchBody,
    SortBody,
    SortOutcome,
    SortWish,
    UndoBody,
)
from .people import Me
from .review import (
    BlindAnswer,
    EntriesBody,
    LeasesAnswer,
    LeasesBody,
    Moved,
    Preferences,
    QueueAnswer,
    QueueEntry,
    SkipBody,
    State,
)
from .videos import (
    DismissedAnswer,
    Duplicate,
    DuplicatesAnswer,
    FolderOrder,
    FolderVideosAnswer,
    LikeAnswer,
    LikeRecord,
    MisfiledAnswer,
    NoDuplicatesAnswer,
    Order,
    Preparing,
    Proposal,
    ProposalsAnswer,
    RecordsAnswer,
    SearchQuery,
    StarAnswer,
    VideoAnswer,
    VideoEntry,
    VideosAnswer,
    WhyAnswer,
)

__all__ = [
    "BATCH_LIMIT", "BROWSER_HEADER", "BROWSER_PATTERN", "HISTORY_LIMIT", "PAGE_LIMIT", "ActionsAnswer",
    "AutofileAnswer", "AutofileBody", "Basis", "BlindAnswer", "Body", "Complaint", "ConfigAnswer", "Cursor",
    "DismissedAnswer", "DownloadAnswer", "Duplicate", "DuplicatesAnswer", "EntriesBody", "ExportAnswer", "Fault",
    "Filename", "FolderName", "FolderOrder", "FolderVideosAnswer", "FoldersAnswer", "Health", "HistoryAnswer",
    "InsightAnswer", "LabelsAnswer", "LeasesAnswer", "LeasesBody", "LibraryAnswer", "LibraryBody", "LibraryPreview",
    "LikeAnswer", "LikeRecord", "Limit", "LookCancelled", "LookStarted", "LookStatus", "Me", "MergeBody",
    "MisfiledAnswer", "Misfit", "ModelsAnswer", "MoveAnswer", "MoveBatchAnswer", "MoveBatchBody", "MoveBody",
    "MoveOutcome", "MoveWish", "Moved", "MovesAnswer", "NameBody", "NamesBody", "NoDuplicatesAnswer", "NotLearnedBody",
    "Order", "Pace", "Preferences", "Preparing", "Proposal", "ProposalsAnswer", "QueueAnswer", "QueueEntry",
    "RealisedWrong", "RecordsAnswer", "RetrainCancelled", "RetrainStarted", "RetrainStatus", "SaidAnswer",
    "SearchQuery", "Setting", "SkipBody", "SortAnswer", "SortBatchAnswer", "SortBatchBody", "SortBody", "SortOutcome",
    "SortWish", "StarAnswer", "State", "StatusAnswer", "SureGuess", "Topic", "UndoBody", "User", "UsersAnswer",
    "VideoAnswer", "VideoEntry", "VideosAnswer", "WhyAnswer",
]
