"""The photographs, from the package scikit-image, which states the licence of each beside its loader.

Only photographs in the public domain, under CC0 or without known restrictions are used; `../README.md` lists the sources.
"""

import io
from importlib.resources import files

import cv2
import numpy as np
from PIL import Image

# Parts of the photographer's photograph in the image group: name, (left, top, right, bottom) in its pixels, and size of the
# resulting image in pixels.
GROUP = [
    ("1-photographer.jpg", (0, 0, 512, 512), (512, 512)),
    ("2-at-the-camera.jpg", (144, 48, 352, 256), (416, 416)),
    ("3-tripod.jpg", (192, 288, 448, 512), (384, 336)),
    ("4-skyline.jpg", (320, 96, 512, 256), (480, 400)),
]


def original(name):
    """Returns the bytes of a file in the package."""
    return files("skimage").joinpath("data", name).read_bytes()


def pixels(name):
    """Returns a photograph as an array of rows of red, green and blue, 0 to 255."""
    return np.array(Image.open(io.BytesIO(original(name))).convert("RGB"))


def jpeg(image, quality=88, orientation=None):
    """The bytes of a JPEG file of an array; with an orientation, as a camera held sideways writes it."""
    picture = Image.fromarray(image)
    options = {"quality": quality, "optimize": True, "subsampling": 0 if quality >= 90 else 2}
    if orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


def on_its_side(image):
    """A photograph stored rotated by a quarter to the left, with the tag that has viewers turn it to the right."""
    return jpeg(np.ascontiguousarray(np.rot90(image, 1)), orientation=6)


def part(image, box, size):
    """A part of a photograph, scaled to a size."""
    left, top, right, bottom = box
    return cv2.resize(image[top:bottom, left:right], size, interpolation=cv2.INTER_CUBIC)


def photographs():
    """What `data/` holds, but for what is composed (`table.py`, `gravel.py`): bytes by path."""
    camera = Image.open(io.BytesIO(original("camera.png")))
    camera = np.array(camera.convert("L"))
    out = {
        "coins.png": original("coins.png"),
        "rocket.jpg": original("rocket.jpg"),
        "espresso.jpg": jpeg(pixels("coffee.png")),
        "astronaut.jpg": jpeg(pixels("astronaut.png")),
        "cat.jpg": on_its_side(pixels("chelsea.png")),
        "galaxies.jpg": jpeg(part(pixels("hubble_deep_field.jpg"), (200, 186, 840, 666), (640, 480)), quality=80),
    }
    for name, box, size in GROUP:
        out[f"photographer/{name}"] = jpeg(part(camera, box, size), quality=85)
    return out
