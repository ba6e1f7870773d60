"""The video: a camera moves over the photograph of the espresso while three coins slide over the table.

It is composed of photographs, not filmed: `../README.md` says so. What is seen of each coin on each frame is known.
"""

import subprocess
import tempfile
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np

import outlines
from photographs import pixels
from sprites import BRONZE, SILVER, coin_sprites, laid_on

SIZE = (480, 320)
FRAMES = 48
FPS = 16
# Each coin: name, which of the 24, metal, scale, and where it is in pixels of the photograph, with its degrees, at some
# frames. Between them it moves evenly.
TRACKS = [
    ("silver", 5, SILVER, 0.85, [(0, 540, 60, 0), (30, 525, 300, -240), (47, 525, 300, -240)]),
    ("bronze", 13, BRONZE, 0.95, [(0, 40, 296, 0), (47, 545, 196, -500)]),
    ("late", 10, SILVER, 0.8, [(0, 480, -60, 0), (6, 480, -60, 0), (26, 462, 62, 150), (47, 462, 62, 150)]),
]


def _view(frame):
    """From pixels of the photograph to pixels of a frame: the camera comes closer and moves to the right."""
    t = frame / (FRAMES - 1)
    ease = t * t * (3 - 2 * t)
    scale = 0.8 + 0.12 * ease
    right, bottom = 600 * scale - SIZE[0], 400 * scale - SIZE[1]
    return np.float32([[scale, 0, -right * ease], [0, scale, -bottom * (0.5 - 0.5 * (1 - ease))]])


def _before(things):
    """What coins are hidden by: the crockery, without the cracks between its parts."""
    mask = things["cup"] | things["saucer"] | things["spoon"]
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disk) > 0


def _place(keys, frame):
    """Where a coin is at a frame: x, y, degrees."""
    frames, *values = zip(*keys)
    return [float(np.interp(frame, frames, value)) for value in values]


def table():
    """Yields each frame: the image, and by the name of a coin the mask of what is seen of it, and of all there would be
    to see if nothing lay before it. Coins that are not on the frame have no masks."""
    photograph = pixels("coffee.png").astype(np.float32)
    things = outlines.espresso()
    before = _before(things)
    soft = cv2.GaussianBlur(before.astype(np.float32), (0, 0), 0.8)[:, :, None]
    metals = {metal: coin_sprites(metal) for metal in (SILVER, BRONZE)}
    for frame in range(FRAMES):
        coins = [
            metals[metal][which].on(before.shape, *_place(keys, frame), scale)
            for _, which, metal, scale, keys in TRACKS
        ]
        image = photograph
        for coin in coins:
            image = laid_on(image, coin)
        image = image * (1 - soft) + photograph * soft
        view = _view(frame)
        image = cv2.warpAffine(image, view, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        hidden = cv2.warpAffine(before.astype(np.float32), view, SIZE, flags=cv2.INTER_LINEAR) >= 0.5
        masks = {}
        for (name, *_), coin in zip(TRACKS, coins):
            whole = cv2.warpAffine(coin.opacity, view, SIZE, flags=cv2.INTER_LINEAR) >= 0.5
            if whole.any():
                masks[name] = (whole & ~hidden, whole)
        yield np.clip(np.round(image), 0, 255).astype(np.uint8), masks


def encoded(images):
    """The bytes of an H.264 MP4 file of the frames."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(FPS), "-i", "-", "-an", "-c:v", "libx264", "-preset", "veryslow",
            "-crf", "25", "-pix_fmt", "yuv420p", "-profile:v", "high", "-g", str(FPS), "-threads", "1",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", str(path),
        ]
        subprocess.run(command, input=b"".join(image.tobytes() for image in images), check=True)
        return path.read_bytes()
