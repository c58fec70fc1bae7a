"""Make `vidsort/features/encoders/weights/efficientnet_lite0.onnx` from what `make_image_encoder.py` writes.

Not needed to use vidsort: the file it writes is in the repository. To make it again, in an
environment of its own, with a folder of videos to take pictures from:

    python -m venv /tmp/quantise && /tmp/quantise/bin/pip install . onnx==1.23.2 onnxruntime==1.32.0 sympy
    /tmp/quantise/bin/python tools/quantise_image_encoder.py /tmp/float.onnx VIDEOS

Weights become integers with a scale for each channel, activations integers of 8 bits, whose ranges
are those that pictures of the videos give: half the bytes and twice the speed of float32 where the
processor multiplies bytes (VNNI), and the same rows where it does not. There two products are added
up in 16 bits, which products of 8 and 8 bits would overflow: so weights have 7 bits, but for those of
depthwise convolutions, whose products are added up in 32 bits everywhere. The first layers stay in
float32: they are as fast so, and it is there that few bits cost most (cosine to float32 of the median
picture: .959 with 7 bits everywhere, .966 with 8 in depthwise convolutions, .990 with both).
Other pictures of the same videos must come out as they do in float32 before anything is written.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from vidsort.errors import VideoDecodeError
from vidsort.features.encoders.image import preprocess
from vidsort.media import sample_frames

TARGET = Path(__file__).parents[1] / "vidsort" / "features" / "encoders" / "weights" / "efficientnet_lite0.onnx"
# Pictures that the ranges are taken from, and as many that the result is held against.
CALIBRATED, COMPARED = 96, 96
LEAST_COSINE = 0.98
IN_FLOAT = ("conv_stem.", "blocks.0.")
WITH_8_BITS = "_depthwise_conv.weight"


class Pixels(CalibrationDataReader):
    """Hands pictures to the calibration one by one."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._feeds = ({"pixels": one[None]} for one in pixels)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next picture, or None."""
        return next(self._feeds, None)


def pictures(folder: Path) -> Iterator[np.ndarray]:
    """A frame of each of the folder's videos in turn, evenly over its subfolders: float32 [3, 224, 224]."""
    paths = sorted(folder.rglob("*.mp4"), key=lambda path: hashlib.sha256(path.name.encode()).digest())
    for path in paths:
        try:
            image = sample_frames(path, 1).images[0]
        except VideoDecodeError as error:
            print(f"{path.name} is left out: {error}", file=sys.stderr)
            continue
        yield preprocess(image)[0]


def unfolded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with its 16-bit weights as float32 and without the Casts that make them so."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in stored and node.attribute[0].i == TensorProto.FLOAT:
            weights = numpy_helper.to_array(stored[node.input[0]]).astype(np.float32)
            graph.initializer.remove(stored[node.input[0]])
            graph.initializer.append(numpy_helper.from_array(weights, node.output[0]))
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def quantised(model: onnx.ModelProto, pixels: np.ndarray) -> bytes:
    """The network in integers, with activation ranges from these pixels, float32 [n, 3, 224, 224]."""
    with tempfile.TemporaryDirectory() as scratch:
        whole, prepared, target = (Path(scratch) / name for name in ("whole.onnx", "prepared.onnx", "integers.onnx"))
        onnx.save(unfolded(model), whole)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        convolutions = [node for node in onnx.load(prepared).graph.node if node.op_type == "Conv"]
        in_float = [node.name for node in convolutions if node.name.startswith(IN_FLOAT)]
        with_8_bits = {
            node.input[1]: [{"quant_type": QuantType.QInt8, "reduce_range": False, "axis": 0, "symmetric": True}]
            for node in convolutions if node.input[1].endswith(WITH_8_BITS) and node.name not in in_float
        }
        quantize_static(
            prepared, target, Pixels(pixels), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8, activation_type=QuantType.QUInt8, nodes_to_exclude=in_float,
            extra_options={"TensorQuantOverrides": with_8_bits},
        )
        return target.read_bytes()


def _features(network: bytes, pixels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["features"], {"pixels": one[None]})[0] for one in pixels])


def main() -> int:
    """Calibrate, hold against float32, write; returns 1 without writing where the two disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("videos", type=Path)
    parser.add_argument("target", type=Path, nargs="?", default=TARGET)
    arguments = parser.parse_args()
    found = [pixels for pixels, _ in zip(pictures(arguments.videos), range(CALIBRATED + COMPARED), strict=False)]
    if len(found) < CALIBRATED + COMPARED:
        print(f"{arguments.videos} has {len(found)} videos, {CALIBRATED + COMPARED} are needed.", file=sys.stderr)
        return 1
    written = quantised(onnx.load(arguments.network), np.stack(found[:CALIBRATED]))
    pixels = np.stack(found[CALIBRATED:])
    expected, features = _features(arguments.network.read_bytes(), pixels), _features(written, pixels)
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(expected, axis=1)
    cosines = (features * expected).sum(1) / lengths
    print(f"cosine to float32 on {COMPARED} other pictures: median {np.median(cosines):.4f}, least {cosines.min():.4f}")
    if np.median(cosines) < LEAST_COSINE:
        print("The integers do not agree with float32; nothing was written.", file=sys.stderr)
        return 1
    arguments.target.write_bytes(written)
    print(f"{arguments.target}: {len(written)} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
