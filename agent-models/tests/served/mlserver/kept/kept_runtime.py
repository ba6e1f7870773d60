"""A model of numpy that keeps tensors: the pixel of the `image` at `x`. `kept_tensors` is in examples/deploy/model-server."""

from kept_tensors import KeepsTensors
from mlserver.codecs import NumpyCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse


class Kept(KeepsTensors):
    async def load(self) -> bool:
        return True

    async def infer(self, payload: InferenceRequest) -> InferenceResponse:
        inputs = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        row, column = inputs["x"].astype(int).tolist()
        if row < 0:
            raise InferenceError("negative")
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("pixel", inputs["image"][0, row, column])])
