"""What calculates the networks of pictures: the processor, or a device whose vectors mix with the processor's.

Rows of two machines lie in one table, and a device rounds in its own way. So each session on one is shown a few fixed
pictures first, and is used only where it says of them what the processor says.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...records import EncoderDevice

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

CPU = "CPUExecutionProvider"
# TF32 keeps ten bits of 23.
PROVIDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "cuda": ("CUDAExecutionProvider", {"use_tf32": "0"}), "coreml": ("CoreMLExecutionProvider", {}),
}
INSTALL = {
    "cuda": "install onnxruntime-gpu in place of onnxruntime", "coreml": "onnxruntime has it on a Mac",
    "auto": "install onnxruntime-gpu in place of onnxruntime where there is a card for it",
}
# How far what a device says of the pictures may be from what the processor says, in the length of that. Of a network
# in integers, one that calculates the same in floats is .017 off (a cosine of .99985; rows of 60 videos at least .9994,
# and the nearest other video .86); this is a cosine of .999. Networks in floats differ by 0.00001.
IN_INTEGERS, IN_FLOATS = 0.045, 0.005
# A row is of as many pictures or more.
PICTURES, SEED = 8, 1
# They vary in cells, so many a side, as real ones do: noise alone is nothing that a network was made for.
CELLS = ((2, 0.45), (5, 0.3), (16, 0.15), (64, 0.1))

Tell = Callable[[str], object]
# A picture, uint8 RGB [256, 256, 3], to what a network is fed with.
Pixels = Callable[[np.ndarray], np.ndarray]


class _Chosen(NamedTuple):
    device: EncoderDevice
    tell: Tell


_chosen: ContextVar[_Chosen | None] = ContextVar("encoder_device", default=None)


@contextlib.contextmanager
def encoding_on(device: EncoderDevice, tell: Tell) -> Iterator[None]:
    """Networks that are loaded within are calculated by this device; `tell` is given a sentence where one is not."""
    token = _chosen.set(_Chosen(device, tell))
    try:
        yield
    finally:
        _chosen.reset(token)


def new_session(
    network: bytes | str, options: "SessionOptions", pixels: Pixels, *, most: float = IN_INTEGERS
) -> "InferenceSession":
    """A network in memory, on the device that `encoding_on` chose where it is as good as the same, else on the CPU.

    pixels: makes what the network, which has one input, is fed with. most: what a device may differ by.
    Raises what onnxruntime raises for a network that the processor cannot calculate.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(network, options, providers=[CPU])
    chosen = _chosen.get()
    if chosen is None or chosen.device == "cpu":
        return session
    offered = onnxruntime.get_available_providers()
    names = PROVIDERS if chosen.device == "auto" else (chosen.device,)
    found = [PROVIDERS[name] for name in names if PROVIDERS[name][0] in offered]
    setting = f"encoder_device={chosen.device}"
    if not found:
        chosen.tell(
            f"The setting {setting} does nothing here, as this onnxruntime offers only {', '.join(offered)}: the "
            f"processor calculates; {INSTALL[chosen.device]}."
        )
        return session
    provider, given = found[0]
    try:
        on_device = onnxruntime.InferenceSession(network, options, providers=[(provider, given), CPU])
        differs = None if on_device.get_providers()[:1] != [provider] else _difference(on_device, session, pixels)
    except Exception as error:  # noqa: BLE001  (onnxruntime raises a dozen kinds for what a driver does not do)
        chosen.tell(
            f"The setting {setting} does nothing here, as {provider} fails ({error}): the processor calculates."
        )
        return session
    if differs is None:
        chosen.tell(
            f"The setting {setting} does nothing here, as {provider} cannot be started: the processor calculates; see "
            "that the driver and the libraries are there that this onnxruntime names."
        )
    elif not differs <= most:
        chosen.tell(
            f"The setting {setting} does nothing here, as a network says something else on {provider} ({differs:.3f} "
            f"off, of {most} at most), and rows of two machines would not mix: the processor calculates."
        )
    else:
        return on_device
    return session


def pictures() -> list[np.ndarray]:
    """The fixed pictures: uint8 RGB [256, 256, 3] each."""
    from PIL import Image

    generator, found, size = np.random.default_rng(SEED), [], (256, 256)
    for _ in range(PICTURES):
        mixed = np.zeros((*size, 3), np.float32)
        for cells, share in CELLS:
            colours = Image.fromarray(generator.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
            mixed += share * np.asarray(colours.resize(size, Image.Resampling.BICUBIC), np.float32)
        found.append(mixed.clip(0, 255).astype(np.uint8))
    return found


def _difference(one: "InferenceSession", other: "InferenceSession", pixels: Pixels) -> float:
    """How far means over the pictures are apart in the output that differs most, in the length of the other's."""
    fed = [{other.get_inputs()[0].name: pixels(image)} for image in pictures()]
    answers = [zip(*(session.run(None, one) for one in fed), strict=True) for session in (one, other)]
    means = [[np.mean(values, axis=0, dtype=np.float64) for values in outputs] for outputs in answers]
    least = float(np.finfo(np.float32).tiny)
    # One that is no number stays none.
    return float(np.max([
        float(np.linalg.norm(found - wanted)) / max(float(np.linalg.norm(wanted)), least)
        for found, wanted in zip(*means, strict=True)
    ]))
