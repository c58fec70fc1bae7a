"""Pictures to vectors: EfficientNet-Lite0 as bundled, run by onnxruntime, on the CPU unless `device.py` says more.

Preprocessing is that of the network's authors: RGB, the short side to 256 pixels, crops of 224 x 224,
(x - 127) / 128. They scale by bicubic interpolation; a picture that comes with a short side of 256 is taken as
it is, which is right as often. The network calculates in integers (see `tools/quantise_image_encoder.py`).
"""

from collections.abc import Sequence
from importlib import resources
from typing import Literal

import numpy as np

from .device import new_session

NAME = "efficientnet_lite0"
DIMENSIONS = 1280
SIDE = 224
SHORT_SIDE = 256
# More at once is no faster on a core and only holds more memory: 16 took 140 MB more.
BATCH = 4

CropName = Literal["center", "first", "second", "squeezed"]


def preprocess(image: np.ndarray, crops: Sequence[CropName] = ("center",)) -> np.ndarray:
    """The network's input for the crops of one picture.

    `image` is uint8 RGB [height, width, 3] of any size. Crops: "center" is the middle square,
    "first" and "second" are the squares at the two ends of the long side (upper and lower of a
    vertical picture), "squeezed" is the whole picture without its proportions.
    Returns float32 [len(crops), 3, 224, 224], values from -127/128 to 1.
    """
    from PIL import Image

    height, width = image.shape[:2]
    picture = Image.fromarray(image)
    scale = SHORT_SIDE / min(height, width)
    size = (max(SHORT_SIDE, round(width * scale)), max(SHORT_SIDE, round(height * scale)))
    resized = image if size == (width, height) else np.asarray(picture.resize(size, Image.Resampling.BICUBIC))
    squares = []
    for crop in crops:
        if crop == "squeezed":
            squares.append(np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)))
            continue
        x, y = (size[0] - SIDE) // 2, (size[1] - SIDE) // 2
        if crop != "center":
            end = crop == "second"
            x, y = (x, 2 * y * end) if height >= width else (2 * x * end, y)
        squares.append(resized[y : y + SIDE, x : x + SIDE])
    pixels = np.stack(squares).transpose(0, 3, 1, 2).astype(np.float32)
    pixels -= 127
    pixels /= 128
    return pixels


class ImageEncoder:
    """The network in memory; `threads` are those that one call of it may use."""

    def __init__(self, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        weights = resources.files(__package__) / "weights" / f"{NAME}.onnx"
        self._session = new_session(weights.read_bytes(), options, preprocess)

    @property
    def device(self) -> str:
        """What calculates it, as onnxruntime calls it."""
        return str(self._session.get_providers()[0])

    def encode(self, images: Sequence[np.ndarray], crops: Sequence[Sequence[CropName]] | None = None) -> np.ndarray:
        """L2-normalised features of these crops of each picture (the centre by default): float32 [all crops, 1280]."""
        crops = crops or [("center",)] * len(images)
        pixels = [preprocess(image, seen) for image, seen in zip(images, crops, strict=True)]
        features = self.features(np.concatenate(pixels)) if pixels else np.empty((0, DIMENSIONS), np.float32)
        return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), np.finfo(np.float32).tiny)

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """The network's pooled features (0 and more) of preprocessed crops: float32 [n, 3, 224, 224] -> [n, 1280]."""
        batches = [pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH)]
        return np.concatenate([self._session.run(["features"], {"pixels": batch})[0] for batch in batches])
