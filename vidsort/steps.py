"""The three steps, and what they have in common: a frozen config with an id, and how they tell how far they are."""

import difflib
import hashlib
import importlib
import json
import typing
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import SettingsError
from .records import Progress, Report

ProgressCallback = Callable[[Progress], None]
# So large a share of wrong moves is put up with where nobody says otherwise.
PROMISED_ERROR = 0.05
SHOWN_CHARACTERS = 60


class StepConfig(BaseModel):
    """Base of every step's config: frozen, refuses unknown keys; `config_id` covers every field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def config_id(self) -> str:
        """Twelve hex digits that change with any field of the config or its class."""
        fields = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.blake2b(f"{type(self).__name__}:{fields}".encode(), digest_size=6).hexdigest()


C = typing.TypeVar("C", bound=StepConfig)


class Step(typing.NamedTuple):
    """One of the three steps; its module, `vidsort.<name>`, is imported when it is asked for."""

    name: str
    title: str
    # Where the version that it makes is kept: the folder in artifacts, and the output of its report that names it.
    folder: str
    output: str
    config_name: str
    # Which of the settings beyond those of every step it goes by.
    settings: tuple[str, ...] = ()

    @property
    def config_type(self) -> type[StepConfig]:
        """The class of its config."""
        found: type[StepConfig] = getattr(importlib.import_module(f"vidsort.{self.name}"), self.config_name)
        return found

    @property
    def run(self) -> Callable[..., Report]:
        """What does the step: `run(settings, config, progress=...)`."""
        found: Callable[..., Report] = importlib.import_module(f"vidsort.{self.name}").run
        return found


# In the order in which they run.
STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "extract_features", "Extracting features", "features", "feature_set", "ExtractConfig",
            ("cluster", "cluster_library", "hardware_decoding", "encoder_device"),
        ),
        Step("train", "Training", "models", "model_id", "TrainConfig"),
        Step("predict", "Predicting", "predictions", "predictions_id", "PredictConfig"),
    )
}


def duration(seconds: float) -> str:
    """Seconds as a person says them: 0.4 s, 12 s, 3 min 20 s, 1 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest_s} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest_s} s"


def size_text(size_bytes: float) -> str:
    """Bytes as a person says them: 512 B, 12 kB, 3.4 MB, 1.2 GB."""
    size, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB"):
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if size >= 9.95 or unit == "B" else f"{size:.1f} {unit}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 video, 2 videos; `many` where that is not made by an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def percent(share: float, places: int = 0) -> str:
    """A share as a person reads it; what is not quite all, or not quite nothing, is never rounded to it."""
    text, least = f"{share:.{places}%}", 10.0 ** -(places + 2)
    if share < 1 and text == f"{1:.{places}%}":
        return f">{1 - least:.{places}%}"
    return f"<{least:.{places}%}" if share > 0 and text == f"{0:.{places}%}" else text


def accuracy_text(value: float | None, low: float | None, high: float | None, note: str | None) -> str:
    """An accuracy with its 95 % interval and what it is not of; untested is not 0 %."""
    if value is None or low is None or high is None:
        return note or "not measured yet"
    shown = f"{percent(value, 1)} ({percent(low, 1)} to {percent(high, 1)})"
    return f"{shown}, {note}" if note else shown


def written_outputs(outputs: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a step made, in words: (name, value), a score with its interval, nothing that there is not."""
    rows = []
    for name, value in outputs.items():
        if name.endswith(("_low", "_high", "_note")):
            continue
        note = outputs.get(f"{name}_note")
        if value is None:
            shown = None if note is None else str(note)
        else:
            shown = _written(name, value)
            if outputs.get(f"{name}_low") is not None:
                shown += f" ({_written(name, outputs[f'{name}_low'])} to {_written(name, outputs[f'{name}_high'])})"
            shown += f", {note}" if note else ""
        if shown is not None:
            rows.append((name.replace("_", " "), shown))
    return rows


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    if name.endswith("_share"):
        return percent(value)
    return percent(value, 1) if name.startswith("accuracy") else f"{value:.3g}"


def ignore_progress(_: Progress) -> None:
    """The default progress callback: a run that nobody watches."""


def make_config(config_type: type[C], given: Mapping[str, object]) -> C:
    """A config from names and values; a wrong one raises SettingsError in one sentence."""
    for name in given:
        if name not in config_type.model_fields:
            raise SettingsError(unknown(name, "parameter of this step", [*config_type.model_fields]))
    try:
        return config_type(**given)
    except ValidationError as error:
        name, value, why = misfit(error)
        raise SettingsError(f"{name}={value} does not fit: {why}.") from error


def unknown(name: str, kind: str, known: Sequence[str]) -> str:
    """The sentence for a name that there is not, with the near one, else all that there are."""
    name = repr(name)[1:-1][:SHOWN_CHARACTERS]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}."
    return f"{name} is no {kind}; {hint}"


def misfit(error: ValidationError) -> tuple[str, str, str]:
    """The first value that does not fit: its name, itself as a line shows it, and why.

    One of a list is named by its row, from 1 on, and what it is called there.
    """
    first = error.errors()[0]
    return ", ".join(map(_spoken, first["loc"])), shown(first["input"]), first["msg"]


def _spoken(part: int | str) -> str:
    return f"row {part + 1}" if isinstance(part, int) else part


def shown(value: object) -> str:
    """A value as an error shows it: in part, where it is long."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of too many digits"
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
