"""Masks of the coins in the museum's photograph."""

import cv2
import numpy as np
from skimage.filters import sobel
from skimage.measure import label, regionprops
from skimage.segmentation import watershed

from curves import largest, smoothed
from photographs import pixels

# Minimum pixels of a coin; specks and the edge of the photograph have fewer.
SMALLEST = 500
# Maximum width in pixels of the dark bays that the relief causes at the edge of a coin.
BAY = 13


def coins():
    """Returns the photograph in grey and the masks of its coins, row by row from the top left."""
    image = pixels("coins.png")[:, :, 0]
    # Watershed of the brightness gradient, from certain coin pixels and certain felt pixels.
    markers = np.zeros(image.shape, int)
    markers[image < 30] = 1
    markers[image > 150] = 2
    found = label(watershed(sobel(image), markers) == 2)
    regions = [region for region in regionprops(found) if region.area > SMALLEST]
    regions.sort(key=lambda region: (round(region.centroid[0] / 70), region.centroid[1]))
    return image, [_whole(found == region.label) for region in regions]


def _whole(part):
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (BAY, BAY))
    # With a margin, so that the image border does not count as coin.
    closed = cv2.morphologyEx(np.pad(part.astype(np.uint8), BAY), cv2.MORPH_CLOSE, disk)
    return smoothed(largest(closed[BAY:-BAY, BAY:-BAY] > 0), 1.5)
