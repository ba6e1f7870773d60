"""The coins of the museum's photograph, each with its mask."""

import cv2
import numpy as np
from skimage.filters import sobel
from skimage.measure import label, regionprops
from skimage.segmentation import watershed

from curves import largest, smoothed
from photographs import pixels

# A coin has more pixels than this; specks and the edge of the photograph have fewer.
SMALLEST = 500
# Dark patches of relief at the edge of a coin are bays of fewer pixels across.
BAY = 13


def coins():
    """The photograph in grey and the masks of its coins, from the top left to the bottom right, row by row."""
    image = pixels("coins.png")[:, :, 0]
    # Flooding the slopes of brightness from what is surely coin and what is surely felt.
    markers = np.zeros(image.shape, int)
    markers[image < 30] = 1
    markers[image > 150] = 2
    found = label(watershed(sobel(image), markers) == 2)
    regions = [region for region in regionprops(found) if region.area > SMALLEST]
    regions.sort(key=lambda region: (round(region.centroid[0] / 70), region.centroid[1]))
    return image, [_whole(found == region.label) for region in regions]


def _whole(part):
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (BAY, BAY))
    # With a margin: the border of the image must not count as coin.
    closed = cv2.morphologyEx(np.pad(part.astype(np.uint8), BAY), cv2.MORPH_CLOSE, disk)
    return smoothed(largest(closed[BAY:-BAY, BAY:-BAY] > 0), 1.5)
