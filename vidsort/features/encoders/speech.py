"""What is said in a video, as text: a voice gate (Silero), then Whisper by faster-whisper, on one thread.

Whisper makes up text where nobody speaks. So it only hears what the gate takes for a voice, and what it
says is left out where it doubts that anybody spoke, is too unsure of it, or repeats itself.
"""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ...errors import SettingsError
from .evidence import Evidence, EvidenceConfig, document_of, folder_named

if TYPE_CHECKING:
    from ...media.reading.sound import Sound

RATE = 16_000
# A word at the very beginning is not heard without a silence before it: of spoken digits .92 are kept with it, .89 not.
LEAD_S = 0.5
# The gate's own defaults; what it takes for voices is cut out with this much around it.
VOICE = {"threshold": 0.5, "min_silence_duration_ms": 2000, "speech_pad_ms": 400}
# Whisper's own limits for a failed answer (Radford et al., 2022); in place of another try it is left out.
MOST_NO_SPEECH = 0.6
LEAST_LOG_PROBABILITY = -1.0
MOST_COMPRESSION = 2.4
# However sure it is that somebody spoke, it is too unsure of what.
HOPELESS_LOG_PROBABILITY = -1.5
# Beyond what Whisper's largest model takes on an old core, a process has hung.
WAIT_S, WAIT_FOR_A_SECOND_S = 60.0, 4.0
FILES = ("config.json", "model.bin")
DOWNLOADED = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
INSTALL = 'the extra "speech" is not installed: pip install "vidsort[speech]"'


class SpeechConfig(EvidenceConfig):
    """What decides what is heard of speech."""

    revision: ClassVar[int] = 1
    usual_s: ClassVar[float] = 0.5

    speech_model: str = Field(
        "base", min_length=1,
        description="the Whisper model that listens: its name, or a folder that begins with /, ./, ../ or ~",
    )
    speech_seconds: float = Field(30, gt=0, le=120, description="seconds from the beginning that are listened to")

    @property
    def patience_s(self) -> float:
        """Seconds that listening may take."""
        return WAIT_S + WAIT_FOR_A_SECOND_S * self.speech_seconds

    @property
    def model_dir(self) -> Path | None:
        """The folder of the model that is set; None for a name."""
        return folder_named(self.speech_model)

    def require(self) -> None:
        """Raise SettingsError where the extra or the model is not there; nothing is asked of the network."""
        self.on_this_machine()

    def on_this_machine(self) -> Path:
        """Where the model is on this machine; raises SettingsError."""
        _require_extra()
        folder = self.model_dir
        if folder is not None:
            if not all((folder / name).is_file() for name in FILES):
                raise SettingsError(
                    f"There is no Whisper model for speech in {folder}: it needs {' and '.join(FILES)}, as CTranslate2 "
                    "has them; mend speech_model, or set a name like base."
                )
            return folder
        from huggingface_hub.errors import LocalEntryNotFoundError

        try:
            return self._snapshot(is_local=True)
        except LocalEntryNotFoundError as error:
            raise SettingsError(
                f"The Whisper model {self.speech_model} for speech is not on this machine, and nothing is downloaded "
                "unless asked: run `vidsort download speech`, or set speech_model to a folder that holds one."
            ) from error

    def download(self) -> str | None:
        """Get the model from the Hugging Face Hub, with progress on stderr; return its folder. Raises SettingsError."""
        _require_extra()
        if self.model_dir is not None:
            return str(self.on_this_machine())
        try:
            return str(self._snapshot(is_local=False))
        except Exception as error:  # the hub's client raises its own, requests' and the system's
            raise SettingsError(
                f"The Whisper model {self.speech_model} cannot be downloaded ({error!r:.200}): check the connection, "
                "or copy its folder from another machine and set speech_model to it."
            ) from error

    def _snapshot(self, *, is_local: bool) -> Path:
        """The folder of a model with a name, of the hub's cache or downloaded to it."""
        from faster_whisper.utils import _MODELS
        from huggingface_hub import snapshot_download

        repository = self.speech_model if "/" in self.speech_model else _MODELS.get(self.speech_model)
        if repository is None:
            raise SettingsError(
                f"There is no Whisper model {self.speech_model!r:.60}: speech_model takes {', '.join(_MODELS)}, the "
                "name of a repository of the hub, or a folder."
            )
        return Path(snapshot_download(repository, local_files_only=is_local, allow_patterns=list(DOWNLOADED)))


def _require_extra() -> None:
    if importlib.util.find_spec("faster_whisper") is None:
        raise SettingsError(f"Speech cannot be looked for because {INSTALL}")


class SpeechEncoder:
    """Writes down what is said."""

    def __init__(self, config: SpeechConfig) -> None:
        from faster_whisper import WhisperModel

        from ...media.reading.sound import SoundWanted

        folder = config.on_this_machine()
        # Two processes on two cores: one that takes more threads than one takes them from the other.
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)
        self.wanted = SoundWanted(config.speech_seconds, RATE, parts=1)

    def encode(self, given: "Sound | None") -> Evidence:
        """The text, a line for each thing that is said, and its language; nothing where nobody speaks."""
        voices = _voices(np.concatenate(given.pieces)) if given is not None and given.pieces else None
        if voices is None:
            return Evidence(None)
        said, facts = self._model.transcribe(
            voices, beam_size=1, temperature=0.0, condition_on_previous_text=False, vad_filter=False,
            compression_ratio_threshold=None, log_prob_threshold=None, no_speech_threshold=None,
        )
        lines = [line for segment in said if is_meant(segment) and (line := " ".join(segment.text.split()))]
        if not lines:
            return Evidence(None)
        return Evidence(None, document=document_of(speech="\n".join(lines), language=facts.language))


def _voices(sound: np.ndarray) -> np.ndarray | None:
    """What the gate takes for voices, float32 [n], after a moment of silence; None for nothing."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    spans = get_speech_timestamps(sound, VadOptions(**VOICE))
    if not spans:
        return None
    lead = np.zeros(round(LEAD_S * RATE), np.float32)
    return np.concatenate([lead, *(sound[span["start"] : span["end"]] for span in spans)])


def is_meant(segment: Any) -> bool:
    """Whether a segment of Whisper's was said, by what it tells of itself, and is not made up."""
    is_unsure = segment.avg_logprob < LEAST_LOG_PROBABILITY
    return not (
        segment.compression_ratio > MOST_COMPRESSION
        or segment.avg_logprob < HOPELESS_LOG_PROBABILITY
        or (is_unsure and segment.no_speech_prob > MOST_NO_SPEECH)
    )
