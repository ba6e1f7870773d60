"""Makes images and reads them with OpenCV, for the benchmark `images`.

    images.py FOLDER

Writes the files into FOLDER. Each line of standard input names one; each is answered with one line of JSON: how long reading
it from memory to RGB took, in seconds.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

FOLDER = Path(sys.argv[1])
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 90]
FILES = {
    "4K JPEG, 4:2:0": ("a.jpg", JPEG),
    "4K JPEG, 4:4:4": ("b.jpg", JPEG + [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]),
    "4K JPEG, progressive": ("c.jpg", JPEG + [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
    "4K PNG": ("d.png", []),
    "4K WebP, lossy": ("e.webp", [cv2.IMWRITE_WEBP_QUALITY, 85]),
}


def photograph():
    """What photographs are made of: large shapes, smaller ones on them, and a little noise."""
    random = np.random.default_rng(5)
    image = np.zeros((2160, 3840, 3))
    for size, strength in [(8, 90), (40, 40), (160, 16), (700, 6)]:
        coarse = random.normal(0, strength, (size * 9 // 16 + 1, size, 3))
        image += cv2.resize(coarse, (3840, 2160), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + 120 + random.normal(0, 2, image.shape), 0, 255).astype(np.uint8)


PIXELS = photograph()
for name, options in FILES.values():
    assert cv2.imwrite(str(FOLDER / name), PIXELS, options)
listed = {what: name for what, (name, _) in FILES.items()}
print(json.dumps({"opencv": cv2.__version__, "threads": cv2.getNumThreads(), "files": listed}), flush=True)
for line in sys.stdin:
    encoded = np.frombuffer((FOLDER / FILES[line.strip()][0]).read_bytes(), np.uint8)
    start = perf_counter()
    cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB)
    print(json.dumps(perf_counter() - start), flush=True)
