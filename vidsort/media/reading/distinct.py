"""Pictures that differ, and an even choice of them."""

import numpy as np

# Mean of the picture, 0 to 255; video black is 0 after conversion, and fades and noise stay below this.
NEAR_BLACK = 12.0
# Mean absolute difference of two thumbnails of 16 x 16 colours, 0 to 255; re-encoding one picture gives below 1.
REPEATED = 1.5
THUMBNAIL = 16
# Every n-th pixel is looked at, so that about this many are left along the short side.
SAMPLED = 64


def spread(times_s: list[float], count: int) -> list[int]:
    """Indices of all `times_s` (ascending): first the `count` evenly spread ones, then the rest, farthest first."""
    times = np.asarray(times_s, dtype=float)
    if len(times) <= count:
        return list(range(len(times)))
    order = list(
        dict.fromkeys(int(np.abs(times - wanted).argmin()) for wanted in np.linspace(times[0], times[-1], count))
    )
    distance = np.abs(times[:, None] - times[order]).min(axis=1)
    distance[order] = -1
    while len(order) < len(times):
        farthest = int(distance.argmax())
        order.append(farthest)
        distance = np.minimum(distance, np.abs(times - times[farthest]))
        distance[order] = -1
    return order


class Pictures:
    """Collects pictures (uint8 RGB, height x width x 3), none near-black, without `repeats` none like another."""

    def __init__(self, repeats: bool = False) -> None:
        self._repeats = repeats
        self.lit = 0  # offered and not near-black
        self._kept: list[tuple[float, np.ndarray]] = []
        self._thumbnails: list[np.ndarray] = []
        self._brightest: tuple[float, float, np.ndarray] | None = None

    def offer(self, time_s: float, image: np.ndarray) -> None:
        """Keep the picture unless it is near-black or repeats a kept one."""
        thumbnail = _thumbnail(image)
        light = float(thumbnail.mean())
        if light < NEAR_BLACK:
            if self._brightest is None or light > self._brightest[0]:
                self._brightest = (light, time_s, image)
            return
        self.lit += 1
        if self._repeats or all(np.abs(thumbnail - other).mean() >= REPEATED for other in self._thumbnails):
            self._kept.append((time_s, image))
            self._thumbnails.append(thumbnail)

    def best(self, count: int) -> list[tuple[float, np.ndarray]]:
        """At most `count` kept pictures, spread and in order of time; the brightest where all are near-black."""
        kept = sorted(self._kept, key=lambda item: item[0])
        if not kept and self._brightest is not None:
            return [self._brightest[1:]]
        return [kept[index] for index in sorted(spread([time_s for time_s, _ in kept], count)[:count])]


def differing(images: list[np.ndarray]) -> list[np.ndarray]:
    """Those of the pictures that do not repeat one before."""
    pictures = Pictures()
    for number, image in enumerate(images):
        pictures.offer(number, image)
    return [image for _, image in pictures.best(len(images))]


def _thumbnail(image: np.ndarray) -> np.ndarray:
    """Mean colours of the cells of a 16 x 16 grid (fewer in a tiny picture): float32, rows x columns x 3."""
    step = max(1, min(image.shape[:2]) // SAMPLED)
    cells = image[::step, ::step].astype(np.float32)
    for axis in (0, 1):
        length = cells.shape[axis]
        starts = np.arange(min(THUMBNAIL, length)) * length // min(THUMBNAIL, length)
        sizes = np.diff(starts, append=length).astype(np.float32)
        cells = np.add.reduceat(cells, starts, axis=axis) / np.expand_dims(sizes, (1 - axis, 2))
    return cells
