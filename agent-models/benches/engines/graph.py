"""ONNX graphs, built from layers whose weights are named as in a checkpoint."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 20


class Graph:
    """A graph in progress. Values are known by their names."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes, self.constants = [], []

    def constant(self, array):
        """Adds a constant."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def op(self, kind, *inputs, outputs=1, **attributes):
        """Adds a node. Arrays among its inputs become constants."""
        inputs = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        names = [f"v{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"{kind}_{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def reshape(self, x, *shape):
        return self.op("Reshape", x, np.array(shape, np.int64))

    def transpose(self, x, *order):
        return self.op("Transpose", x, perm=order)

    def linear(self, x, name):
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return self.op("Add", self.op("MatMul", x, weight.T), bias)

    def norm(self, x, name, epsilon=1e-5):
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=epsilon)

    def channel_norm(self, x, name):
        """Normalises over the channels of a map (batch, channel, row, column)."""
        return self.transpose(self.norm(self.transpose(x, 0, 2, 3, 1), name, 1e-6), 0, 3, 1, 2)

    def convolution(self, x, name, stride=1):
        """Adds a convolution with its batch normalisation, which is folded into the weights."""
        weight, norm = self.weights[f"{name}.c.weight"], f"{name}.bn"
        factor = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + 1e-5)
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * factor
        groups = weight.shape[0] if weight.shape[1] == 1 else 1
        return self._convolution(x, weight * factor[:, None, None, None], bias, stride, groups)

    def plain_convolution(self, x, name):
        """Adds a convolution without bias."""
        return self._convolution(x, self.weights[f"{name}.weight"], None, 1, 1)

    def _convolution(self, x, weight, bias, stride, groups):
        side = weight.shape[2]
        inputs = [x, weight.astype(np.float32)] + ([] if bias is None else [bias.astype(np.float32)])
        return self.op("Conv", *inputs, kernel_shape=[side] * 2, pads=[side // 2] * 4, strides=[stride] * 2, group=groups)

    def gelu(self, x):
        return self.op("Gelu", x)

    def save(self, path, inputs, outputs):
        """Writes the graph. `inputs` and `outputs` are names of values, in the graph and outside, with their shapes."""
        nodes = self.nodes + [helper.make_node("Identity", [value], [name]) for name, (value, _) in outputs.items()]
        tensor = lambda name, shape: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        graph = helper.make_graph(
            nodes,
            "MobileSAM",
            [tensor(name, shape) for name, shape in inputs.items()],
            [tensor(name, shape) for name, (_, shape) in outputs.items()],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, path)
