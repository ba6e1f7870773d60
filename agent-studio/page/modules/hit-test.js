// Hit tests of shapes.

import { isSet } from "./bitmask.js";

/**
 * Returns the smallest shape at a point, because larger shapes can be hit elsewhere.
 * @param {import("./spatial-index.js").SpatialIndex} index
 * @param {number} x in pixels of the media
 * @param {number} y
 * @param {number} reach how far beside a line still counts, in pixels of the media
 * @param {(shape: import("./shape.js").Shape) => boolean} [accepts] excludes shapes
 */
export function shapeAt(index, x, y, reach, accepts = (_shape) => true) {
  let best = null;
  for (const shape of index.touching([x - reach, y - reach, x + reach, y + reach])) {
    if (accepts(shape) && isHit(shape, x, y, reach) && (!best || shape.area <= best.area)) best = shape;
  }
  return best;
}

/** @param {import("./shape.js").Shape} shape */
function isHit(shape, x, y, reach) {
  if (shape.mask) return isSet(shape.mask, x, y);
  for (let i = 0; i + 1 < shape.dots.length; i += 2) {
    if (Math.hypot(shape.dots[i] - x, shape.dots[i + 1] - y) <= reach * 1.5) return true;
  }
  if (shape.lines.some((line) => isNear(line, x, y, reach, false))) return true;
  if (shape.rings.some((ring) => isNear(ring, x, y, reach, true))) return true;
  // Even-odd rule: holes are outside.
  return shape.rings.filter((ring) => isInside(ring, x, y)).length % 2 === 1;
}

/** @param {Float32Array} points */
function isNear(points, x, y, reach, closed) {
  const end = closed ? points.length : points.length - 2;
  for (let i = 0; i < end; i += 2) {
    const j = (i + 2) % points.length;
    if (distance(x, y, points[i], points[i + 1], points[j], points[j + 1]) <= reach) return true;
  }
  return false;
}

/** Returns the distance from a point to a line segment. */
export function distance(x, y, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Returns whether a point is inside a ring. @param {ArrayLike<number>} ring flat */
export function isInside(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const crosses = ring[i + 1] > y !== ring[j + 1] > y;
    if (crosses && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) inside = !inside;
  }
  return inside;
}
