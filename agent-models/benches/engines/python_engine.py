"""One Python engine for the comparison, with the commands of src/main.rs: python_engine.py NAME FOLDER."""

import sys
import time
from pathlib import Path

import numpy as np

import pictures


class OnnxRuntime:
    def __init__(self, folder, encoder, decoder):
        import onnxruntime

        load = lambda name: onnxruntime.InferenceSession(folder / name, providers=["CPUExecutionProvider"])
        self.encoder, self.decoder = load(encoder), load(decoder)

    def set_image(self, image):
        self.image = image

    def encode(self):
        (self.embedding,) = self.encoder.run(None, {"image": self.image})

    def predict(self, points, labels):
        return self.decoder.run(None, {"embedding": self.embedding, "points": points, "labels": labels})


class PyTorch:
    """The published Python code, from the package that has the weights, without gradients."""

    def __init__(self, folder):
        import types

        import torch

        # The code of the encoder imports three functions that it needs for training only.
        layers, registry = types.ModuleType("timm.models.layers"), types.ModuleType("timm.models.registry")
        layers.DropPath, layers.to_2tuple = torch.nn.Identity, lambda side: (side, side)
        layers.trunc_normal_ = torch.nn.init.trunc_normal_
        registry.register_model = lambda function: function
        # The package itself imports more than the model, such as torchvision.
        package = types.ModuleType("mobile_sam")
        package.__path__ = [str(folder / "mobile_sam")]
        for module in (types.ModuleType("timm"), types.ModuleType("timm.models"), layers, registry, package):
            sys.modules[module.__name__] = module
        from mobile_sam.build_sam import build_sam_vit_t

        # The biases of the attention are computed when the model is put into evaluation mode, so after it was loaded.
        self.torch, self.model = torch, build_sam_vit_t(folder / "mobile_sam.pt").eval()
        with torch.inference_mode():
            self.positions = self.model.prompt_encoder.get_dense_pe()

    def set_image(self, image):
        self.image = self.torch.from_numpy(image)

    def encode(self):
        with self.torch.inference_mode():
            self.embedding = self.model.image_encoder(self.image)

    def predict(self, points, labels):
        points, labels = self.torch.from_numpy(points), self.torch.from_numpy(labels)
        encoder, decoder = self.model.prompt_encoder, self.model.mask_decoder
        with self.torch.inference_mode():
            if labels[0, 0] == 1:
                tokens, dense = encoder((points[:, :1], labels[:, :1]), None, None)
            else:
                tokens, dense = encoder(None, points.reshape(1, 4), None)
            masks, qualities = decoder.predict_masks(self.embedding, self.positions, tokens, dense)
            return masks.numpy(), qualities.numpy()


ENGINES = {
    "onnxruntime": lambda folder: OnnxRuntime(folder, "encoder.onnx", "decoder.onnx"),
    "onnxruntime-int8-dynamic": lambda folder: OnnxRuntime(folder, "encoder-dynamic.onnx", "decoder-dynamic.onnx"),
    "onnxruntime-int8-static": lambda folder: OnnxRuntime(folder, "encoder-static.onnx", "decoder.onnx"),
    "torch": PyTorch,
}


def measured(work):
    """Returns the result of some work, and its elapsed and processor time as text."""
    start, processor_start = time.perf_counter(), time.process_time()
    result = work()
    elapsed, processor = time.perf_counter() - start, time.process_time() - processor_start
    return result, f"{elapsed} {processor}"


def peak_memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("VmHWM:"))


def serve(engine):
    print("ready", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["image", path, width, height]:
                pixels = np.fromfile(path, np.uint8).reshape(int(height), int(width), 3)
                extent = np.array([int(width), int(height)], np.float32) / pictures.SIDE
                engine.set_image(pictures.tensor(pixels))
                response = "ready"
            case ["encode"]:
                _, response = measured(engine.encode)
            case ["predict", *numbers]:
                prompt = pictures.points([float(number) for number in numbers], extent)
                (masks, qualities), response = measured(lambda: engine.predict(*prompt))
                chosen = 0 if len(numbers) == 4 else 1 + int(np.argmax(qualities[0, 1:]))
                mask = masks[0, chosen]
            case ["mask", path]:
                mask.astype("<f4").tofile(path)
                response = "ready"
            case ["memory"]:
                response = peak_memory()
            case _:
                sys.exit(f"unknown command: {line}")
        print(response, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ENGINES:
        sys.exit(f"usage: python_engine.py {'|'.join(ENGINES)} FOLDER")
    serve(ENGINES[sys.argv[1]](Path(sys.argv[2])))
