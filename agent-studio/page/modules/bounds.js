// The image's bounds: how far shapes reach, and how far they may be moved and stretched.

import { cornersOf, pointsOf, ringsOf, verticesOf } from "./shape.js";

/** @typedef {[number, number, number, number]} Extent left, top, right, bottom, relative to the media */

/** Platform data has four decimals (contract: `label-format.md`, section 6). */
const GRID = 1e4;

/** @param {number} value */
const rounded = (value) => Math.round(value * GRID) / GRID;

/** Without the noise that sums of binary fractions have. @param {number} value */
export const exact = (value) => Math.round(value * 1e10) / 1e10;

/** A coordinate after a shift. What stays where it was keeps its number. */
export const shifted = (value, by) => (by === 0 ? value : exact(value + by));

/** Inside the media, on the grid. @param {number} value relative to the media */
export const inside = (value) => Math.max(0, Math.min(1, rounded(value)));

/**
 * How far a shape reaches.
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

/** Whether a shape is inside the media. @param {Extent} extent */
export const isInside = ([left, top, right, bottom]) => Math.min(left, top) >= -1e-9 && Math.max(right, bottom) <= 1 + 1e-9;

/**
 * How far shapes can be moved together, as the least and greatest shift of each axis. What already lies outside can be
 * moved inside, and not further out.
 * @param {Extent[]} extents
 * @returns {{x: [number, number], y: [number, number]}}
 */
export function roomAround(extents) {
  const [left, top] = [0, 1].map((side) => Math.min(...extents.map((one) => one[side])));
  const [right, bottom] = [2, 3].map((side) => Math.max(...extents.map((one) => one[side])));
  return { x: [Math.min(0, -left), Math.max(0, 1 - right)], y: [Math.min(0, -top), Math.max(0, 1 - bottom)] };
}

/** A shift within bounds, in steps of the grid. @param {number} by @param {[number, number]} bounds */
export function limited(by, [least, most]) {
  const value = Math.max(least, Math.min(most, by));
  return Math.trunc(value * GRID + Math.sign(value) * 1e-4) / GRID;
}

/**
 * The edge of a box that is dragged: inside the media, and so far from the edge that stays that a box is left.
 * @param {number} fixed the edge that stays
 * @param {number} to where the other is dragged
 * @param {number} was where it was
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
