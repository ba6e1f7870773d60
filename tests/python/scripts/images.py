"""Makes images of every format with Pillow and OpenCV, and says what pixels they have.

    images.py FOLDER

Writes NAME and NAME.rgb, the pixels row by row as OpenCV or Pillow reads them, and `images.json`: for each file its name, who
read it, width, height, and how far another decoder may be off, at most and on average. Files that are not to be read have an
`error` instead.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

FOLDER = Path(sys.argv[1])
LISTED = []
EXACT = (0, 0.0)


def photograph(width, height):
    """Slopes, edges and a little noise."""
    random = np.random.default_rng(7)
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    slopes = np.stack([x * 200 + 30, y * 180 + 20, (1 - x) * 120 + y * 90], axis=-1)
    slopes[height // 4 : height // 2, width // 3 : width // 2] = (220, 40, 60)
    slopes[(x - 0.7) ** 2 + (y - 0.6) ** 2 < 0.03] = (20, 160, 240)
    return np.clip(slopes + random.normal(0, 4, slopes.shape), 0, 255).astype(np.uint8)


PHOTOGRAPH = photograph(161, 119)
IMAGE = Image.fromarray(PHOTOGRAPH)
CLEAR = np.dstack([PHOTOGRAPH, np.tile(np.arange(161, dtype=np.uint8), (119, 1))])


def expect(name, by, tolerance):
    path = FOLDER / name
    if by == "opencv":
        pixels = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    else:
        opened = Image.open(path)
        pixels = np.asarray(opened.convert("RGB") if by == "pillow" else opened.convert("RGBA"))[:, :, :3]
    (FOLDER / f"{name}.rgb").write_bytes(np.ascontiguousarray(pixels).tobytes())
    height, width = pixels.shape[:2]
    LISTED.append({"name": name, "by": by, "width": width, "height": height, "most": tolerance[0], "mean": tolerance[1]})


def pillow(name, image=IMAGE, by="opencv", tolerance=EXACT, **options):
    image.save(FOLDER / name, **options)
    expect(name, by, tolerance)


def opencv(name, pixels, by="opencv", tolerance=EXACT, options=()):
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, order[pixels.shape[2]])
    assert cv2.imwrite(str(FOLDER / name), pixels, list(options))
    expect(name, by, tolerance)


def refused(name, error, image=IMAGE, **options):
    image.save(FOLDER / name, **options)
    LISTED.append({"name": name, "error": error})


# What the arithmetic of a lossy format leaves open.
LOSSY = (3, 0.05)
# Colours are at half the size, and how they are brought to full size is a decoder's own.
HALVED = (6, 0.6)

for sampling in ["4:4:4", "4:2:2", "4:2:0"]:
    tolerance = LOSSY if sampling == "4:4:4" else HALVED
    name = sampling.replace(":", "")
    pillow(f"{name}.jpg", quality=90, subsampling=sampling, tolerance=tolerance)
    pillow(f"progressive_{name}.jpg", quality=90, subsampling=sampling, progressive=True, tolerance=tolerance)
pillow("coarse.jpg", quality=20, subsampling="4:2:0", tolerance=HALVED)
pillow("optimised.jpg", quality=95, optimize=True, subsampling="4:4:4", tolerance=LOSSY)
pillow("rgb.jpg", quality=90, keep_rgb=True, subsampling="4:4:4", tolerance=LOSSY)
pillow("grey.jpg", IMAGE.convert("L"), quality=90, tolerance=LOSSY)
# OpenCV rounds down where it multiplies with black.
pillow("cmyk.jpg", IMAGE.convert("CMYK"), quality=90, tolerance=(3, 1.1))
pillow("one_pixel.jpg", IMAGE.crop((0, 0, 1, 1)), quality=90, tolerance=LOSSY)
for factor in ["411", "440"]:
    chosen = getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{factor}")
    options = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, chosen, cv2.IMWRITE_JPEG_QUALITY, 90]
    opencv(f"sampled_{factor}.jpg", PHOTOGRAPH, tolerance=HALVED, options=options)
opencv("restarts.jpg", PHOTOGRAPH, tolerance=HALVED, options=[cv2.IMWRITE_JPEG_RST_INTERVAL, 3])
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pillow(f"turned_{orientation}.jpg", exif=exif, quality=95, subsampling="4:4:4", tolerance=LOSSY)
    pillow(f"turned_{orientation}.png", exif=exif)

pillow("rgb.png")
pillow("rgba.png", Image.fromarray(CLEAR), by="pillow_rgba")
pillow("grey.png", IMAGE.convert("L"))
pillow("grey_alpha.png", Image.fromarray(CLEAR).convert("LA"), by="pillow_rgba")
pillow("palette.png", IMAGE.quantize(200))
pillow("palette_clear.png", IMAGE.quantize(50), by="pillow_rgba", transparency=3)
for colours, bits in [(2, 1), (4, 2), (16, 4)]:
    pillow(f"palette_{bits}_bits.png", IMAGE.quantize(colours), bits=bits)
pillow("one_bit.png", IMAGE.convert("1"))
DEEP = PHOTOGRAPH.astype(np.uint16) * 256 + np.arange(161, dtype=np.uint16)[None, :, None]
opencv("deep.png", DEEP, tolerance=(1, 0.6))
opencv("deep_grey.png", DEEP[:, :, 0].copy(), tolerance=(1, 0.6))

pillow("lossy.webp", quality=85, tolerance=(1, 0.05))
pillow("lossless.webp", lossless=True)
pillow("clear.webp", Image.fromarray(CLEAR), by="pillow_rgba", lossless=True, exact=True)
pillow("moving.webp", save_all=True, append_images=[IMAGE.rotate(180)], lossless=True)

for compression in [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"]:
    pillow(f"{compression}.tiff", compression=compression)
pillow("grey.tiff", IMAGE.convert("L"))
pillow("one_bit.tiff", IMAGE.convert("1"), by="pillow")
pillow("pages.tiff", save_all=True, append_images=[IMAGE.rotate(180)])
pillow("clear.tiff", Image.fromarray(CLEAR), by="pillow_rgba")
opencv("deep.tiff", DEEP, tolerance=(1, 0.6))
refused("palette.tiff", "Unsupported", IMAGE.quantize(200))

pillow("rgb.bmp")
pillow("grey.bmp", IMAGE.convert("L"))
pillow("palette.bmp", IMAGE.quantize(200))
pillow("one_bit.bmp", IMAGE.convert("1"))
opencv("clear.bmp", CLEAR)

pillow("palette.gif", IMAGE.quantize(200), by="pillow")
pillow("moving.gif", IMAGE.quantize(200), by="pillow", save_all=True, append_images=[IMAGE.rotate(180).quantize(200)])
pillow("interlaced.gif", IMAGE.quantize(200), by="pillow", interlace=1)

refused("image.avif", "NotBuilt", quality=80)
refused("image.jp2", "NotBuilt")
(FOLDER / "images.json").write_text(json.dumps({"opencv": cv2.__version__, "images": LISTED}))
