// Handles of shapes: the places by which a selected shape is changed.

import { cornersOf, pointsOf, ringsOf, turned, verticesOf } from "./shape.js";

/**
 * @typedef {Object} Handle
 * @property {"vertex"|"turn"|"radius"|"depth"|"vanishing-point"} kind
 * @property {number} x in pixels of the media
 * @property {number} y
 * @property {number[]} at the part of the shape
 */

/** Handles of shapes with vertices, which are laid out once for each entry. @type {WeakMap<object, {width: number, height: number, handles: Handle[]}>} */
const laidOut = new WeakMap();

/**
 * Returns the handles of a shape; none for shapes that cannot be changed here.
 * @param {any} entry an object entry
 * @param {number} width of the media, in pixels
 * @param {number} height
 * @param {number} [arm] distance of the handle that turns the shape, in pixels of the media
 * @returns {Handle[]}
 */
export function handlesOf(entry, width, height, arm = 0) {
  if (isInSpace(entry)) return [];
  if (entry.rotatableBoundingBox) return turnedHandles(entry.rotatableBoundingBox, width, height, arm);
  if (entry.ellipse) return ellipseHandles(entry.ellipse, width, height, arm);
  if (entry.circle) return circleHandles(entry.circle, width, height);
  const known = laidOut.get(entry);
  if (known?.width === width && known.height === height) return known.handles;
  const handles = verticesOfShape(entry, width, height);
  laidOut.set(entry, { width, height, handles });
  return handles;
}

/** Returns whether a shape is three-dimensional, which this page cannot change. */
export function isInSpace(entry) {
  return Object.values(entry.polyline ?? entry.point ?? {}).some((point) => point?.z !== undefined);
}

/** @returns {Handle[]} */
function verticesOfShape(entry, width, height) {
  const places = (points, at) => {
    const out = [];
    for (let i = 0; i + 1 < points.length; i += 2) out.push(handle("vertex", points[i] * width, points[i + 1] * height, [...at, i / 2]));
    return out;
  };
  if (entry.boundingBox) return places(cornersOf(entry.boundingBox), []);
  if (entry.polygons || entry.polygon) return ringsOf(entry).flatMap((ring, number) => places(ring, [number]));
  if (entry.polyline) return places(pointsOf(entry.polyline), []);
  if (entry.point) return places(pointsOf(entry.point), []);
  if (entry.skeleton) return places(verticesOf(entry.skeleton).flatMap(({ x, y }) => [x, y]), []);
  if (entry.cuboid_2d) return [...places(entry.cuboid_2d.front, []), ...depthHandles(entry.cuboid_2d, width, height)];
  return [];
}

/** Returns whether two handles are the same part of a shape. @param {{kind: string, at: number[]}} a @param {{kind: string, at: number[]}} b */
export const isSameHandle = (a, b) => a.kind === b.kind && a.at.join() === b.at.join();

/** @returns {Handle} */
const handle = (kind, x, y, at = /** @type {number[]} */ ([])) => ({ kind, x, y, at });

/** Returns the corners of a rotated box, and the handle that turns it above its upper edge. @returns {Handle[]} */
export function turnedHandles(box, width, height, arm) {
  const [centreX, centreY] = [(box.x + box.w / 2) * width, (box.y + box.h / 2) * height];
  const corners = cornersOf(box).map((value, index) => value * (index % 2 === 0 ? width : height));
  const points = turned([...corners, centreX, box.y * height - arm], centreX, centreY, box.theta, Array);
  const handles = [0, 1, 2, 3].map((corner) => handle("vertex", points[2 * corner], points[2 * corner + 1], [corner]));
  return arm > 0 ? [...handles, handle("turn", points[8], points[9])] : handles;
}

/** @returns {Handle[]} */
function ellipseHandles({ x, y, rx, ry, theta = 0 }, width, height, arm) {
  const [centreX, centreY, a, b] = [x * width, y * height, rx * width, ry * height];
  const ends = [centreX + a, centreY, centreX, centreY + b, centreX - a, centreY, centreX, centreY - b, centreX, centreY - b - arm];
  const points = turned(ends, centreX, centreY, theta, Array);
  const handles = [0, 1, 2, 3].map((end) => handle("radius", points[2 * end], points[2 * end + 1], [end % 2, end]));
  return arm > 0 ? [...handles, handle("turn", points[8], points[9])] : handles;
}

/** @returns {Handle[]} */
function circleHandles({ x, y, r, stretch = 1, theta = 0 }, width, height) {
  const [centreX, centreY, a, b] = [x * width, y * height, r * width, r * stretch * width];
  const points = turned([centreX + a, centreY, centreX, centreY + b, centreX - a, centreY, centreX, centreY - b], centreX, centreY, theta, Array);
  return [0, 1, 2, 3].map((end) => handle("radius", points[2 * end], points[2 * end + 1], [end % 2, end]));
}

/** Returns the handles of a cuboid's back: its first corner, and the vanishing point. @returns {Handle[]} */
function depthHandles({ front, offset, vanishingPoint, scaleRatio = 1 }, width, height) {
  if (!vanishingPoint) return [handle("depth", (front[0] + (offset?.x ?? 0)) * width, (front[1] + (offset?.y ?? 0)) * height)];
  const back = (value, far) => far + (value - far) * scaleRatio;
  return [
    handle("depth", back(front[0], vanishingPoint.x) * width, back(front[1], vanishingPoint.y) * height),
    handle("vanishing-point", vanishingPoint.x * width, vanishingPoint.y * height),
  ];
}
