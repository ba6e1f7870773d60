"""Outlines and masks.

Points are in pixels, (0, 0) at the top left corner of the top left pixel, so that pixel (x, y) covers (x, y) to
(x + 1, y + 1). Masks are arrays of rows of booleans.
"""

import cv2
import numpy as np
from skimage.measure import find_contours

# Supersampling factor of curves in each direction before they are converted to pixels.
FINE = 8


def spline(points, steps=8):
    """Returns a closed Catmull-Rom curve through the points, with this number of segments between two of them."""
    points = np.asarray(points, float)
    before, after = np.roll(points, 1, 0), np.roll(points, -1, 0)
    beyond = np.roll(points, -2, 0)
    curve = []
    for t in np.arange(steps) / steps:
        curve.append(
            0.5
            * (
                2 * points
                + (after - before) * t
                + (2 * before - 5 * points + 4 * after - beyond) * t**2
                + (3 * points - before - 3 * after + beyond) * t**3
            )
        )
    return np.stack(curve, 1).reshape(-1, 2)


def ellipse(x, y, rx, ry, count):
    """Returns this number of points of an axis-aligned ellipse."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], 1)


def filled(points, shape):
    """Returns the mask of a closed line: the pixels of which at least half is inside. `shape`: rows, columns."""
    height, width = shape[:2]
    fine = np.zeros((height * FINE, width * FINE), np.uint8)
    corners = np.round(np.asarray(points, float) * FINE).astype(np.int32)
    cv2.fillPoly(fine, [corners], 255)
    return cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA) >= 128


def refined(image, mask, band, rounds=4):
    """Refines a manually drawn mask with GrabCut, to the image's edge within `band` pixels of its border."""
    size = 2 * band + 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    drawn = mask.astype(np.uint8)
    inner, outer = cv2.erode(drawn, disk, borderValue=1), cv2.dilate(drawn, disk)
    labels = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    labels[outer > 0] = cv2.GC_PR_BGD
    labels[drawn > 0] = cv2.GC_PR_FGD
    labels[inner > 0] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(image), labels, None, *models, rounds, cv2.GC_INIT_WITH_MASK)
    return largest((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))


def smoothed(mask, sigma):
    """Removes details of a mask that are thinner than this number of pixels."""
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) >= 0.5


def largest(mask):
    """Returns the largest connected component of a mask, without holes smaller than 1 % of it."""
    mask = mask.astype(np.uint8)
    _, parts, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    part = parts == 1 + np.argmax(facts[1:, cv2.CC_STAT_AREA])
    _, gaps, facts, _ = cv2.connectedComponentsWithStats((~part).astype(np.uint8), connectivity=4)
    small = [gap for gap in range(1, len(facts)) if facts[gap, cv2.CC_STAT_AREA] < part.sum() / 100]
    return part | np.isin(gaps, small)


def without_specks(mask, smallest):
    """Removes connected components with fewer pixels than this."""
    _, parts, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    large = [part for part in range(1, len(facts)) if facts[part, cv2.CC_STAT_AREA] >= smallest]
    return np.isin(parts, large)


def rings(mask):
    """Returns the borders of a mask as lines of points at most half a pixel apart: the outline first, then the holes."""
    padded = np.pad(mask.astype(float), 1)
    lines = [line[:-1, ::-1] - 0.5 for line in find_contours(padded, 0.5, positive_orientation="high")]
    return sorted(lines, key=lambda line: -abs(area(line)))


def area(points):
    """Returns the signed area of a closed line in pixels."""
    x, y = np.asarray(points, float).T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def thinned(points, tolerance):
    """Simplifies a closed line with this tolerance in pixels."""
    line = np.round(np.asarray(points, float) * 64).astype(np.int32)
    return cv2.approxPolyDP(line, tolerance * 64, True)[:, 0] / 64.0


def box_of(mask):
    """Returns left, top, width and height of a mask."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return [int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)]


def runs(mask, order):
    """Returns the run lengths of unset and set pixels, beginning with unset ones. `order`: C by row, F by column."""
    flat = mask.flatten(order)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate([[0], changes, [flat.size]])
    lengths = np.diff(edges).tolist()
    return [0, *lengths] if flat[0] else lengths
