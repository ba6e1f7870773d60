// Coordinates of edits that move a shape or one of its handles.

import { movedMask } from "./bitmask.js";
import { draggedEdge, exact, extentOf, inside, isInside, shifted } from "./bounds.js";
import { isInSpace, turnedHandles } from "./handles.js";
import { pointsOf, ringsOf, turned, verticesOf } from "./shape.js";

/**
 * @typedef {import("./handles.js").Handle} Handle
 * @typedef {Record<string, any>} Coordinates as `edits` takes them, relative to the media
 */

/** Returns whether a shape can be moved as a whole. */
export function canMove(entry) {
  const kinds = ["boundingBox", "rotatableBoundingBox", "polygons", "polygon", "polyline", "point", "skeleton", "ellipse", "circle", "cuboid_2d", "bitmask"];
  return !isInSpace(entry) && kinds.some((kind) => entry[kind]);
}

/**
 * Returns the coordinates of a moved shape.
 * @param {number} dx relative to the media
 * @param {number} dy
 * @returns {Coordinates}
 */
export function moved(entry, dx, dy) {
  const { bitmask } = entry;
  // A mask is moved by whole pixels, so that none is lost.
  if (bitmask) return { bitmask: movedMask(bitmask, Math.round(dx * bitmask.width), Math.round(dy * bitmask.height)) };
  const cuboid = entry.cuboid_2d;
  const far = cuboid?.vanishingPoint;
  const coordinates = changed(entry, (x, y) => [shifted(x, dx), shifted(y, dy)]);
  if (far) coordinates.cuboid_2d.vanishingPoint = { x: shifted(far.x, dx), y: shifted(far.y, dy) };
  return coordinates;
}

/**
 * Returns the coordinates of a shape with one handle dragged to a position in pixels of the media, clamped to the media.
 * @param {Handle} handle
 * @returns {Coordinates}
 */
export function withHandleAt(entry, handle, x, y, width, height) {
  const [toX, toY] = [inside(x / width), inside(y / height)];
  const { boundingBox, rotatableBoundingBox, ellipse, circle, cuboid_2d: cuboid } = entry;
  if (boundingBox) return { boundingBox: stretched(boundingBox, handle.at[0], toX, toY, width, height) };
  if (handle.kind === "turn") return turnedTo(entry, x, y, width, height);
  if (rotatableBoundingBox) return { rotatableBoundingBox: turnedInside(rotatableBoundingBox, handle, toX * width, toY * height, width, height) };
  if (ellipse) return withRadius(entry, "ellipse", handle, toX * width, toY * height, width, height);
  if (circle) return withRadius(entry, "circle", handle, toX * width, toY * height, width, height);
  if (cuboid && handle.kind !== "vertex") return { cuboid_2d: withDepth(cuboid, handle.kind, toX, toY) };
  return changed(entry, (oldX, oldY, at) => (same(at, handle.at) ? [toX, toY] : [oldX, oldY]));
}

/**
 * Returns the coordinates of a shape whose vertices are replaced.
 * @param {(x: number, y: number, at: number[]) => number[]} place returns the flat coordinates that replace a vertex
 * @returns {Coordinates}
 */
export function changed(entry, place) {
  const flat = (points, at) => {
    const out = [];
    for (let i = 0; i + 1 < points.length; i += 2) out.push(...place(points[i], points[i + 1], [...at, i / 2]));
    return out;
  };
  const pairs = (points) => chunked(flat(points, []));
  for (const kind of ["boundingBox", "rotatableBoundingBox", "ellipse", "circle"]) {
    if (!entry[kind]) continue;
    const [x, y] = place(entry[kind].x, entry[kind].y, [0]);
    return { [kind]: { ...defaultsOf(kind), ...entry[kind], x, y } };
  }
  if (entry.polygons || entry.polygon) {
    let number = 0;
    return { polygons: polygonsOf(entry).map((rings) => rings.map((ring) => flat(ring, [number++]))) };
  }
  if (entry.polyline) return { polyline: pairs(pointsOf(entry.polyline)) };
  if (entry.point) return { point: pairs(pointsOf(entry.point))[0] };
  if (entry.cuboid_2d) return { cuboid_2d: { ...entry.cuboid_2d, front: flat(entry.cuboid_2d.front, []) } };
  return { skeleton: pairs(verticesOf(entry.skeleton).flatMap(({ x, y }) => [x, y])) };
}

/** Returns the polygons of an entry, each with its outline and holes. */
export const polygonsOf = (entry) => (entry.polygons?.flat().some((ring) => ring.length > 0) ? entry.polygons : [ringsOf(entry)]);

/** Members that older rows lack. */
const defaultsOf = (kind) => (kind === "circle" ? { stretch: 1, theta: 0 } : kind === "ellipse" ? { theta: 0 } : {});

/** Returns a box with one moved corner. The opposite corner stays, unless it is outside the media. */
function stretched({ x, y, w, h }, corner, toX, toY, width, height) {
  const within = (value) => Math.max(0, Math.min(1, value));
  const [isLeft, isTop] = [corner === 0 || corner === 3, corner === 0 || corner === 1];
  const [fixedX, fixedY] = [within(isLeft ? x + w : x), within(isTop ? y + h : y)];
  const edgeX = draggedEdge(fixedX, toX, isLeft ? x : x + w, width);
  return boxBetween(fixedX, fixedY, edgeX, draggedEdge(fixedY, toY, isTop ? y : y + h, height));
}

/** Returns the box between two corners, relative to the media. */
function boxBetween(ax, ay, bx, by) {
  const [x, y] = [exact(Math.min(ax, bx)), exact(Math.min(ay, by))];
  return { x, y, w: exact(Math.abs(ax - bx)), h: exact(Math.abs(ay - by)) };
}

/**
 * Returns coordinates as close to those of `at(1)` as possible with the whole shape inside the media.
 * @param {(part: number) => Coordinates} at coordinates of a part of the change: none at 0, all at 1
 */
function fitted(at, width, height) {
  const fits = (part) => isInside(extentOf(at(part), width, height));
  if (fits(1)) return at(1);
  let [good, bad] = [0, 1];
  for (let step = 0; step < 24; step += 1) {
    const middle = (good + bad) / 2;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return at(good);
}

/** Returns a rotated box with one moved corner, inside the media. */
function turnedInside(box, handle, x, y, width, height) {
  const from = turnedHandles(box, width, height, 0)[handle.at[0]];
  const at = (part) => (part === 0 ? box : turnedStretch(box, handle.at[0], from.x + (x - from.x) * part, from.y + (y - from.y) * part, width, height));
  return fitted((part) => ({ rotatableBoundingBox: at(part) }), width, height).rotatableBoundingBox;
}

/** Returns a rotated box with one moved corner. The opposite corner and the angle stay. */
function turnedStretch(box, corner, x, y, width, height) {
  const opposite = turnedHandles(box, width, height, 0)[(corner + 2) % 4];
  const [across, down] = turned([x - opposite.x, y - opposite.y], 0, 0, -box.theta, Array);
  const [w, h] = [sideOf(across, corner === 1 || corner === 2), sideOf(down, corner > 1)];
  const [dx, dy] = turned([w, h], 0, 0, box.theta, Array);
  const [centreX, centreY] = [opposite.x + dx / 2, opposite.y + dy / 2];
  const half = [Math.abs(w) / 2, Math.abs(h) / 2];
  return { ...boxBetween((centreX - half[0]) / width, (centreY - half[1]) / height, (centreX + half[0]) / width, (centreY + half[1]) / height), theta: box.theta };
}

/** Returns the length of a dragged side, at least one pixel. @param {number} length @param {boolean} isForward its direction before */
const sideOf = (length, isForward) => (Math.abs(length) >= 1 ? length : Math.sign(length) || (isForward ? 1 : -1));

/** Returns a rotated box or an ellipse that is turned towards a position, as far as it stays inside the media. */
function turnedTo(entry, x, y, width, height) {
  const kind = entry.ellipse ? "ellipse" : "rotatableBoundingBox";
  const own = { theta: 0, ...entry[kind] };
  const [centreX, centreY] = kind === "ellipse" ? [own.x, own.y] : [own.x + own.w / 2, own.y + own.h / 2];
  const angle = (Math.atan2(x - centreX * width, centreY * height - y) * 180) / Math.PI;
  // The shorter way round.
  const by = ((((angle - own.theta) % 360) + 540) % 360) - 180;
  const at = (part) => ({ [kind]: { ...own, theta: degrees(own.theta + by * part) } });
  return fitted(at, width, height);
}

/** Rounds an angle to tenths of a degree, from 0 to 360. @param {number} angle */
const degrees = (angle) => (Math.round((((angle % 360) + 360) % 360) * 10) / 10) % 360;

/** Returns an ellipse or a circle with one dragged radius, inside the media. */
function withRadius(entry, kind, handle, x, y, width, height) {
  const own = { ...defaultsOf(kind), ...entry[kind] };
  const along = turned([x - own.x * width, y - own.y * height], 0, 0, -own.theta, Array)[handle.at[0]];
  const length = Math.max(1, Math.abs(along));
  const isAcross = handle.at[0] === 0;
  const [key, to] = kind === "circle" ? ["r", length / (isAcross ? 1 : own.stretch) / width]
    : isAcross ? ["rx", length / width] : ["ry", length / height];
  const at = (part) => ({ [kind]: { ...own, [key]: Math.floor((own[key] + (to - own[key]) * part) * 1e4) / 1e4 } });
  return fitted(at, width, height);
}

/** Returns a cuboid with its back or its vanishing point dragged to a place relative to the media. */
function withDepth(cuboid, kind, x, y) {
  const { front, vanishingPoint: far } = cuboid;
  if (kind === "vanishing-point") return { ...cuboid, vanishingPoint: { x, y } };
  if (!far) return { ...cuboid, offset: { x: exact(x - front[0]), y: exact(y - front[1]) } };
  // The nearest place on the line from the first corner of the front to the vanishing point.
  const [dx, dy] = [front[0] - far.x, front[1] - far.y];
  const ratio = ((x - far.x) * dx + (y - far.y) * dy) / (dx * dx + dy * dy || 1);
  return { ...cuboid, scaleRatio: Math.max(0.05, Math.min(1, Math.round(ratio * 1e4) / 1e4)) };
}

function chunked(flat) {
  const out = [];
  for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i], flat[i + 1]]);
  return out;
}

const same = (a, b) => a.length === b.length && a.every((value, index) => value === b[index]);

/** Returns an object entry with other coordinates, for drawing a drag. */
export function withCoordinates(entry, coordinates) {
  const [kind, value] = Object.entries(coordinates)[0];
  if (kind === "polygons") return { ...entry, polygons: value };
  if (kind === "polyline") return { ...entry, polyline: value.map(([x, y]) => ({ x, y })) };
  if (kind === "point") return { ...entry, point: { 0: { x: value[0], y: value[1] } } };
  if (kind === "skeleton") {
    const vertices = verticesOf(entry.skeleton).map((vertex, index) => ({ ...vertex, x: value[index][0], y: value[index][1] }));
    return { ...entry, skeleton: vertices };
  }
  return { ...entry, [kind]: value };
}
