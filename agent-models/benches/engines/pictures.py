"""Photographs of the sample project as inputs of the model, and the masks of their objects."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLE = Path(__file__).parents[3] / "agent-studio" / "sample"
SIDE = 1024
COLOURS = np.array([[123.675, 116.28, 103.53], [58.395, 57.12, 57.375]], np.float32)
# Photographs without objects in the measurement.
CALIBRATION = ["cat.jpg", "coins.png", "galaxies.jpg", "gravel.jpg"]


def photograph(name):
    """Returns the pixels of a photograph, whose longer side becomes 1024."""
    image = Image.open(SAMPLE / "data" / name).convert("RGB")
    scale = SIDE / max(image.size)
    return np.asarray(image.resize([round(side * scale) for side in image.size], Image.Resampling.BILINEAR))


def tensor(pixels):
    """Returns normalised pixels of 1×3×1024×1024."""
    normal = np.zeros((SIDE, SIDE, 3), np.float32)
    normal[: pixels.shape[0], : pixels.shape[1]] = (pixels - COLOURS[0]) / COLOURS[1]
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])


def points(prompt, extent):
    """Returns a prompt as two points in pixels of the input, and their labels."""
    at = np.array(prompt, np.float32).reshape(-1, 2) * extent * SIDE - 0.5
    if len(at) == 1:
        at = np.concatenate([at, np.zeros((1, 2), np.float32)])
        return at[None], np.array([[1, -1]], np.float32)
    return at[None].astype(np.float32), np.array([[2, 3]], np.float32)


def objects():
    """Returns the objects of the sample project: photograph, box relative to it, and pixels."""
    coco = json.loads((SAMPLE / "ground-truth" / "outlines.json").read_text())
    images = {image["id"]: image for image in coco["images"]}
    for annotation in coco["annotations"]:
        image = images[annotation["image_id"]]
        width, height = image["width"], image["height"]
        left, top, wide, high = annotation["bbox"]
        box = [left / width, top / height, (left + wide) / width, (top + high) / height]
        counts = annotation["segmentation"]["counts"]
        inside = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(width, height).T
        yield image["file_name"], box, inside


def overlap(one, other):
    """Returns the intersection over union of two masks."""
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
