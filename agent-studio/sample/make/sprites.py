"""Cutouts of photographs, and their composition into other images."""

from dataclasses import dataclass

import cv2
import numpy as np

from coins import coins
from curves import box_of

# Factors of red, green and blue that colour the museum's grey photograph as a metal.
SILVER = (0.98, 1.0, 1.04)
BRONZE = (1.08, 0.86, 0.60)


@dataclass(frozen=True)
class Sprite:
    """A cutout: its pixels (red, green and blue, 0 to 255) and their opacity (0 to 1)."""

    pixels: np.ndarray
    opacity: np.ndarray

    def on(self, shape, x, y, angle, scale):
        """Returns the cutout centred at (x, y) in an image of this shape, rotated by this many degrees, and scaled."""
        height, width = self.opacity.shape
        matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), angle, scale)
        matrix[:, 2] += [x - width / 2, y - height / 2]
        size = (shape[1], shape[0])
        opacity = cv2.warpAffine(self.opacity, matrix, size, flags=cv2.INTER_LINEAR)
        pixels = cv2.warpAffine(self.pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return Sprite(pixels, opacity)


def cut_out(image, mask, tint=(1.0, 1.0, 1.0), margin=4):
    """Cuts out the masked part of a photograph, with soft edges."""
    left, top, width, height = box_of(mask)
    rows = slice(max(top - margin, 0), top + height + margin)
    columns = slice(max(left - margin, 0), left + width + margin)
    color = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, 2)
    opacity = cv2.GaussianBlur(mask[rows, columns].astype(np.float32), (0, 0), 0.7)
    return Sprite(np.clip(color[rows, columns] * np.float32(tint), 0, 255).astype(np.float32), opacity)


def coin_sprites(tint):
    """Returns the 24 coins of the museum's photograph, coloured as a metal."""
    image, masks = coins()
    return [cut_out(image, mask, tint) for mask in masks]


def laid_on(background, thing, shadow=0.5):
    """Draws a cutout on an image, with a soft shadow to the lower right."""
    moved = np.float32([[1, 0, 2.5], [0, 1, 3]])
    shade = cv2.warpAffine(thing.opacity, moved, thing.opacity.shape[::-1])
    shade = cv2.GaussianBlur(shade, (0, 0), 2.5) * shadow
    dark = background * (1 - shade)[:, :, None]
    return dark * (1 - thing.opacity)[:, :, None] + thing.pixels * thing.opacity[:, :, None]


def visible(things):
    """Returns the masks of the visible parts of cutouts, where later ones cover earlier ones."""
    seen = []
    for at, thing in enumerate(things):
        mask = thing.opacity >= 0.5
        for other in things[at + 1 :]:
            mask &= other.opacity < 0.5
        seen.append(mask)
    return seen
