// Inserting and deleting vertices of polygons and polylines.

import { inside } from "./bounds.js";
import { distance, isInside } from "./hit-test.js";
import { changed, polygonsOf } from "./reshape.js";
import { pointsOf, ringsOf } from "./shape.js";

/**
 * @typedef {Object} Edge a place on an edge
 * @property {number[]} at the vertex at which the edge begins
 * @property {number} x of the place, in pixels of the media
 * @property {number} y
 */

/** Returns whether vertices of a shape can be inserted and deleted. */
export const hasEdges = (entry) => Boolean(entry.polygons || entry.polygon || entry.polyline);

/**
 * Returns the nearest place on the edges of a polygon or polyline.
 * @param {any} entry
 * @param {number} x in pixels of the media
 * @param {number} y
 * @param {number} reach maximum distance, in pixels of the media
 * @returns {Edge?}
 */
export function edgeAt(entry, x, y, reach, width, height) {
  if (!hasEdges(entry)) return null;
  const isLine = Boolean(entry.polyline);
  const rings = isLine ? [pointsOf(entry.polyline)] : ringsOf(entry);
  let [best, least] = [/** @type {Edge?} */ (null), reach];
  rings.forEach((ring, number) => {
    const end = isLine ? ring.length - 2 : ring.length;
    for (let i = 0; i < end; i += 2) {
      const j = (i + 2) % ring.length;
      const [ax, ay, bx, by] = [ring[i] * width, ring[i + 1] * height, ring[j] * width, ring[j + 1] * height];
      const away = distance(x, y, ax, ay, bx, by);
      if (away > least) continue;
      least = away;
      const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
      best = { at: isLine ? [i / 2] : [number, i / 2], x: ax + (bx - ax) * along, y: ay + (by - ay) * along };
    }
  });
  return best;
}

/** Returns the coordinates of a shape with a new vertex on an edge. @param {Edge} edge @param {number} x in pixels of the media */
export function withVertex(entry, edge, x, y, width, height) {
  const added = [inside(x / width), inside(y / height)];
  return changed(entry, (oldX, oldY, at) => (isSame(at, edge.at) ? [oldX, oldY, ...added] : [oldX, oldY]));
}

/**
 * Returns the coordinates of a shape without one of its vertices. A hole that would have less than three vertices is removed.
 * @param {any} entry
 * @param {number[]} vertex
 * @returns {import("./reshape.js").Coordinates?} null if too few vertices would be left
 */
export function withoutVertex(entry, vertex) {
  const coordinates = changed(entry, (x, y, at) => (isSame(at, vertex) ? [] : [x, y]));
  if (entry.polyline) return coordinates.polyline.length >= 2 ? coordinates : null;
  const polygons = coordinates.polygons.map((rings) => rings.filter((ring, number) => number === 0 || ring.length >= 6));
  const kept = polygons.filter(([outline]) => outline.length >= 6);
  return kept.length > 0 ? { polygons: kept } : null;
}

/**
 * Returns the coordinates of a polygon with a hole, in the part that contains the hole's first vertex.
 * @param {any} entry
 * @param {number[]} ring flat, relative to the media
 * @returns {import("./reshape.js").Coordinates?} null if the first vertex is outside
 */
export function withHole(entry, ring) {
  const polygons = polygonsOf(entry);
  const part = polygons.findIndex(([outline]) => isInside(outline, ring[0], ring[1]));
  return part < 0 ? null : { polygons: polygons.map((rings, number) => (number === part ? [...rings, ring] : rings)) };
}

/** Returns the coordinates of a polygon with a further part. @param {number[]} ring flat, relative to the media */
export const withPart = (entry, ring) => ({ polygons: [...polygonsOf(entry), [ring]] });

const isSame = (a, b) => a.length === b.length && a.every((value, index) => value === b[index]);
