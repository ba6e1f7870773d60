// The bounds of the image: the extent of shapes, and limits for moving and stretching them.

import { maskOf } from "./bitmask.js";
import { backOf, cornersOf, pointsOf, ringsOf, verticesOf } from "./shape.js";

/** @typedef {[number, number, number, number]} Extent left, top, right, bottom, relative to the media */

/** Platform data has four decimals (contract: `docs/contract/label-format.md#geometry`). */
const GRID = 1e4;

/** @param {number} value */
const rounded = (value) => Math.round(value * GRID) / GRID;

/** Removes the noise of sums of binary fractions. @param {number} value */
export const exact = (value) => Math.round(value * 1e10) / 1e10;

/** Shifts a coordinate. A shift by 0 keeps the number as it is. */
export const shifted = (value, by) => (by === 0 ? value : exact(value + by));

/** Rounds a coordinate and clamps it to the media. @param {number} value relative to the media */
export const inside = (value) => Math.max(0, Math.min(1, rounded(value)));

/**
 * Returns the extent of a shape.
 * @param {any} entry an object entry
 * @param {number} width of the media, in pixels
 * @param {number} height
 * @returns {Extent}
 */
export function extentOf(entry, width, height) {
  const { ellipse, circle, rotatableBoundingBox } = entry;
  if (rotatableBoundingBox) return around(turnedCorners(rotatableBoundingBox, width, height));
  if (ellipse) return roundExtent(ellipse, ellipse.rx * width, ellipse.ry * height, width, height);
  if (circle) return roundExtent(circle, circle.r * width, circle.r * (circle.stretch ?? 1) * width, width, height);
  if (entry.boundingBox) return around(cornersOf(entry.boundingBox));
  if (entry.polygons || entry.polygon) return around(ringsOf(entry).flat());
  if (entry.bitmask) return maskOf(entry.bitmask, 1, 1).box;
  if (entry.cuboid_2d) return around([...entry.cuboid_2d.front, ...backOf(entry.cuboid_2d)]);
  if (entry.skeleton) return around(verticesOf(entry.skeleton).flatMap(({ x, y }) => [x, y]));
  return around(pointsOf(entry.polyline ?? entry.point ?? {}));
}

/** @param {number[]} points flat @returns {Extent} */
function around(points) {
  /** @type {Extent} */
  const extent = [Infinity, Infinity, -Infinity, -Infinity];
  points.forEach((value, index) => {
    const axis = index % 2;
    extent[axis] = Math.min(extent[axis], value);
    extent[axis + 2] = Math.max(extent[axis + 2], value);
  });
  return extent;
}

/** The corners of a box that is turned in pixels, relative to the media. */
function turnedCorners(box, width, height) {
  const [centreX, centreY] = [box.x + box.w / 2, box.y + box.h / 2];
  const [sin, cos] = turn(box.theta);
  const corners = cornersOf(box);
  return corners.map((_, index) => {
    const [dx, dy] = [(corners[index & ~1] - centreX) * width, (corners[index | 1] - centreY) * height];
    return index % 2 === 0 ? centreX + (dx * cos - dy * sin) / width : centreY + (dx * sin + dy * cos) / height;
  });
}

/** @returns {Extent} */
function roundExtent({ x, y, theta = 0 }, a, b, width, height) {
  const [sin, cos] = turn(theta);
  const [dx, dy] = [Math.hypot(a * cos, b * sin) / width, Math.hypot(a * sin, b * cos) / height];
  return [x - dx, y - dy, x + dx, y + dy];
}

/** Sine and cosine of an angle in degrees. */
const turn = (degrees) => [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];

/** Returns whether a shape is inside the media. @param {Extent} extent */
export const isInside = ([left, top, right, bottom]) => Math.min(left, top) >= -1e-9 && Math.max(right, bottom) <= 1 + 1e-9;

/**
 * Returns the room for moving shapes together: the least and greatest shift along each axis. A shape that already lies
 * outside can be moved inside, and not further out.
 * @param {Extent[]} extents
 * @returns {{x: [number, number], y: [number, number]}}
 */
export function roomAround(extents) {
  const [left, top, right, bottom] = around(extents.flat());
  return { x: [Math.min(0, -left), Math.max(0, 1 - right)], y: [Math.min(0, -top), Math.max(0, 1 - bottom)] };
}

/** Limits a shift to bounds, in steps of the grid. @param {number} by @param {[number, number]} bounds */
export function limited(by, [least, most]) {
  const value = Math.max(least, Math.min(most, by));
  return Math.trunc(value * GRID + Math.sign(value) * 1e-4) / GRID;
}

/**
 * Returns the dragged edge of a box: inside the media, and at least one pixel away from the edge that stays.
 * @param {number} fixed the edge that stays
 * @param {number} to the place to which the other is dragged
 * @param {number} was its place before
 * @param {number} size of the media along this axis, in pixels
 */
export function draggedEdge(fixed, to, was, size) {
  const least = Math.ceil(GRID / size) / GRID;
  const edge = inside(to);
  if (Math.abs(edge - fixed) >= least) return edge;
  const side = Math.sign(edge - fixed) || Math.sign(was - fixed) || 1;
  const away = fixed + side * least;
  return away >= 0 && away <= 1 ? away : fixed - side * least;
}
