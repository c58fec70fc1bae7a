"""What is seen in a few pictures, as words would tell it: a CLIP-class image/text pair, on one thread.

Its text side encodes folder names into the space of its pictures, so that folders are told before any label and without
a word beside the videos. The extra `clip` reads texts; the pair is a folder of one's own, or is downloaded when asked.
"""

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ...errors import SettingsError
from .evidence import Evidence, EvidenceConfig, folder_named
from .frames import pool
from .image import SHORT_SIDE
from .pair import PictureNetwork, Side, TextNetwork, network_of
from .semantic import in_words, plain

if TYPE_CHECKING:
    from ...media import Frames

NEEDED = ("tokenizers", "huggingface_hub")
INSTALL = 'the extra "clip" is not installed: pip install "vidsort[clip]"'
# What a name of the hub has where each side is a repository of its own.
EITHER = "{}"
DOWNLOADED = ("model.onnx*", "onnx/vision_model.onnx*", "onnx/text_model.onnx*", "*.json")
# Folders are called after things and after what is done: both can be read behind this. What it adds to all names alike
# tells no folder from another, so that little hangs on it.
OF_FOLDER = "a video of {}"
# The largest pairs take two seconds a picture on an old core.
WAIT_FOR_A_PICTURE_S = 5.0


class ClipConfig(EvidenceConfig):
    """What decides what is seen by an image/text pair."""

    revision: ClassVar[int] = 2
    usual_s: ClassVar[float] = 0.5

    clip_model: str = Field(
        "Qdrant/clip-ViT-B-32-{}", min_length=1,
        description="the image/text pair: its name on the hub, with {} for vision and text where these are two, or a "
        "folder that begins with /, ./, ../ or ~",
    )
    clip_frames: int = Field(8, ge=1, le=64, description="pictures of each video that the pair sees")

    @property
    def patience_s(self) -> float:
        """Seconds that seeing may take."""
        return WAIT_FOR_A_PICTURE_S * self.clip_frames

    @property
    def model_dir(self) -> Path | None:
        """The folder of the pair that is set; None for a name."""
        return folder_named(self.clip_model)

    def require(self) -> None:
        """Raise SettingsError where the extra or the pair is not there, or is none; no network is asked."""
        with self.told():
            grey = np.full((SHORT_SIDE, SHORT_SIDE, 3), 127, np.uint8)
            pictures = PictureNetwork(self.network("vision")).encode([grey])
            texts = TextNetwork(self.network("text")).encode([OF_FOLDER.format("colours")])
            if pictures.shape != texts.shape:
                raise ValueError(f"its pictures give {pictures.shape[1]} numbers and its texts {texts.shape[1]}")
            if not (np.isfinite(pictures).all() and np.isfinite(texts).all()):
                raise ValueError("what it gives are no numbers")

    def network(self, side: Side) -> Path:
        """Where one side of the pair is on this machine; raises SettingsError."""
        _require_extra()
        folder = self.model_dir
        if folder is not None:
            found = network_of(folder, side)
            if found is None:
                raise SettingsError(
                    f"There is no {side} side of an image/text pair in {folder} (looked for {side}/model.onnx and "
                    f"onnx/{side}_model.onnx): mend clip_model, or take clip out of modalities."
                )
            return found
        from huggingface_hub.errors import LocalEntryNotFoundError

        with contextlib.suppress(LocalEntryNotFoundError):
            found = self._of_hub(self._snapshot(side, is_local=True), side)
            if found is not None:
                return found
        raise SettingsError(
            f"The image/text pair {self.clip_model} for clip is not on this machine, and nothing is downloaded unless "
            "asked: run `vidsort download clip`, or set clip_model to a folder that holds one."
        )

    def download(self) -> str | None:
        """Get the pair from the Hugging Face Hub, with progress on stderr; return its folders. Raises SettingsError."""
        _require_extra()
        sides: tuple[Side, ...] = ("vision", "text")
        if self.model_dir is not None:
            return str(self.model_dir)
        try:
            places = [str(self._snapshot(side, is_local=False)) for side in sides]
        except Exception as error:  # the hub's client raises its own, its transport's and the system's
            reason = next(iter(str(error).splitlines()), repr(error))
            raise SettingsError(
                f"The image/text pair {self.clip_model} cannot be downloaded ({reason:.200}): check the connection "
                "and the name, or copy its folder from another machine and set clip_model to it."
            ) from error
        return " and ".join(dict.fromkeys(places))

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Put what is wrong with the pair into one sentence: SettingsError."""
        try:
            yield
        except SettingsError:
            raise
        except Exception as error:  # onnxruntime and tokenizers raise a dozen kinds for files that are none of theirs
            raise SettingsError(
                f"The image/text pair {self.clip_model} for clip cannot be used ({error!s:.200}): set clip_model to "
                "another, or take clip out of modalities."
            ) from error

    def _of_hub(self, folder: Path, side: Side) -> Path | None:
        if EITHER not in self.clip_model:
            return network_of(folder, side)
        return network if (network := folder / "model.onnx").is_file() else None

    def _snapshot(self, side: Side, *, is_local: bool) -> Path:
        """The folder of one side, of the hub's cache or downloaded to it."""
        from huggingface_hub import snapshot_download

        repository = self.clip_model.replace(EITHER, side)
        return Path(snapshot_download(repository, local_files_only=is_local, allow_patterns=list(DOWNLOADED)))


def _require_extra() -> None:
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        raise SettingsError(f"Pictures cannot be compared with words (clip) because {INSTALL}")


class ClipEncoder:
    """Sees the pictures of videos; raises SettingsError where the pair cannot be loaded."""

    def __init__(self, config: ClipConfig) -> None:
        from ...media.reading.frames import FramesWanted

        with config.told():
            self._network = PictureNetwork(config.network("vision"))
        # Where that is enough pixels these are the pictures that the frames' network sees, decoded and scaled once.
        self.wanted = FramesWanted(config.clip_frames, max(SHORT_SIDE, self._network.least_side), repeats=True)

    def encode(self, given: "Frames") -> Evidence:
        """What is in the middle of a video's pictures, pooled as frames are: float32 [d] of length 1."""
        return Evidence(pool(self._network.encode(given.images)))


class ClipNames:
    """Puts what folders are called among the pictures of the pair; raises SettingsError where it cannot be loaded."""

    def __init__(self, config: ClipConfig) -> None:
        with config.told():
            self._network = TextNetwork(config.network("text"))

    def folders(self, folders: Mapping[str, str]) -> np.ndarray:
        """Folders by their names, each with what it says of itself beyond it: float32 [n, d]."""
        return self._network.encode([plain(OF_FOLDER.format(text)) for text in in_words(folders)])
