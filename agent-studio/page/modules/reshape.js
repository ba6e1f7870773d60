// Moving a shape or one of its handles: from an object entry to the coordinates that an edit sends.

import { cornersOf, pointsOf, ringsOf, turned, verticesOf } from "./shape.js";

/**
 * @typedef {{x: number, y: number, at: number[]}} Handle a place in pixels of the media, and which part of the shape it is
 * @typedef {Record<string, any>} Coordinates as `edits` takes them, relative to the media
 */

/** Platform data has four decimals (contract: `label-format.md`, section 6). */
const rounded = (value) => Math.round(value * 1e4) / 1e4;

/** What stays where it was keeps its number; only what moves is rounded. */
const shifted = (value, by) => (by === 0 ? value : rounded(value + by));

/**
 * The handles of a shape; none of what cannot be moved here.
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
  const points = turned(corners, centre[0], centre[1], box.theta);
  return [0, 1, 2, 3].map((corner) => ({ x: points[2 * corner], y: points[2 * corner + 1], at: [corner] }));
}

/** Whether a shape has depth, which this page does not move. */
function isInSpace(entry) {
  return Object.values(entry.polyline ?? entry.point ?? {}).some((point) => point?.z !== undefined);
}

/** Whether a shape can be moved as a whole. */
export function canMove(entry) {
  const kinds = ["boundingBox", "rotatableBoundingBox", "polygons", "polygon", "polyline", "point", "skeleton", "ellipse", "circle"];
  return !isInSpace(entry) && kinds.some((kind) => entry[kind]);
}

/**
 * The coordinates of a shape that is moved as a whole.
 * @param {number} dx relative to the media
 * @param {number} dy
 * @returns {Coordinates}
 */
export function moved(entry, dx, dy) {
  return changed(entry, (x, y) => [shifted(x, dx), shifted(y, dy)]);
}

/**
 * The coordinates of a shape with one handle dragged to a place in pixels of the media.
 * @param {Handle} handle
 * @returns {Coordinates}
 */
export function withHandleAt(entry, handle, x, y, width, height) {
  const [toX, toY] = [rounded(x / width), rounded(y / height)];
  const box = entry.boundingBox;
  if (box) return { boundingBox: stretched(box, handle.at[0], toX, toY) };
  if (entry.rotatableBoundingBox) return { rotatableBoundingBox: turnedStretch(entry.rotatableBoundingBox, handle.at[0], x, y, width, height) };
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

/** A box with one corner elsewhere; the opposite corner stays. */
function stretched({ x, y, w, h }, corner, toX, toY) {
  const fixedX = corner === 0 || corner === 3 ? x + w : x;
  const fixedY = corner === 0 || corner === 1 ? y + h : y;
  return boxBetween(fixedX, fixedY, toX, toY);
}

/** The box between two corners, relative to the media. */
export function boxBetween(ax, ay, bx, by) {
  const [x, y] = [rounded(Math.min(ax, bx)), rounded(Math.min(ay, by))];
  return { x, y, w: rounded(Math.abs(ax - bx)), h: rounded(Math.abs(ay - by)) };
}

/** A turned box with one corner elsewhere: the opposite corner stays, and so does the angle. */
function turnedStretch(box, corner, x, y, width, height) {
  const opposite = turnedHandles(box, width, height)[(corner + 2) % 4];
  const centre = [(x + opposite.x) / 2, (y + opposite.y) / 2];
  const [ax, ay] = turned([x, y], centre[0], centre[1], -box.theta);
  const [bx, by] = turned([opposite.x, opposite.y], centre[0], centre[1], -box.theta);
  return { ...boxBetween(ax / width, ay / height, bx / width, by / height), theta: box.theta };
}

function chunked(flat) {
  const out = [];
  for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i], flat[i + 1]]);
  return out;
}

const same = (a, b) => a.length === b.length && a.every((value, index) => value === b[index]);

/** An object entry with other coordinates, for drawing what is being dragged. */
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

/** The coordinates of a polygon that has just been drawn. @param {[number, number][]} points in pixels of the media */
export function drawnPolygon(points, width, height) {
  return { polygons: [[points.flatMap(([x, y]) => [rounded(x / width), rounded(y / height)])]] };
}

/** The coordinates of a box that has just been drawn. */
export function drawnBox(ax, ay, bx, by, width, height) {
  return { boundingBox: boxBetween(ax / width, ay / height, bx / width, by / height) };
}
