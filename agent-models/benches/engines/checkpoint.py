"""Reader of PyTorch checkpoints that needs only NumPy."""

import pickle
import zipfile
from collections import OrderedDict

import numpy as np

TYPES = {"FloatStorage": np.float32, "LongStorage": np.int64}


def read(path):
    """Returns the tensors of a checkpoint by name."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        pickled = next(name for name in names if name.endswith("/data.pkl"))
        folder = pickled.removesuffix("data.pkl")
        with archive.open(pickled) as file:
            return dict(_Unpickler(file, archive, folder).load())


class _Unpickler(pickle.Unpickler):
    """An unpickler that creates tensors and nothing else."""

    def __init__(self, file, archive, folder):
        super().__init__(file)
        self.archive, self.folder = archive, folder

    def find_class(self, module, name):
        allowed = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            **{("torch", name): dtype for name, dtype in TYPES.items()},
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"the checkpoint contains {module}.{name}, which is not part of a tensor")
        return allowed[module, name]

    def persistent_load(self, identifier):
        _, dtype, key, _, length = identifier
        return np.frombuffer(self.archive.read(f"{self.folder}data/{key}"), dtype, length)


def _tensor(storage, offset, shape, strides, *_):
    strides = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides).copy()
