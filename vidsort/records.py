"""The rows that travel between modules: frozen, nearly all pydantic models, no behaviour."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

# Beside its HTML a report carries itself, so that whoever executed the notebook knows what it made.
REPORT_MIMETYPE = "application/vnd.vidsort.report+json"


# Which names are videos: ASCII digits and `.mp4`, or any with a video's ending; the rules are in `library.names`.
VideoNames = Literal["digits", "any"]
# What may decode beside the processor, by FFmpeg's names of devices, and what may calculate the networks of pictures.
HardwareDecoding = Literal[
    "off", "auto", "cuda", "d3d11va", "d3d12va", "dxva2", "qsv", "vaapi", "vdpau", "videotoolbox", "vulkan"
]
EncoderDevice = Literal["cpu", "auto", "cuda", "coreml"]


class Record(BaseModel):
    """A frozen row that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video file as the disk has it; `folder` is None while it is unsorted.

    directory: where it lies, shared by all that lie there. A model with a path of its own takes 1.5 kB, and there may
    be a million of these.
    """

    filename: str
    folder: str | None
    directory: Path
    size_bytes: int
    mtime_ns: int

    def __hash__(self) -> int:
        # Nearly each has a name of its own, whose hash is kept with it; a million are asked for several times over.
        return hash(self.filename)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.directory / self.filename

    @property
    def place(self) -> bytes:
        """The same as the disk has it, several times as fast."""
        directory = str(self.directory)
        return os.fsencode(self.filename if directory == "." else f"{directory}{os.sep}{self.filename}")


class Folder(Record):
    """A category folder and the number of video files directly in it."""

    name: str
    count: int


class LeftOut(Record):
    """What takes no part for one reason: how many, a few of them (relative to the library), and what can be done.

    `reason` and `mend` are the two halves of a sentence that people read; names in `examples` are fit to be shown.
    """

    kind: Literal["names", "unusable_names", "links", "folders", "too_deep", "closed", "unreadable", "words"]
    reason: str
    count: int
    examples: tuple[str, ...]
    mend: str


class FolderScore(BaseModel):
    """One folder with its calibrated probability (0 to 1); unknown keys of other writers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    folder: str
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)


class Prediction(BaseModel):
    """One entry of predictions.json, best folder first; unknown keys of other writers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    video: str
    predicted_folder: str
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    top_predictions: tuple[FolderScore, ...]


class Failure(Record):
    """A video that gave no result, with the reason that every surface shows."""

    filename: str
    folder: str | None
    reason: str


class FeatureSet(Record):
    """What videos are seen by: `modalities` has the id that each kind of evidence is kept by, `config` made them.

    `id` stands for the whole choice; models and features name it.
    """

    id: str
    modalities: dict[str, str]
    config: dict[str, Any]


class Progress(Record):
    """How far a step is; rates and times are None until they are known.

    `notice` is a sentence that a person should have read before the work behind it is done.
    """

    step: str
    done: int
    total: int
    rate_per_s: float | None = None
    left_s: float | None = None
    message: str = ""
    notice: str = ""


class Report(Record):
    """What one run of a step did: counts, the failed with their reasons, what is no video to it, and what it wrote."""

    step: str
    done: int
    skipped: int = 0
    failed: tuple[Failure, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    took_s: float
    outputs: dict[str, str | int | float | bool | None] = {}


class Move(Record):
    """One journaled change to the library; places are relative to it, `at` is seconds since the epoch.

    `kind`: sort (an unsorted video into a folder), move (a sorted one into another, or back to the unsorted
    ones), merge (a video along with its folder), create, rename or remove (a folder).
    `batch` groups what one undo takes back. `by`: the browser by which it stands as it does, null where none said;
    `account`: the one that signed in there, null where nobody did by name.
    """

    id: int
    batch: str
    kind: Literal["sort", "move", "merge", "create", "rename", "remove"]
    source: str
    target: str
    state: Literal["intended", "done", "undone", "reverted"]
    at: float
    by: str | None = None
    account: str | None = None


class Action(Record):
    """One thing that was done: the first move of its batch, and how many moves of the batch stand as that one does."""

    move: Move
    count: int
