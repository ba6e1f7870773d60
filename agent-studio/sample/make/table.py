"""The video: a camera moves over the photograph of the espresso while three coins slide over the table.

It is composed of photographs, not filmed; `../README.md` states that. The visible part of each coin is known on every frame.
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
# Coins: name, index (of 24), metal, scale, and keyframes with position in pixels of the photograph and rotation in degrees.
# Between keyframes the motion is linear.
TRACKS = [
    ("silver", 5, SILVER, 0.85, [(0, 540, 60, 0), (30, 525, 300, -240), (47, 525, 300, -240)]),
    ("bronze", 13, BRONZE, 0.95, [(0, 40, 296, 0), (47, 545, 196, -500)]),
    ("late", 10, SILVER, 0.8, [(0, 480, -60, 0), (6, 480, -60, 0), (26, 462, 62, 150), (47, 462, 62, 150)]),
]


def _view(frame):
    """Converts pixels of the photograph to pixels of a frame: the camera zooms in and moves to the right."""
    t = frame / (FRAMES - 1)
    ease = t * t * (3 - 2 * t)
    scale = 0.8 + 0.12 * ease
    right, bottom = 600 * scale - SIZE[0], 400 * scale - SIZE[1]
    return np.float32([[scale, 0, -right * ease], [0, scale, -bottom * (0.5 - 0.5 * (1 - ease))]])


def _before(things):
    """Returns the mask of the crockery, which hides coins, without the gaps between its parts."""
    mask = things["cup"] | things["saucer"] | things["spoon"]
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disk) > 0


def _place(keys, frame):
    """Returns x, y and rotation in degrees of a coin on a frame."""
    frames, *values = zip(*keys)
    return [float(np.interp(frame, frames, value)) for value in values]


def table():
    """Yields each frame: the image, and by coin name the mask of its visible part and the mask without occlusion. Coins that are
    not on the frame have no masks."""
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


def cup_masks():
    """Yields the mask of the cup on each frame. Nothing hides it; the camera moves."""
    cup = outlines.espresso()["cup"].astype(np.float32)
    for frame in range(FRAMES):
        yield cv2.warpAffine(cup, _view(frame), SIZE, flags=cv2.INTER_LINEAR) >= 0.5


def encoded(images):
    """Returns an H.264 MP4 file of the frames, as bytes."""
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
