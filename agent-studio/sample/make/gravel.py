"""A cluttered image with exact ground truth: the museum's coins on gravel, and two objects that are not coins.

It is composed of other photographs; `../README.md` states that.
"""

import numpy as np

import outlines
from curves import ellipse, filled
from photographs import part, pixels
from sprites import BRONZE, SILVER, coin_sprites, cut_out, laid_on, visible

SIZE = (640, 480)
# Coins: index (of 24), centre in pixels, rotation in degrees, scale, metal. Later coins cover earlier ones.
COINS = [
    (0, 70, 62, 20, 1.05, SILVER), (5, 168, 96, 130, 1.0, SILVER), (10, 268, 58, 250, 1.0, BRONZE),
    (15, 372, 92, 75, 1.1, SILVER), (2, 470, 52, 310, 1.0, SILVER), (17, 566, 106, 200, 0.95, BRONZE),
    (7, 96, 176, 160, 1.15, BRONZE), (13, 226, 168, 40, 1.0, SILVER), (22, 318, 196, 285, 1.0, SILVER),
    (20, 432, 182, 100, 1.0, SILVER), (4, 520, 214, 15, 1.1, BRONZE), (21, 624, 236, 60, 1.0, SILVER),
    (18, 60, 296, 220, 1.0, SILVER), (9, 160, 262, 330, 1.1, SILVER), (12, 196, 286, 80, 1.1, BRONZE),
    (23, 292, 318, 190, 1.0, SILVER), (3, 566, 330, 140, 1.0, BRONZE), (16, 600, 356, 10, 1.0, SILVER),
    (11, 92, 402, 265, 1.1, SILVER), (19, 208, 420, 35, 1.0, BRONZE), (6, 300, 436, 120, 1.0, SILVER),
    (14, 388, 300, 300, 1.15, BRONZE), (8, 540, 452, 230, 1.1, SILVER), (1, 372, 472, 0, 1.2, SILVER),
]


def _distractors(shape):
    """Returns a spoon, and a badge that is as round as a coin."""
    spoon = cut_out(pixels("coffee.png"), outlines.espresso()["spoon"])
    suit = pixels("astronaut.png")
    badge = cut_out(suit, filled(ellipse(170.5, 385.5, 36, 37, 90), suit.shape))
    return [spoon.on(shape, 462, 350, 62, 0.9), badge.on(shape, 130, 338, 15, 0.72)]


def gravel():
    """Returns the image, and the mask of the visible part of each coin."""
    stones = part(pixels("gravel.png"), (0, 64, 512, 448), SIZE).astype(np.float32)
    image = np.clip(stones * np.float32([0.86, 0.80, 0.72]), 0, 255)
    metals = {metal: coin_sprites(metal) for metal in (SILVER, BRONZE)}
    coins = [metals[metal][which].on(image.shape, x, y, angle, scale) for which, x, y, angle, scale, metal in COINS]
    things = _distractors(image.shape) + coins
    for thing in things:
        image = laid_on(image, thing)
    return np.clip(np.round(image), 0, 255).astype(np.uint8), visible(things)[-len(coins) :]
