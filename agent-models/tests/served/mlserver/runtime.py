"""A model of numpy for MLServer: doubles `x`, and returns the largest of the `pixels`."""

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse


class Double(MLModel):
    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        inputs = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        x = inputs["x"]
        if (x < 0).any():
            raise InferenceError("negative")
        outputs = [NumpyCodec.encode_output("y", x * np.float32(2))]
        if "pixels" in inputs:
            outputs.append(NumpyCodec.encode_output("brightest", inputs["pixels"].max(axis=(1, 2))))
        return InferenceResponse(model_name=self.name, outputs=outputs)
