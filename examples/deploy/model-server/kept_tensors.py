"""A runtime for MLServer that keeps tensors, so that clients send each image once.

Copy this file beside the runtime of a model, and derive the runtime from `KeepsTensors`:

    class Segment(KeepsTensors):
        async def infer(self, payload: InferenceRequest) -> InferenceResponse:
            inputs = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}

`infer` takes the place of `predict`, and always gets all inputs. Find them by name: an input that was left out comes last.

The protocol, for clients in other languages:

* A request has the parameter `tensor_sha256:NAME` for an input that it contains or leaves out: SHA-256, in lowercase hexadecimal digits,
  of `DATATYPE LENGTH,LENGTH,...`, a line feed, and the raw data (little-endian, row-major; byte strings each after its length in 4 bytes).
* If the request contains the input, it is checked and kept. If it leaves the input out, the kept one is used. If there is none, the error
  contains `tensor_not_kept`, with status 422 or `FAILED_PRECONDITION`: the client sends the request again, with the input.
* The response has the parameter `kept_tensors`, `sha256`, if everything that has a digest is kept. Without it, the client must not
  leave inputs out.

Every worker keeps tensors of its own: set MLSERVER_PARALLEL_WORKERS=0, or clients send an image once to each worker.
"""

import asyncio
import hashlib
from collections import OrderedDict

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.errors import InferenceError, MLServerError
from mlserver.types import Datatype, InferenceRequest, InferenceResponse, Parameters, RequestInput, TensorData

PREFIX = "tensor_sha256:"
# Default of `parameters.extra.kept_tensors_bytes` in model-settings.json.
DEFAULT_BYTES = 256 * 1024 * 1024


class KeptTensors:
    """The tensors that were used last, by digest, within a number of bytes."""

    def __init__(self, max_bytes: int):
        self._max_bytes, self._bytes = max_bytes, 0
        self._tensors: OrderedDict[str, tuple[int, RequestInput]] = OrderedDict()

    def __contains__(self, digest: str) -> bool:
        return digest in self._tensors

    def get(self, digest: str) -> RequestInput | None:
        if digest not in self._tensors:
            return None
        self._tensors.move_to_end(digest)
        return self._tensors[digest][1]

    def put(self, digest: str, size: int, tensor: RequestInput) -> None:
        if digest in self._tensors or size > self._max_bytes:
            return
        self._tensors[digest] = (size, tensor)
        self._bytes += size
        while self._bytes > self._max_bytes:
            _, (evicted, _) = self._tensors.popitem(last=False)
            self._bytes -= evicted


class KeepsTensors(MLModel):
    """The base of a runtime that keeps tensors. Implement `infer` instead of `predict`."""

    def __init__(self, settings):
        super().__init__(settings)
        extra = (settings.parameters and settings.parameters.extra) or {}
        self._kept = KeptTensors(int(extra.get("kept_tensors_bytes", DEFAULT_BYTES)))

    async def infer(self, payload: InferenceRequest) -> InferenceResponse:
        raise NotImplementedError("infer() is not implemented")

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        digests = _digests(payload)
        inputs = {tensor.name: tensor for tensor in payload.inputs}
        for name, digest in digests.items():
            if name in inputs:
                await self._keep(inputs[name], digest)
            else:
                payload.inputs.append(self._restored(name, digest))
        response = await self.infer(payload)
        # Otherwise, the client sends the inputs with the next request as well.
        if digests and all(digest in self._kept for digest in digests.values()):
            response.parameters = response.parameters or Parameters()
            response.parameters.kept_tensors = "sha256"
        return response

    async def _keep(self, tensor: RequestInput, digest: str) -> None:
        """Checks an input, so that nobody can keep another one under its digest, and keeps it."""
        raw, data = await asyncio.to_thread(_content, tensor)
        shape = ",".join(map(str, tensor.shape))
        head = f"{Datatype(tensor.datatype).value} {shape}\n".encode()
        if await asyncio.to_thread(lambda: hashlib.sha256(head + raw).hexdigest()) != digest:
            raise InferenceError(f"the digest of input {tensor.name!r} does not match its data")
        tensor.data = data
        # Parameters may change the meaning of the data, and are not in the digest.
        if tensor.parameters is None:
            self._kept.put(digest, len(raw), tensor.model_copy())

    def _restored(self, name: str, digest: str) -> RequestInput:
        tensor = self._kept.get(digest)
        if tensor is None:
            raise MLServerError(f"tensor_not_kept: send input {name!r} again", 422)
        return tensor.model_copy(update={"name": name})


def _digests(payload: InferenceRequest) -> dict[str, str]:
    """Returns the digests of a request, by the names of the inputs."""
    parameters = (payload.parameters and payload.parameters.model_extra) or {}
    return {name.removeprefix(PREFIX): value for name, value in parameters.items() if name.startswith(PREFIX)}


def _content(tensor: RequestInput) -> tuple[bytes, TensorData]:
    """Returns the raw data of an input, and the same as an array, or as a list for byte strings."""
    if Datatype(tensor.datatype) == Datatype.BYTES:
        elements = [element.encode() if isinstance(element, str) else element for element in tensor.data]
        raw = b"".join(len(element).to_bytes(4, "little") + element for element in elements)
        return raw, TensorData.model_construct(root=elements)
    try:
        array = NumpyCodec.decode_input(tensor)
    except (TypeError, ValueError, OverflowError) as error:
        raise InferenceError(f"input {tensor.name!r} does not match its shape or datatype") from error
    array.flags.writeable = False
    return array.astype(array.dtype.newbyteorder("<")).tobytes(), TensorData.model_construct(root=array)
