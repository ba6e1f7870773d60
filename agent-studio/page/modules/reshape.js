// Coordinates of edits that move a shape or one of its handles.

import { draggedEdge, exact, extentOf, inside, isInside, shifted } from "./bounds.js";
import { cornersOf, pointsOf, ringsOf, turned, verticesOf } from "./shape.js";

/**
 * @typedef {{x: number, y: number, at: number[]}} Handle a place in pixels of the media, and which part of the shape it is
 * @typedef {Record<string, any>} Coordinates as `edits` takes them, relative to the media
 */

/**
 * Returns the handles of a shape; none for shapes that cannot be moved here.
 * @returns {Handle[]}
 */
export function handlesOf(entry, width, height) {
  const places = (points, at) => {
    const out = [];
    for (let i = 0; i + 1 < points.length; i += 2) out.push({ x: points[i] * width, y: points[i + 1] * height, at: [...at, i / 2] });
    return out;
  };
  if (isInSpace(entry)) return [];
  if (entry.boundingBox) return places(cornersOf(entry.boundingBox), []);
  if (entry.polygons || entry.polygon) return ringsOf(entry).flatMap((ring, number) => places(ring, [number]));
  if (entry.polyline) return places(pointsOf(entry.polyline), []);
  if (entry.point) return places(pointsOf(entry.point), []);
  if (entry.skeleton) return places(verticesOf(entry.skeleton).flatMap(({ x, y }) => [x, y]), []);
  if (entry.rotatableBoundingBox) return turnedHandles(entry.rotatableBoundingBox, width, height);
  return [];
}

function turnedHandles(box, width, height) {
  const corners = cornersOf(box).map((value, index) => value * (index % 2 === 0 ? width : height));
  const centre = [(box.x + box.w / 2) * width, (box.y + box.h / 2) * height];
  const points = turned(corners, centre[0], centre[1], box.theta, Array);
  return [0, 1, 2, 3].map((corner) => ({ x: points[2 * corner], y: points[2 * corner + 1], at: [corner] }));
}

/** Returns whether a shape is three-dimensional, which this page cannot move. */
function isInSpace(entry) {
  return Object.values(entry.polyline ?? entry.point ?? {}).some((point) => point?.z !== undefined);
}

/** Returns whether a shape can be moved as a whole. */
export function canMove(entry) {
  const kinds = ["boundingBox", "rotatableBoundingBox", "polygons", "polygon", "polyline", "point", "skeleton", "ellipse", "circle"];
  return !isInSpace(entry) && kinds.some((kind) => entry[kind]);
}

/**
 * Returns the coordinates of a moved shape.
 * @param {number} dx relative to the media
 * @param {number} dy
 * @returns {Coordinates}
 */
export function moved(entry, dx, dy) {
  return changed(entry, (x, y) => [shifted(x, dx), shifted(y, dy)]);
}

/**
 * Returns the coordinates of a shape with one handle dragged to a position in pixels of the media, clamped to the media.
 * @param {Handle} handle
 * @returns {Coordinates}
 */
export function withHandleAt(entry, handle, x, y, width, height) {
  const [toX, toY] = [inside(x / width), inside(y / height)];
  const box = entry.boundingBox;
  if (box) return { boundingBox: stretched(box, handle.at[0], toX, toY, width, height) };
  if (entry.rotatableBoundingBox) return { rotatableBoundingBox: turnedInside(entry.rotatableBoundingBox, handle, toX * width, toY * height, width, height) };
  return changed(entry, (oldX, oldY, at) => (same(at, handle.at) ? [toX, toY] : [oldX, oldY]));
}

/** @returns {Coordinates} */
function changed(entry, place) {
  const flat = (points, at) => {
    const out = [];
    for (let i = 0; i + 1 < points.length; i += 2) out.push(...place(points[i], points[i + 1], [...at, i / 2]));
    return out;
  };
  const pairs = (points) => chunked(flat(points, []));
  for (const kind of ["boundingBox", "rotatableBoundingBox", "ellipse", "circle"]) {
    if (!entry[kind]) continue;
    const [x, y] = place(entry[kind].x, entry[kind].y, [0]);
    const defaults = kind === "circle" ? { stretch: 1, theta: 0 } : kind === "ellipse" ? { theta: 0 } : {};
    return { [kind]: { ...defaults, ...entry[kind], x, y } };
  }
  if (entry.polygons || entry.polygon) {
    let number = 0;
    const polygons = entry.polygons?.flat().some((ring) => ring.length > 0) ? entry.polygons : [ringsOf(entry)];
    return { polygons: polygons.map((rings) => rings.map((ring) => flat(ring, [number++]))) };
  }
  if (entry.polyline) return { polyline: pairs(pointsOf(entry.polyline)) };
  if (entry.point) return { point: pairs(pointsOf(entry.point))[0] };
  return { skeleton: pairs(verticesOf(entry.skeleton).flatMap(({ x, y }) => [x, y])) };
}

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

/** Returns a rotated box with one corner as close to a position as possible with all corners inside the media. */
function turnedInside(box, handle, x, y, width, height) {
  const from = turnedHandles(box, width, height)[handle.at[0]];
  const at = (part) => turnedStretch(box, handle.at[0], from.x + (x - from.x) * part, from.y + (y - from.y) * part, width, height);
  const fits = (part) => isInside(extentOf({ rotatableBoundingBox: at(part) }, width, height));
  if (fits(1)) return at(1);
  let [good, bad] = [0, 1];
  for (let step = 0; step < 24; step += 1) {
    const middle = (good + bad) / 2;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good === 0 ? box : at(good);
}

/** Returns a rotated box with one moved corner. The opposite corner and the angle stay. */
function turnedStretch(box, corner, x, y, width, height) {
  const opposite = turnedHandles(box, width, height)[(corner + 2) % 4];
  const [across, down] = turned([x - opposite.x, y - opposite.y], 0, 0, -box.theta, Array);
  const [w, h] = [sideOf(across, corner === 1 || corner === 2), sideOf(down, corner > 1)];
  const [dx, dy] = turned([w, h], 0, 0, box.theta, Array);
  const [centreX, centreY] = [opposite.x + dx / 2, opposite.y + dy / 2];
  const half = [Math.abs(w) / 2, Math.abs(h) / 2];
  return { ...boxBetween((centreX - half[0]) / width, (centreY - half[1]) / height, (centreX + half[0]) / width, (centreY + half[1]) / height), theta: box.theta };
}

/** Returns the length of a dragged side, at least one pixel. @param {number} length @param {boolean} isForward its direction before */
const sideOf = (length, isForward) => (Math.abs(length) >= 1 ? length : Math.sign(length) || (isForward ? 1 : -1));

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

/** Returns the coordinates of a drawn polygon. @param {[number, number][]} points in pixels of the media */
export function drawnPolygon(points, width, height) {
  return { polygons: [[points.flatMap(([x, y]) => [inside(x / width), inside(y / height)])]] };
}

/** Returns the coordinates of a drawn box. */
export function drawnBox(ax, ay, bx, by, width, height) {
  const [left, top] = [inside(ax / width), inside(ay / height)];
  return { boundingBox: boxBetween(left, top, draggedEdge(left, bx / width, bx / width, width), draggedEdge(top, by / height, by / height, height)) };
}
