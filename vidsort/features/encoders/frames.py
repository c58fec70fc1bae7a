"""What is seen in a few frames of a video: the parts of each through the network, and their mean."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
from pydantic import Field

from .evidence import Evidence, EvidenceConfig
from .image import SHORT_SIDE, CropName, ImageEncoder
from .signature import signatures

if TYPE_CHECKING:
    from ...media import Frames

NetworkName = Literal["efficientnet_lite0"]
# All that there are, for those who compare them. A further one has its name above and its place in `network`.
NETWORKS: tuple[NetworkName, ...] = get_args(NetworkName)


class FramesConfig(EvidenceConfig):
    """What decides the features of frames."""

    revision: ClassVar[int] = 3
    usual_s: ClassVar[float] = 0.06

    encoder: NetworkName = Field("efficientnet_lite0", description="the network that sees the frames")
    frames: int = Field(8, ge=1, le=64, description="frames sampled from each video")
    crops: tuple[CropName, ...] = Field(
        ("first", "second", "center", "squeezed"), min_length=1, description="the parts of a frame to see, in turn"
    )
    crops_per_frame: int = Field(2, ge=1, le=4, description="how many parts of each frame are seen")


@functools.cache
def network(name: NetworkName) -> ImageEncoder:
    """The network of this name, loaded once in a process; one call of it uses one thread."""
    return {"efficientnet_lite0": ImageEncoder}[name](threads=1)


class FramesEncoder:
    """Encodes and pools the frames of videos."""

    def __init__(self, config: FramesConfig) -> None:
        from ...media.reading.frames import FramesWanted

        self._config = config
        self._network = network(config.encoder)
        # Scaled once, by who decodes. What is shown for longer counts for more: repeats are kept.
        self.wanted = FramesWanted(config.frames, SHORT_SIDE, repeats=True)

    def encode(self, given: "Frames") -> Evidence:
        """The features of a video's frames."""
        crops = crops_in_turn(len(given.images), self._config.crops, self._config.crops_per_frame)
        return Evidence(pool(self._network.encode(given.images, crops)), signatures(given.images))


def crops_in_turn(pictures: int, crops: Sequence[CropName], crops_per_frame: int) -> list[tuple[CropName, ...]]:
    """Which crops of each of a video's pictures are seen: the crops in turn, `crops_per_frame` a picture.

    A video of few pictures shows more of each, so that every crop is seen once.
    """
    each = min(len(crops), max(crops_per_frame, -(-len(crops) // max(1, pictures))))
    return [tuple(crops[(number * each + turn) % len(crops)] for turn in range(each)) for number in range(pictures)]


def pool(features: np.ndarray) -> np.ndarray:
    """The mean of the crops of all frames, L2-normalised: float32 [crops, d], each L2-normalised -> float32 [d].

    Raises ValueError where there are none.
    """
    if not features.size:
        raise ValueError(f"There is nothing to pool in features of shape {features.shape}.")
    vector = features.mean(axis=0)
    return vector / max(float(np.linalg.norm(vector)), np.finfo(np.float32).tiny)
