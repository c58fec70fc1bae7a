"""An image/text pair: two ONNX networks out of folders, whose vectors of a picture and of what it shows are close.

The files are those that fastembed reads. Of pictures: the network and `preprocessor_config.json`; of texts: the
network, `tokenizer.json` and `tokenizer_config.json`. Each side has a folder of its own with `model.onnx`, or both lie
in one as `onnx/vision_model.onnx` and `onnx/text_model.onnx`. One picture, or text, at a time: some networks take no
other number, and on one thread several are no faster.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from .device import CPU, Pixels, new_session

Side = Literal["vision", "text"]
# Texts are cut at so many tokens where nothing is said of it: as many as CLIP takes.
MOST_TOKENS, MOST_SAID = 77, 8192
# Networks that have this for their answer look at the last token of a text that is padded to its full length.
POOLED = "pooler_output"
CHANNELS = 3


def network_of(folder: Path, side: Side) -> Path | None:
    """The network of one side in a folder that holds both; None where there is none."""
    found = [folder / "onnx" / f"{side}_model.onnx", *sorted(folder.glob(f"*{side}/model.onnx"))]
    return next((path for path in found if path.is_file()), None)


class Prepared(NamedTuple):
    """How a picture becomes a network's input: its short side (None: squeezed), the part seen (height, width), colours.

    scale, mean and deviation: of each colour, (value * scale - mean) / deviation. resample: as Pillow counts.
    """

    short_side: int | None
    seen: tuple[int, int]
    resample: int
    scale: float
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Prepared":
        """What `preprocessor_config.json` says; raises KeyError, TypeError and ValueError where it does not."""
        size, crop = config["size"], config.get("crop_size") if config.get("do_center_crop", True) else None
        squeezed = isinstance(size, dict) and "height" in size
        short_side = None if squeezed else int(size["shortest_edge"] if isinstance(size, dict) else size)
        seen = _sides(size) if squeezed else _sides(short_side if crop is None else crop)
        if short_side is not None and short_side < max(seen):
            raise ValueError(f"pictures of {short_side} pixels have no part of {seen[0]} x {seen[1]}")
        normal = config.get("do_normalize", True)
        mean, deviation = (config["image_mean"], config["image_std"]) if normal else ([0] * CHANNELS, [1] * CHANNELS)
        scale = float(config.get("rescale_factor", 1 / 255)) if config.get("do_rescale", True) else 1.0
        return cls(short_side, seen, int(config.get("resample", 3)), scale, *(
            np.array(values, np.float32).reshape(CHANNELS, 1, 1) for values in (mean, deviation)
        ))

    def pixels(self, image: np.ndarray) -> np.ndarray:
        """The centre of a picture, uint8 RGB [height, width, 3] of any size: float32 [1, 3, height, width]."""
        from PIL import Image

        height, width = image.shape[:2]
        size = (self.seen[1], self.seen[0])
        if self.short_side is not None:
            longer = int(self.short_side * max(height, width) / min(height, width))
            size = (self.short_side, longer) if width <= height else (longer, self.short_side)
        picture = Image.fromarray(image)
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling(self.resample))
        left, top = (size[0] - self.seen[1]) // 2, (size[1] - self.seen[0]) // 2
        seen = np.asarray(picture)[top : top + self.seen[0], left : left + self.seen[1]]
        values = seen.transpose(2, 0, 1).astype(np.float32) * self.scale
        return np.ascontiguousarray((values - self.mean) / self.deviation, np.float32)[None]


class PictureNetwork:
    """The side of a pair that sees, in memory, on one thread; raises what onnxruntime and `Prepared.of` raise."""

    def __init__(self, network: Path) -> None:
        self._prepared = Prepared.of(_json(_beside(network) / "preprocessor_config.json"))
        self._session = _session(network, self._prepared.pixels)
        self._input, self._answer = self._session.get_inputs()[0].name, _answer(self._session, "image_embeds")

    @property
    def least_side(self) -> int:
        """Pixels of the short side of pictures that are not blurred by being scaled up."""
        return max(self._prepared.short_side or 0, *self._prepared.seen)

    def encode(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Vectors of pictures, uint8 RGB [height, width, 3] each: float32 [n, d] of length 1."""
        return _unit(
            self._session.run([self._answer], {self._input: self._prepared.pixels(image)})[0] for image in images
        )


class TextNetwork:
    """The side of a pair that reads, in memory, on one thread; raises what onnxruntime and tokenizers raise."""

    def __init__(self, network: Path) -> None:
        from tokenizers import Tokenizer

        folder = _beside(network)
        self._session = _session(network)
        self._answer = _answer(self._session, "text_embeds")
        self._inputs = {one.name: one.shape for one in self._session.get_inputs()}
        config = _json(folder / "tokenizer_config.json")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        fixed = self._inputs["input_ids"][-1]
        said = (config.get("model_max_length"), config.get("max_length"))
        # Where nothing is known it is a number beyond all that a network could take.
        most = min([one for one in said if isinstance(one, int) and 0 < one <= MOST_SAID], default=MOST_TOKENS)
        most = fixed if isinstance(fixed, int) else most
        padding = self._tokenizer.padding or {}
        self._tokenizer.enable_truncation(most)
        self._tokenizer.no_padding()
        if isinstance(fixed, int) or self._answer == POOLED:
            token = config.get("pad_token") or ""
            token = str(padding.get("pad_token") or (token["content"] if isinstance(token, dict) else token))
            number = padding.get("pad_id", self._tokenizer.token_to_id(token))
            self._tokenizer.enable_padding(length=most, pad_id=number or 0, pad_token=token)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of texts: float32 [n, d] of length 1."""
        return _unit(self._session.run([self._answer], self._fed(text))[0] for text in texts)

    def _fed(self, text: str) -> dict[str, np.ndarray]:
        read = self._tokenizer.encode(text)
        given = {"input_ids": read.ids, "attention_mask": read.attention_mask, "token_type_ids": [0] * len(read.ids)}
        return {name: np.array([given[name]], np.int64) for name in self._inputs}


def _sides(size: Any) -> tuple[int, int]:
    return (int(size["height"]), int(size["width"])) if isinstance(size, dict) else (int(size), int(size))


def _beside(network: Path) -> Path:
    """Where the files that go with a network lie."""
    return network.parent.parent if network.parent.name == "onnx" else network.parent


def _session(network: Path, pixels: Pixels | None = None) -> Any:
    """A network in memory; one that sees pictures, by these pixels of each, on the device that is set."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # What is odd in a network of others is nothing that a person could mend.
    options.log_severity_level = 3
    if pixels is not None:
        return new_session(str(network), options, pixels)
    return onnxruntime.InferenceSession(str(network), options, providers=[CPU])


def _answer(session: Any, named: str) -> str:
    """Which output is a vector of the whole: the one of this name, the pooled one, or the first."""
    outputs = {one.name: one.shape for one in session.get_outputs()}
    found = next((name for name in (named, POOLED) if name in outputs), next(iter(outputs)))
    if len(outputs[found]) != 2:
        raise ValueError(f"its output {found} is no vector")
    return str(found)


def _unit(rows: Iterable[np.ndarray]) -> np.ndarray:
    vectors = np.array([np.asarray(row, np.float32).ravel() for row in rows], np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.finfo(np.float32).tiny)


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise TypeError(f"{path.name} is no object")
    return found
