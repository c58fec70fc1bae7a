"""Colours at points of a body, left and right together."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .pose import Pose

# A picture is seen so coarsely that the trunk is this many pixels long, blurred by a little less than one.
TRUNK_PIXELS = 16
BLUR = 0.95
# A body seen from above has a short trunk; it is at least this share of the square around the body.
SHORTEST_TRUNK = 0.12
SHOULDERS, HIPS = (11, 12), (23, 24)
# Upper and lower arms and legs, left and right, in fifths, and beside their middle by a share of their length.
LIMBS = (((11, 13), (12, 14)), ((13, 15), (14, 16)), ((23, 25), (24, 26)), ((25, 27), (26, 28)))
ALONG_LIMB = (0.0, 0.25, 0.5, 0.75, 1.0)
BESIDE_LIMB = (-0.15, 0.0, 0.15)
# Down the trunk from shoulders (0) to hips (1), and across it from one side (0) to the middle (0.5).
ALONG_TRUNK = (-0.15, 0.0, 0.15, 0.3, 0.5, 0.7, 0.9, 1.1)
ACROSS_TRUNK = (-0.15, 0.1, 0.3, 0.5)
# Wrists, hands, ankles, toes, ears; and between shoulders and nose.
ENDS = ((15, 16), (19, 20), (27, 28), (31, 32), (7, 8))
TO_NOSE = (0.3, 0.6, 1.0)
PAIRS = 100


def pairs_of_points(points: np.ndarray) -> np.ndarray:
    """Points on a body that lie on its left and on its right: float [33, 2] -> float [100, 2, 2]."""
    pairs = []
    for (a, b), (c, d) in LIMBS:
        left, right = points[b] - points[a], points[d] - points[c]
        # What is beside it on one side is mirrored on the other.
        aside, mirrored = np.array([-left[1], left[0]]), np.array([right[1], -right[0]])
        for along in ALONG_LIMB:
            for by in BESIDE_LIMB:
                pairs.append((points[a] + along * left + by * aside, points[c] + along * right + by * mirrored))
    for along in ALONG_TRUNK:
        left, right = (points[shoulder] + along * (points[hip] - points[shoulder])
                       for shoulder, hip in zip(SHOULDERS, HIPS, strict=True))
        pairs += [(left + across * (right - left), right + across * (left - right)) for across in ACROSS_TRUNK]
    pairs += [(points[a], points[b]) for a, b in ENDS]
    neck = points[list(SHOULDERS)].mean(axis=0)
    pairs += [(neck + along * (points[0] - neck),) * 2 for along in TO_NOSE]
    return np.array(pairs, np.float64)


def colours(image: np.ndarray, pose: "Pose") -> np.ndarray:
    """Red against green, yellow against blue, colourfulness and light at the points: float64 [100, 2, 4].

    image: uint8 RGB [height, width, 3], in whose pixels the pose is. Beyond its edge is what is at the edge.
    """
    from PIL import Image

    points = pose.points.astype(np.float64)
    trunk = float(np.linalg.norm(points[list(SHOULDERS)].mean(axis=0) - points[list(HIPS)].mean(axis=0)))
    trunk = max(trunk, SHORTEST_TRUNK * pose.side)
    height, width = image.shape[:2]
    scale = min(1.0, TRUNK_PIXELS / trunk)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    rgb = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX), np.float64) / 255
    red, green, blue = np.moveaxis(rgb, -1, 0)
    planes = np.stack([
        red - green, (red + green) / 2 - blue, rgb.max(axis=-1) - rgb.min(axis=-1), rgb.mean(axis=-1),
    ], axis=-1)
    shares = np.array([size[0] / width, size[1] / height])
    return _at(_blurred(planes), pairs_of_points(points) * shares - 0.5)


def described_colours(seen: np.ndarray) -> np.ndarray:
    """Colours of the pictures of one video, float [pictures, 100, 2, 4], as float64 [2400].

    Of each pair its mean and its greater value: over the pictures, as they are; and less the video's
    own mean, by its own spread, as mean and as greatest.
    """
    def paired(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values.mean(axis=2), values.max(axis=2)], axis=-1)

    mean, spread = seen.mean(axis=(0, 1, 2)), seen.std(axis=(0, 1, 2))
    # What hardly varies at all is not blown up.
    beside = paired((seen - mean) / (spread + 0.02))
    return np.concatenate([
        paired(seen).mean(axis=0).ravel(), beside.mean(axis=0).ravel(), beside.max(axis=0).ravel(),
    ])


def _blurred(planes: np.ndarray) -> np.ndarray:
    """By a Gaussian of five pixels, beyond the edge what is at the edge: float [height, width, planes]."""
    weights = np.exp(-(np.arange(-2, 3) ** 2) / (2 * BLUR**2))
    weights /= weights.sum()
    for axis in (0, 1):
        length = planes.shape[axis]
        padded = np.pad(planes, [(2, 2) if one == axis else (0, 0) for one in range(3)], "edge")
        planes = sum(
            weight * padded.take(range(start, start + length), axis=axis) for start, weight in enumerate(weights)
        )
    return planes


def _at(planes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values between pixels: float [height, width, planes] at float [..., 2] (x, y; 0 is a pixel's middle)."""
    most = np.array([planes.shape[1] - 1, planes.shape[0] - 1])
    places = np.clip(places, 0, most)
    low = np.minimum(places.astype(int), np.maximum(most - 1, 0))
    high = np.minimum(low + 1, most)
    x, y = np.moveaxis((places - low)[..., None], -2, 0)
    upper = planes[low[..., 1], low[..., 0]] * (1 - x) + planes[low[..., 1], high[..., 0]] * x
    lower = planes[high[..., 1], low[..., 0]] * (1 - x) + planes[high[..., 1], high[..., 0]] * x
    return upper * (1 - y) + lower * y
