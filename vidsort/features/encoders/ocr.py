"""What is written on screen in a video: rapidocr (PP-OCR, its weights in its wheel) on a few frames, on one thread.

A line that stays is read once: lines of several frames that are nearly the same are merged, and the one
that was read best is kept.
"""

import difflib
import importlib.util
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ...errors import SettingsError
from .evidence import Evidence, EvidenceConfig, document_of

if TYPE_CHECKING:
    from ...media import Frames

INSTALL = 'the extra "ocr" is not installed: pip install "vidsort[ocr]"'
# Captions of phone videos can be read at this size; where text is, is looked for at that of the longer side.
SHORT_SIDE, LOOKED_AT_SIDE = 480, 736
# Below this share of certainty it is a texture that was taken for letters.
LEAST_SCORE = 0.6
# Of Latin letters two are most often a piece of something else; of Chinese they are a word.
FEWEST_LATIN, FEWEST_CHARACTERS = 3, 2
# Of two readings of one line; one may be part of the other, as where words come one by one. Of short words one letter
# makes another word.
ALIKE, FEWEST_ALIKE = 0.85, 4
# A frame differs from the one before where any of its cells does by so much of 255: a caption is a few of them.
CELLS, DIFFERS = 24, 12.0
# So many are looked through for each that is read: to read takes ten times as long.
LOOKED_THROUGH = 2
# Text all over a frame takes seconds to read.
WAIT_FOR_A_FRAME_S = 20.0


class OcrConfig(EvidenceConfig):
    """What decides what is read on screen."""

    revision: ClassVar[int] = 2
    usual_s: ClassVar[float] = 0.3

    ocr_frames: int = Field(4, ge=1, le=4, description="frames that differ, at most, in which text is read")

    @property
    def patience_s(self) -> float:
        """Seconds that reading may take."""
        return WAIT_FOR_A_FRAME_S * self.ocr_frames

    def require(self) -> None:
        """Raise SettingsError where the extra is not installed."""
        if importlib.util.find_spec("rapidocr") is None:
            raise SettingsError(f"Text on screen cannot be looked for because {INSTALL}")


class OcrEncoder:
    """Reads what is written on screen."""

    def __init__(self, config: OcrConfig) -> None:
        config.require()
        import cv2
        from rapidocr import RapidOCR

        from ...media.reading.frames import FramesWanted

        cv2.setNumThreads(1)
        self._reader = RapidOCR(params={
            "Global.log_level": "critical", "Global.use_cls": False, "Global.text_score": LEAST_SCORE,
            "Det.limit_type": "max", "Det.limit_side_len": LOOKED_AT_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        })
        # What repeats is told by cells here: in the mean of a picture a caption is nothing.
        self.wanted = FramesWanted(LOOKED_THROUGH * config.ocr_frames, SHORT_SIDE, repeats=True)
        self._most = config.ocr_frames

    def encode(self, given: "Frames") -> Evidence:
        """The text, a line each, from top to bottom and in order of time; nothing where none can be read."""
        images = that_differ(given.images)
        chosen = np.unique(np.linspace(0, len(images) - 1, self._most).round().astype(int))
        lines = merged_lines(self._lines(images[number]) for number in chosen)
        return Evidence(None, document=document_of(screen="\n".join(lines)) if lines else None)

    def _lines(self, image: np.ndarray) -> list[tuple[str, float]]:
        """The lines of a picture with how certain they are, from 0 to 1."""
        # It takes what OpenCV reads: blue comes first. Of its four kinds of answers this is the one with texts.
        found: Any = self._reader(np.ascontiguousarray(image[..., ::-1]))
        return list(zip(found.txts or (), found.scores or (), strict=True))


def that_differ(images: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Those pictures of one size, uint8 [height, width, 3], that differ from the one kept before them, somewhere."""
    kept: list[np.ndarray] = []
    before: np.ndarray | None = None
    for image in images:
        cells = _cells(image)
        if before is None or cells.shape != before.shape or np.abs(cells - before).max() > DIFFERS:
            kept.append(image)
            before = cells
    return kept


def merged_lines(frames: Iterable[Iterable[tuple[str, float]]]) -> list[str]:
    """The lines of all frames, each once as it was read best: the longer, then the more certain."""
    kept: list[tuple[str, str, float]] = []
    for text, score in (line for frame in frames for line in frame):
        letters = _letters(text)
        if len(letters) < (FEWEST_LATIN if letters.isascii() else FEWEST_CHARACTERS):
            continue
        same = next((number for number, (_, other, _) in enumerate(kept) if _is_same(letters, other)), None)
        if same is None:
            kept.append((text, letters, score))
        elif (_is_longer(letters, kept[same][1]), score) > (_is_longer(kept[same][1], letters), kept[same][2]):
            kept[same] = (text, letters, score)
    return [" ".join(text.split()) for text, _, _ in kept]


def _is_same(letters: str, other: str) -> bool:
    if min(len(letters), len(other)) < FEWEST_ALIKE:
        return letters == other
    if letters in other or other in letters:
        return True
    if _digits(letters) != _digits(other):
        return False
    return difflib.SequenceMatcher(None, letters, other, autojunk=False).ratio() >= ALIKE


def _is_longer(letters: str, other: str) -> bool:
    """Whether one is the other with more around it."""
    return letters != other and other in letters


def _digits(letters: str) -> str:
    return "".join(filter(str.isdigit, letters))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _cells(image: np.ndarray) -> np.ndarray:
    """Mean brightness in a grid of at most 24 x 24 cells: float32 [rows, columns]."""
    cells = image.mean(axis=2, dtype=np.float32)
    for axis in (0, 1):
        length = cells.shape[axis]
        starts = np.arange(min(CELLS, length)) * length // min(CELLS, length)
        sizes = np.diff(starts, append=length).astype(np.float32)
        cells = np.add.reduceat(cells, starts, axis=axis) / np.expand_dims(sizes, 1 - axis)
    return cells
