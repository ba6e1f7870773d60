// Coordinates of drawn shapes, and their entries while they are drawn.

import { draggedEdge, exact, inside } from "./bounds.js";
import { withCoordinates } from "./reshape.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {import("./reshape.js").Coordinates} Coordinates
 * @typedef {import("./ontology.js").ObjectClass} ObjectClass
 */

/** Depth of a new cuboid, relative to its front. */
const DEPTH = 0.25;

/**
 * Returns the coordinates of a shape that is dragged from one place to another.
 * @param {import("./tools.js").DrawingTool} tool
 * @param {Point} from
 * @param {Point} to
 * @param {number} width of the media, in pixels
 * @param {number} height
 * @param {ObjectClass} known class of the shape
 * @returns {Coordinates}
 */
export function draggedShape(tool, from, to, width, height, known) {
  if (tool === "circle") return { circle: circle(from, to, width, height) };
  const box = boxBetween(from, to, width, height);
  if (tool === "rotated-box") return { rotatableBoundingBox: { ...box, theta: 0 } };
  if (tool === "ellipse") {
    const [rx, ry] = [exact(box.w / 2), exact(box.h / 2)];
    return { ellipse: { x: exact(box.x + rx), y: exact(box.y + ry), rx, ry, theta: 0 } };
  }
  if (tool === "skeleton") return { skeleton: placedTemplate(known, box) };
  if (tool === "cuboid") return { cuboid_2d: cuboid(box) };
  return { boundingBox: box };
}

/** Returns the coordinates of a shape of clicked vertices. @param {"polygon"|"polyline"} tool @param {Point[]} points */
export function clickedShape(tool, points, width, height) {
  const places = points.map(([x, y]) => [inside(x / width), inside(y / height)]);
  return tool === "polyline" ? { polyline: places } : { polygons: [[places.flat()]] };
}

/** Returns the coordinates of a drawn point. @param {Point} at @returns {Coordinates} */
export const drawnPoint = ([x, y], width, height) => ({ point: [inside(x / width), inside(y / height)] });

/** Returns an object entry with the coordinates of a shape that is not saved yet. @param {ObjectClass | undefined} known */
export function drawnEntry(featureHash, coordinates, known) {
  return withCoordinates({ objectHash: "", featureHash, skeleton: known?.points ?? [] }, coordinates);
}

/** @param {Point} from @param {Point} to */
function boxBetween([ax, ay], [bx, by], width, height) {
  const [left, top] = [inside(ax / width), inside(ay / height)];
  const [right, bottom] = [draggedEdge(left, bx / width, bx / width, width), draggedEdge(top, by / height, by / height, height)];
  return { x: Math.min(left, right), y: Math.min(top, bottom), w: exact(Math.abs(right - left)), h: exact(Math.abs(bottom - top)) };
}

/** Returns a circle about the first place, as large as the second demands and the media permits. */
function circle([x, y], [toX, toY], width, height) {
  const radius = Math.min(Math.hypot(toX - x, toY - y), x, y, width - x, height - y);
  return { x: inside(x / width), y: inside(y / height), r: Math.floor(Math.max(radius, 1) / width * 1e4) / 1e4, stretch: 1, theta: 0 };
}

/** Returns the points of a skeleton template, stretched to a box. @param {ObjectClass} known */
function placedTemplate({ points }, { x, y, w, h }) {
  const axis = (key, start, length) => {
    const values = points.map((point) => point[key] ?? 0);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => inside(start + (most > least ? (value - least) / (most - least) : 0.5) * length));
  };
  const [across, down] = [axis("x", x, w), axis("y", y, h)];
  return across.map((value, index) => [value, down[index]]);
}

/** Returns a cuboid with this front. Its back is above and beside it, where there is room. */
function cuboid({ x, y, w, h }) {
  const front = [x, y, x + w, y, x + w, y + h, x, y + h].map(exact);
  const right = Math.min(DEPTH * w, 1 - x - w);
  const [across, up] = [right > 0.01 ? right : -Math.min(DEPTH * w, x), Math.min(DEPTH * h, y)];
  return { front, offset: { x: exact(across), y: -exact(up) } };
}
