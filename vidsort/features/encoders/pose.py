"""Where the points of a body are in a picture: BlazePose as bundled, run by onnxruntime.

Two networks, as their authors chain them (Bazarevsky et al., BlazePose: On-device real-time body pose
tracking, 2020; the numbers are those of MediaPipe's graphs `pose_detection` and `pose_landmark`): a detector
finds the middle of the hips and a circle around the whole body of the person it is surest of, and the square
around that, turned upright, is shown to the second one, which finds 33 points.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from .device import IN_FLOATS, new_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DETECTOR, LANDMARKS = "blazepose_detector", "blazepose_landmarks"
DETECTOR_SIDE, LANDMARKS_SIDE = 224, 256
# Maps that the detector answers from, a cell of so many pixels each; two answers a cell and map.
STRIDES = (8, 16, 32, 32, 32)
ANSWERS = 2
# From so much certainty on the second network is shown what the detector found, and is believed. MediaPipe asks 0.5 of
# both; but where the detector is less sure the second one still knows, and costs a moment only.
WORTH_A_LOOK, SURE = 0.4, 0.5
# The square is so much wider than the circle.
ROOM = 1.25
POINTS = 33
# The network gives six more, with which the next picture of a stream would be aligned.
ALL_POINTS = 39


@dataclass(frozen=True)
class Pose:
    """A body in a picture.

    points: float32 [33, 2], x and y in pixels of the picture, also of what lies outside of it or is hidden.
    world: float32 [33, 3], x, y and z in metres from the middle of the hips, as the camera sees them.
    side: of the square around the body, in pixels.
    """

    points: np.ndarray
    world: np.ndarray
    side: float


class PoseNetworks:
    """Both networks in memory; one call of them uses one thread."""

    def __init__(self) -> None:
        self._detector = _session(DETECTOR, detector_pixels, DETECTOR_SIDE)
        self._landmarks = _session(LANDMARKS, landmarks_pixels, LANDMARKS_SIDE)

    def find(self, image: np.ndarray) -> Pose | None:
        """The body in a picture, uint8 RGB [height, width, 3] of any size; None where there is none for sure."""
        square = self.detect(image)
        return None if square is None else self.landmarks(image, *square)

    def detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """The middle of the hips and a point on the circle around the body, above the head: float [2], in pixels."""
        pixels, scale, corner = letterboxed(image, DETECTOR_SIDE)
        boxes, scores = self._detector.run(["boxes", "scores"], {"pixels": detector_pixels(pixels)})
        best = int(scores[0, :, 0].argmax())
        if _certainty(float(scores[0, best, 0])) < WORTH_A_LOOK:
            return None
        found = boxes[0, best, 4:8].reshape(2, 2) + anchors()[best] * DETECTOR_SIDE
        middle, rim = (found - corner) / scale
        return middle, rim

    def landmarks(self, image: np.ndarray, middle: np.ndarray, rim: np.ndarray) -> Pose | None:
        """The points of the body in the circle around `middle` through `rim`, which is above its head."""
        from PIL import Image

        up = rim - middle
        radius = float(np.hypot(*up))
        if not radius > 1:
            return None
        down, side = -up / radius, 2 * ROOM * radius
        # From pixels of the square to those of the picture: its rows run down the body.
        turned = np.array([[down[1], down[0]], [-down[0], down[1]]]) * (side / LANDMARKS_SIDE)
        shift = middle - turned @ np.full(2, LANDMARKS_SIDE / 2)
        crop = Image.fromarray(image).transform(
            (LANDMARKS_SIDE, LANDMARKS_SIDE), Image.Transform.AFFINE,
            (*turned[0], shift[0], *turned[1], shift[1]), Image.Resampling.BILINEAR,
        )
        fed = {"pixels": landmarks_pixels(np.asarray(crop))}
        found, flag, world = self._landmarks.run(["landmarks", "flag", "world"], fed)
        if flag[0, 0] < SURE:
            return None
        points = found.reshape(ALL_POINTS, -1)[:POINTS, :2] @ turned.T + shift
        metres = world.reshape(ALL_POINTS, 3)[:POINTS].copy()
        # They stand upright in the square: turn them as they are seen.
        metres[:, :2] = metres[:, :2] @ turned.T / (side / LANDMARKS_SIDE)
        return Pose(points.astype(np.float32), metres.astype(np.float32), side)


@functools.cache
def networks() -> PoseNetworks:
    """Both networks, loaded once in a process."""
    return PoseNetworks()


def letterboxed(image: np.ndarray, side: int) -> tuple[np.ndarray, float, np.ndarray]:
    """A picture in the middle of a black square: float32 [side, side, 3] of 0 to 255, its scale, its corner (x, y)."""
    from PIL import Image

    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    pixels = np.zeros((side, side, 3), np.float32)
    pixels[y : y + size[1], x : x + size[0]] = np.asarray(
        Image.fromarray(image).resize(size, Image.Resampling.BILINEAR)
    )
    return pixels, scale, np.array([x, y])


@functools.cache
def anchors() -> np.ndarray:
    """The middles of the cells that the detector answers from, as shares of its side: float [2254, 2], x and y.

    Maps of one size are one map with more answers a cell.
    """
    places = []
    for stride in sorted(set(STRIDES)):
        middles = (np.arange(DETECTOR_SIDE // stride) + 0.5) * stride / DETECTOR_SIDE
        y, x = np.meshgrid(middles, middles, indexing="ij")
        places.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), ANSWERS * STRIDES.count(stride), axis=0))
    return np.concatenate(places)


def _certainty(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -80, 80))))


def detector_pixels(square: np.ndarray) -> np.ndarray:
    """What the detector takes: float32 [1, 224, 224, 3] of -1 to 1; of a square, 0 to 255."""
    return (square.astype(np.float32) / np.float32(127.5) - 1)[None]


def landmarks_pixels(square: np.ndarray) -> np.ndarray:
    """What the second network takes: float32 [1, 256, 256, 3] of 0 to 1; of a square, 0 to 255."""
    return square.astype(np.float32)[None] / np.float32(255)


def _session(name: str, pixels: Callable[[np.ndarray], np.ndarray], side: int) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    weights = resources.files(__package__) / "weights" / f"{name}.onnx"
    return new_session(
        weights.read_bytes(), options, lambda image: pixels(letterboxed(image, side)[0]), most=IN_FLOATS
    )
