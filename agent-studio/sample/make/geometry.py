"""Geometry in the format of label rows: fractions of the image's width and height, with four decimals as on the platform.

Each function takes pixels and the image size (width, height), and returns the members of the entry.
"""

from curves import runs
from ontology import UPPER_BODY, vertex_hash


def _x(value, size):
    return round(float(value) / size[0], 4)


def _y(value, size):
    return round(float(value) / size[1], 4)


def _points(points, size):
    return {str(at): {"x": _x(x, size), "y": _y(y, size)} for at, (x, y) in enumerate(points)}


def box(size, left, top, width, height):
    """A bounding box."""
    return {"boundingBox": {"h": _y(height, size), "w": _x(width, size), "x": _x(left, size), "y": _y(top, size)}}


def rotated_box(size, x, y, width, height, degrees):
    """A box around (x, y), rotated clockwise."""
    inner = box(size, x - width / 2, y - height / 2, width, height)["boundingBox"]
    return {"rotatableBoundingBox": {**inner, "theta": degrees}}


def polygon(size, outline, *holes):
    """A polygon, with holes."""
    flat = [[number for x, y in ring for number in (_x(x, size), _y(y, size))] for ring in (outline, *holes)]
    return {"polygon": _points(outline, size), "polygons": [flat]}


def polyline(size, points):
    """A polyline."""
    return {"polyline": _points(points, size)}


def point(size, x, y):
    """A point."""
    return {"point": _points([(x, y)], size)}


def ellipse(size, x, y, rx, ry, degrees):
    """An ellipse with these semi-axes, rotated clockwise."""
    return {"ellipse": {"x": _x(x, size), "y": _y(y, size), "rx": _x(rx, size), "ry": _y(ry, size), "theta": degrees}}


def circle(size, x, y, radius):
    """A circle."""
    return {"circle": {"x": _x(x, size), "y": _y(y, size), "r": _x(radius, size), "stretch": 1.0, "theta": 0.0}}


def cuboid(size, front, offset):
    """A 2-D cuboid: the corners of its front, and the offset of its back."""
    flat = [number for x, y in front for number in (_x(x, size), _y(y, size))]
    return {"cuboid_2d": {"front": flat, "offset": {"x": _x(offset[0], size), "y": _y(offset[1], size)}}}


def skeleton(size, vertices):
    """A skeleton: position and visibility of vertices by name. Vertices that are not given are missing."""
    names = [name for name in UPPER_BODY if name in vertices]
    out = {}
    for at, name in enumerate(names):
        x, y, visibility = vertices[name]
        out[str(at)] = {
            "x": _x(x, size), "y": _y(y, size), "name": name, "color": "#FDA1FF", "featureHash": vertex_hash(name),
            "value": name.replace(" ", "_"), "visibility": visibility,
        }
    return {"skeleton": out}


def bitmask(mask):
    """A mask of the whole image, row by row (contract: `docs/contract/label-format.md#run-length-string`)."""
    lengths = runs(mask, "C")
    deltas = [length - lengths[at - 2] if at > 2 else length for at, length in enumerate(lengths)]
    height, width = mask.shape
    text = "".join(map(_number, deltas))
    return {"bitmask": {"top": 0, "left": 0, "height": height, "width": width, "rleString": text}}


def _number(value):
    """Encodes a number in groups of five bits, lowest first, one character each."""
    out = ""
    while True:
        bits, value = value & 31, value >> 5
        is_last = value == (-1 if bits & 16 else 0)
        out += chr(48 + bits + (0 if is_last else 32))
        if is_last:
            return out
