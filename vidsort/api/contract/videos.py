"""Videos with their predictions, wherever they lie, and what is told while one cannot be played yet."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from ...pile.order import ORDERS
from ...records import FolderScore
from ...shelves.folder_orders import FOLDER_ORDERS

if TYPE_CHECKING:
    Order = str
    FolderOrder = str
else:
    Order = Literal[tuple(ORDERS)]
    FolderOrder = Literal[tuple(FOLDER_ORDERS)]


# Longer than any line that a person types to find something.
QUERY_LIMIT = 1000
SearchQuery = Annotated[str, Field(max_length=QUERY_LIMIT, examples=["sourdough"])]


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


class Words(BaseModel):
    """What goes with a video as words, and is said (in which language) or shown in it; any may be missing."""

    title: str = ""
    description: str = ""
    hashtags: list[str] = []
    author: str = ""
    sound: str = ""
    speech: str = ""
    language: str = ""
    screen: str = ""


class VideoRecord(VideoEntry):
    """A video wherever it lies: `folder` is null in the pile; a sorted one has no prediction."""

    folder: str | None


class VideoAnswer(VideoRecord):
    """One video with its words."""

    words: Words


class RecordsAnswer(BaseModel):
    """Videos, the best first."""

    videos: list[VideoRecord]


class StarAnswer(BaseModel):
    """Whether a video has a star now."""

    success: Literal[True] = True
    filename: str
    starred: bool


class FolderVideosAnswer(RecordsAnswer):
    """The videos of a folder, `total` of them; `next_cursor` is there when there are more than this page."""

    total: int
    next_cursor: str | None = None


class MisfiledRecord(VideoRecord):
    """A sorted video that may lie in the wrong folder.

    `own` and `other` are the probabilities of its folder and of the suggested one by a model that has not seen it;
    `doubt` is the logarithm of other / own.
    """

    suggested: str
    own: float
    other: float
    doubt: float


class MisfiledAnswer(BaseModel):
    """The likely misfiled, worst first; `reason` says why nothing can be told, where that is so."""

    videos: list[MisfiledRecord]
    reason: str | None = None


class DismissedAnswer(BaseModel):
    """The folders in which a video is right."""

    success: Literal[True] = True
    filename: str
    folders: list[str]


class Duplicate(VideoRecord):
    """One of a set, with what tells which one to keep; what is not known of its file is null."""

    size_bytes: int
    duration_s: float | None
    width: int | None
    height: int | None
    bit_rate: int | None


class DuplicateSet(BaseModel):
    """Videos that are one, the largest picture first; `id` stands for just these."""

    id: str
    videos: list[Duplicate]


class DuplicatesAnswer(BaseModel):
    """The sets, the largest first; `reason` says why there may be more, where that is so."""

    duplicates: list[DuplicateSet]
    reason: str | None = None


class NoDuplicatesAnswer(BaseModel):
    """The videos that are no duplicates of one another."""

    success: Literal[True] = True
    id: str
    filenames: list[str]


class Proposal(BaseModel):
    """Unsorted videos that could be a folder of this name, which could be made.

    `videos`: the most typical first; `size`: how many there are, where that is more than are told. `words` tell them
    from others. `fits`: how well they fit a folder that there is, from 0 to 1, where a half is as well as videos that
    belong to one; null where too few are sorted to tell.
    """

    name: str
    size: int
    words: list[str]
    fits: float | None
    videos: list[VideoRecord]


class ProposalsAnswer(BaseModel):
    """Folders worth making, the largest first; where there are none, `reason` says why."""

    proposals: list[Proposal]
    reason: str | None = None


class LikeRecord(VideoRecord):
    """A video that is like another one: `likeness` is 1 for the same, 0 for no more than any two videos."""

    likeness: float


class LikeAnswer(BaseModel):
    """Videos, the most alike first."""

    videos: list[LikeRecord]


class Share(BaseModel):
    """How much a kind of evidence counted, from 0 to 1."""

    kind: str
    share: float


class WhyAnswer(BaseModel):
    """What speaks for the first guess that the model in force makes of a video.

    `shares` of the kinds of evidence add up to 1, or are all 0 where it is a mere guess; `words` spoke for the folder,
    the loudest first (# hashtags, @ the author, ♪ the sound); `nearest` are sorted videos. No folder is predicted where
    the model knows nothing of a video. `listed_folder` is what the list says of an unsorted one, which may be another
    by what was learned since the model was trained; null where it says nothing.
    """

    filename: str
    predicted_folder: str | None
    confidence: float
    listed_folder: str | None = None
    listed_confidence: float = 0.0
    shares: list[Share]
    words: list[str]
    nearest: list[LikeRecord]


class Preparing(BaseModel):
    """A copy is being made; `done` is its share from 0 to 1, null while that is not known."""

    status: Literal["preparing"] = "preparing"
    done: float | None = None
