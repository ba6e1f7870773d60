"""Quantizes the graphs of convert.py to 8 bits: quantize.py FOLDER.

encoder-dynamic.onnx and decoder-dynamic.onnx have the weights of their matrix products in 8 bits, and the inputs of these are
quantized while the graph runs. encoder-static.onnx has its convolutions and matrix products in 8 bits; the ranges of
activations are measured on photographs of the sample project that are not part of the comparison.
"""

import sys
from pathlib import Path

from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

import pictures


class Photographs(CalibrationDataReader):
    def __init__(self):
        self.names = iter(pictures.CALIBRATION)

    def get_next(self):
        name = next(self.names, None)
        return name and {"image": pictures.tensor(pictures.photograph(name))}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: quantize.py FOLDER")
    folder = Path(sys.argv[1])
    for name in ("encoder", "decoder"):
        quantize_dynamic(
            folder / f"{name}.onnx",
            folder / f"{name}-dynamic.onnx",
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    quantize_static(
        folder / "encoder.onnx",
        folder / "encoder-static.onnx",
        Photographs(),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "MatMul"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
