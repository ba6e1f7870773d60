"""Draws the labels over the images for review: `python view.py FOLDER` writes a PNG for each image, and for every eighth frame of
the video. It reads the generated files of the sample."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
SCALE = 2


def decoded(mask):
    """Decodes a bitmask (contract: `docs/contract/label-format.md#run-length-string`)."""
    numbers, value, shift = [], 0, 0
    for character in mask["rleString"]:
        group = ord(character) - 48
        value |= (group & 31) << shift
        shift += 5
        if not group & 32:
            numbers.append(value - (1 << shift) if group & 16 else value)
            value, shift = 0, 0
    lengths = []
    for at, number in enumerate(numbers):
        lengths.append(number + lengths[at - 2] if at > 2 else number)
    flat = np.repeat(np.arange(len(lengths)) % 2, lengths)
    return flat.reshape(mask["height"], mask["width"]).astype(np.uint8)


class Drawing:
    """An enlarged image with labels drawn on it."""

    def __init__(self, image):
        self.size = np.array(image.shape[1::-1])
        large = cv2.resize(image, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
        self.image = np.ascontiguousarray(large[:, :, ::-1])

    def at(self, x, y):
        """Converts relative coordinates to pixels of the drawing."""
        return np.array([x, y], float) * self.size * SCALE

    def line(self, points, color, closed=True):
        corners = np.round(np.array(points) * 16).astype(np.int32)
        cv2.polylines(self.image, [corners], closed, color, 1, cv2.LINE_AA, 4)

    def dot(self, place, color, radius=3):
        cv2.circle(self.image, tuple(int(value) for value in place), radius, color, -1, cv2.LINE_AA)

    def box(self, box, color, degrees=0.0):
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [box["w"], box["h"]] + [box["x"], box["y"]]
        corners = corners * self.size * SCALE
        center, angle = corners.mean(0), np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        self.line((corners - center) @ turn + center, color)

    def ellipse(self, x, y, rx, ry, degrees, color):
        center, axes = self.at(x, y), (int(rx * SCALE), int(ry * SCALE))
        cv2.ellipse(self.image, tuple(int(value) for value in center), axes, degrees, 0, 360, color, 1, cv2.LINE_AA)

    def draw(self, entry, template):
        """Draws an object entry."""
        color = tuple(int(entry["color"][at : at + 2], 16) for at in (5, 3, 1))
        if "boundingBox" in entry:
            self.box(entry["boundingBox"], color)
        if "rotatableBoundingBox" in entry:
            self.box(entry["rotatableBoundingBox"], color, entry["rotatableBoundingBox"]["theta"])
        for ring in entry.get("polygons", [[]])[0]:
            self.line([self.at(x, y) for x, y in zip(ring[::2], ring[1::2])], color)
        if "polyline" in entry:
            self.line([self.at(each["x"], each["y"]) for each in entry["polyline"].values()], color, closed=False)
        if "point" in entry:
            self.dot(self.at(entry["point"]["0"]["x"], entry["point"]["0"]["y"]), color, 5)
        if "ellipse" in entry:
            it = entry["ellipse"]
            self.ellipse(it["x"], it["y"], it["rx"] * self.size[0], it["ry"] * self.size[1], it["theta"], color)
        if "circle" in entry:
            it = entry["circle"]
            self.ellipse(it["x"], it["y"], it["r"] * self.size[0], it["r"] * self.size[0], 0, color)
        if "bitmask" in entry:
            mask = cv2.resize(decoded(entry["bitmask"]), None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_NEAREST) > 0
            self.image[mask] = (self.image[mask] * 0.6 + np.array(color) * 0.4).astype(np.uint8)
        if "cuboid_2d" in entry:
            self._cuboid(entry["cuboid_2d"], color)
        if "skeleton" in entry:
            self._skeleton(entry["skeleton"], template, color)

    def _cuboid(self, cuboid, color):
        front = [self.at(x, y) for x, y in zip(cuboid["front"][::2], cuboid["front"][1::2])]
        back = [corner + self.at(cuboid["offset"]["x"], cuboid["offset"]["y"]) for corner in front]
        self.line(front, color)
        self.line(back, color)
        for pair in zip(front, back):
            self.line(pair, color, closed=False)

    def _skeleton(self, vertices, template, color):
        places = {each["name"]: self.at(each["x"], each["y"]) for each in vertices.values()}
        names = {key: each["name"] for key, each in template["skeleton"].items()}
        for start, ends in template["skeletonEdges"].items():
            for end in ends:
                if names[start] in places and names[end] in places:
                    self.line([places[names[start]], places[names[end]]], color, closed=False)
        for vertex in vertices.values():
            self.dot(places[vertex["name"]], color if vertex["visibility"] == "visible" else (128, 128, 128))


def _drawn(image, objects, template, path):
    drawing = Drawing(image)
    for entry in sorted(objects, key=lambda entry: "bitmask" not in entry):
        drawing.draw(entry, template)
    cv2.imwrite(str(path), drawing.image)


def _video(row, template, out):
    labels = next(iter(row["data_units"].values()))["labels"]
    video, at = cv2.VideoCapture(str(ROOT / "data" / row["data_title"])), 0
    while True:
        is_there, image = video.read()
        if not is_there:
            return
        if at % 8 == 0:
            _drawn(image[:, :, ::-1], labels.get(str(at), {"objects": []})["objects"], template, out / f"table-{at}.png")
        at += 1


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    template = json.loads((ROOT / "ontology.json").read_text())["skeleton_templates"][0]["template"]
    for file in sorted((ROOT / "labels").glob("*.json")):
        row = json.loads(file.read_text())
        if row["data_type"] == "video":
            _video(row, template, out)
            continue
        for unit in row["data_units"].values():
            name = row["data_title"] + (f"/{unit['data_title']}" if row["data_type"] == "img_group" else "")
            image = np.array(ImageOps.exif_transpose(Image.open(ROOT / "data" / name)).convert("RGB"))
            assert image.shape[1::-1] == (unit["width"], unit["height"]), name
            _drawn(image, unit["labels"]["objects"], template, out / f"{name.replace('/', '-')}.png")


if __name__ == "__main__":
    main()
