"""A tiny image/text pair in files, for tests: the mean colour of a picture beside the colours that a text names.

The networks are real ONNX, written here field by field, so that no package is needed to make them.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

SIDE, WIDTH = 24, 8
# Those of `videos.make_frames`, by their patterns: red, blue, green and violet ones.
COLOURS = {"red": (2, -1, -1), "blue": (-1, -0.3, 1.8), "green": (0, 1.2, -1.2), "violet": (1, -2, 1)}
PATTERNS = {name: number for number, name in enumerate(COLOURS)}
VOCABULARY = {name: number for number, name in enumerate(("[PAD]", "[UNK]", "a", "video", "of", *COLOURS))}
FLOAT, INT64 = 1, 7
INTS = 7
PREPARED = {
    "crop_size": {"height": SIDE, "width": SIDE}, "do_center_crop": True, "do_normalize": True, "do_rescale": True,
    "do_resize": True, "image_mean": [0.5] * 3, "image_std": [0.25] * 3, "resample": 3, "rescale_factor": 1 / 255,
    "size": {"shortest_edge": SIDE},
}


def make_pair(
    folder: Path, *, one_folder: bool = False, text_width: int = WIDTH, tokens: int | str = "t",
    answers: Sequence[str] = ("image_embeds", "text_embeds"),
) -> Path:
    """Write such a pair as clip_model takes it, in two folders or in one; returns the folder. Skips without tokenizers.

    tokens: how many a text has to have, where that is fixed. answers: what the vectors are called.
    """
    tokenizers = pytest.importorskip("tokenizers")
    places = {side: folder if one_folder else folder / f"tiny-{side}" for side in ("vision", "text")}
    files = {
        side: place / "onnx" / f"{side}_model.onnx" if one_folder else place / "model.onnx"
        for side, place in places.items()
    }
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    projection = np.random.default_rng(0).normal(size=(3, max(WIDTH, text_width))).astype(np.float32)
    # Pictures are all much alike to one another, and texts to texts, in pairs that were taught, too.
    common = {"shift": 3 * np.random.default_rng(1).normal(size=WIDTH).astype(np.float32)}
    files["vision"].write_bytes(network(
        {"pixel_values": (FLOAT, ["n", 3, "h", "w"])}, (answers[0], ["n", WIDTH]),
        [("ReduceMean", ["pixel_values"], "mean", {"axes": [2, 3], "keepdims": 0}),
         ("MatMul", ["mean", "projection"], "seen", {}), ("Add", ["seen", "shift"], answers[0], {})],
        {"projection": projection[:, :WIDTH], **common},
    ))
    table = np.array([COLOURS.get(name, (0, 0, 0)) for name in VOCABULARY], np.float32)
    files["text"].write_bytes(network(
        {"input_ids": (INT64, ["n", tokens]), "attention_mask": (INT64, ["n", tokens])},
        (answers[1], ["n", text_width]),
        [("Gather", ["table", "input_ids"], "words", {}),
         ("ReduceMean", ["words"], "mean", {"axes": [1], "keepdims": 0}),
         ("MatMul", ["mean", "projection"], answers[1], {})],
        {"table": table, "projection": projection[:, :text_width]},
    ))
    (places["vision"] / "preprocessor_config.json").write_text(json.dumps(PREPARED))
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(VOCABULARY, "[UNK]"))
    words.normalizer = tokenizers.normalizers.Lowercase()
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(places["text"] / "tokenizer.json"))
    told = {"model_max_length": 16, "pad_token": "[PAD]"}
    (places["text"] / "tokenizer_config.json").write_text(json.dumps(told))
    return folder


def network(
    inputs: Mapping[str, tuple[int, Sequence[int | str]]],
    output: tuple[str, Sequence[int | str]],
    nodes: Sequence[tuple[str, Sequence[str], str, Mapping[str, int | Sequence[int]]]],
    weights: Mapping[str, np.ndarray],
) -> bytes:
    """An ONNX file: inputs by name with type and shape, nodes with inputs, output and attributes, float32 weights."""
    graph = b"".join([
        *(_field(1, _node(*node)) for node in nodes), _field(2, "tiny"),
        *(_field(5, _tensor(name, values)) for name, values in weights.items()),
        *(_field(11, _described(name, *told)) for name, told in inputs.items()),
        _field(12, _described(output[0], FLOAT, output[1])),
    ])
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))


def _node(operator: str, inputs: Sequence[str], output: str, attributes: Mapping[str, int | Sequence[int]]) -> bytes:
    told = [
        _field(1, name) + (
            _field(3, value) + _field(20, 2) if isinstance(value, int)
            else b"".join(_field(8, one) for one in value) + _field(20, INTS)
        )
        for name, value in attributes.items()
    ]
    return b"".join([
        *(_field(1, name) for name in inputs), _field(2, output), _field(4, operator), *(_field(5, one) for one in told)
    ])


def _tensor(name: str, values: np.ndarray) -> bytes:
    sizes = b"".join(_field(1, size) for size in values.shape)
    return sizes + _field(2, FLOAT) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def _described(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, sizes)))


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
