// Conversion of object entries to shapes for drawing and hit tests, in pixels of the media.

import { maskOf } from "./bitmask.js";

/**
 * @typedef {Object} Shape
 * @property {any} entry the object entry
 * @property {string} colour
 * @property {Float32Array[]} rings closed outlines, flat x and y; those after the first of a polygon are holes
 * @property {Float32Array[]} lines open lines
 * @property {Float32Array} dots points, flat
 * @property {(string|undefined)[]} dotNotes what is said of each point: "occluded", "invisible"
 * @property {import("./bitmask.js").Mask?} mask
 * @property {[number, number, number, number]} box left, top, right, bottom
 * @property {number} area of the box
 */

/** Number of corners that approximate a circle. */
const CORNERS = 48;

const NO_POINTS = new Float32Array(0);

/**
 * @param {any} entry
 * @param {import("./labels.js").Labels} labels
 * @param {number} width of the media, in pixels
 * @param {number} height
 * @returns {Shape?} null for what cannot be drawn in a plane
 */
export function shapeOf(entry, labels, width, height) {
  const known = labels.objects.get(entry.objectHash);
  const parts = partsOf(entry, labels.ontology.object(known?.featureHash ?? entry.featureHash), width, height);
  if (!parts) return null;
  const { rings = [], lines = [], dots = NO_POINTS, dotNotes = [], mask = null } = parts;
  const box = mask ? mask.box : boxOf([...rings, ...lines, dots]);
  if (!box.every(Number.isFinite)) return null;
  const area = (box[2] - box[0]) * (box[3] - box[1]);
  return { entry, colour: labels.colourOf(entry), rings, lines, dots, dotNotes, mask, box, area };
}

/** @returns {{rings?: Float32Array[], lines?: Float32Array[], dots?: Float32Array, dotNotes?: any[], mask?: any}?} */
function partsOf(entry, known, width, height) {
  const flat = (points) => scaled(points, width, height);
  if (entry.boundingBox) return { rings: [flat(cornersOf(entry.boundingBox))] };
  if (entry.rotatableBoundingBox) return { rings: [turnedBox(entry.rotatableBoundingBox, width, height)] };
  if (entry.polygons || entry.polygon) return { rings: ringsOf(entry).map(flat) };
  if (entry.polyline) return { lines: [flat(pointsOf(entry.polyline))] };
  if (entry.point) return { dots: flat(pointsOf(entry.point)) };
  if (entry.skeleton) return skeleton(entry.skeleton, known, flat);
  if (entry.ellipse) return { rings: [round({ theta: 0, ...entry.ellipse }, width, height)] };
  if (entry.circle) {
    const { x, y, r, stretch = 1, theta = 0 } = entry.circle;
    const ry = (r * stretch * width) / height;
    return { rings: [round({ x, y, rx: r, ry, theta }, width, height)] };
  }
  if (entry.cuboid_2d) return cuboid(entry.cuboid_2d, flat);
  if (entry.bitmask) return { mask: maskOf(entry.bitmask, width, height) };
  return null;
}

/** Returns the corners of a box, flat and relative. */
export function cornersOf({ x, y, w, h }) {
  return [x, y, x + w, y, x + w, y + h, x, y + h];
}

/** The rings of a polygon, flat and relative: `polygons` wins (contract: `docs/contract/label-format.md#polygon`). */
export function ringsOf(entry) {
  const full = entry.polygons?.flat() ?? [];
  if (full.some((ring) => ring.length > 0)) return full;
  return [pointsOf(entry.polygon ?? {})];
}

/** Points of an array or of a map from number to point, flat, in numeric order. */
export function pointsOf(points) {
  const keys = Object.keys(points).sort((a, b) => Number(a) - Number(b));
  return keys.flatMap((key) => [points[key].x, points[key].y]);
}

function scaled(points, width, height) {
  const out = new Float32Array(points.length);
  for (let i = 0; i + 1 < points.length; i += 2) {
    out[i] = points[i] * width;
    out[i + 1] = points[i + 1] * height;
  }
  return out;
}

/** Returns the corners of a box rotated clockwise about its centre. */
function turnedBox({ x, y, w, h, theta }, width, height) {
  return turned(scaled(cornersOf({ x, y, w, h }), width, height), (x + w / 2) * width, (y + h / 2) * height, theta);
}

/**
 * Rotates points about a centre.
 * @param {ArrayLike<number>} points flat
 * @param {number} degrees clockwise on the screen
 * @param {any} [Numbers] kind of array: `Float32Array` for what is drawn, `Array` for what is saved
 */
export function turned(points, centreX, centreY, degrees, Numbers = Float32Array) {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const out = new Numbers(points.length);
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [dx, dy] = [points[i] - centreX, points[i + 1] - centreY];
    out[i] = centreX + dx * cos - dy * sin;
    out[i + 1] = centreY + dx * sin + dy * cos;
  }
  return out;
}

function round({ x, y, rx, ry, theta }, width, height) {
  const points = new Float32Array(CORNERS * 2);
  for (let i = 0; i < CORNERS; i += 1) {
    const angle = (i / CORNERS) * 2 * Math.PI;
    points[2 * i] = (x + rx * Math.cos(angle)) * width;
    points[2 * i + 1] = (y + ry * Math.sin(angle)) * height;
  }
  return turned(points, x * width, y * height, theta);
}

/** Returns the vertices of a skeleton in wire order. */
export function verticesOf(skeleton) {
  return Object.values(skeleton);
}

/** Returns vertices and edges of a skeleton. Edges need both vertices, which are matched by feature hash or name, never by number. */
function skeleton(points, known, flat) {
  const vertices = verticesOf(points);
  const dots = flat(vertices.flatMap(({ x, y }) => [x, y]));
  const at = (number) => {
    const { featureHash, name } = known.points[number];
    const found = featureHash ? vertices.findIndex((one) => one.featureHash === featureHash) : -1;
    return found < 0 ? vertices.findIndex((one) => one.name === name) : found;
  };
  const lines = (known?.edges ?? []).map(([from, to]) => [at(from), at(to)]);
  const there = lines.filter(([from, to]) => from >= 0 && to >= 0);
  return {
    dots,
    dotNotes: vertices.map(visibilityOf),
    lines: there.map(([a, b]) => Float32Array.of(dots[2 * a], dots[2 * a + 1], dots[2 * b], dots[2 * b + 1])),
  };
}

/** Reads the visibility, which older rows store as boolean members (contract: `docs/contract/label-format.md#skeleton`). */
export function visibilityOf(vertex) {
  const flag = ["invisible", "occluded", "selfOccluded", "visible"].find((one) => vertex[one] === true);
  return flag ?? vertex.visibility;
}

/** Returns the corners of a 2-D cuboid's back, flat and relative. */
export function backOf({ front, vanishingPoint, scaleRatio, offset }) {
  return front.map((value, index) => {
    const axis = index % 2 === 0 ? "x" : "y";
    if (vanishingPoint) return vanishingPoint[axis] + (value - vanishingPoint[axis]) * (scaleRatio ?? 1);
    return value + (offset?.[axis] ?? 0);
  });
}

/** Returns front, back and connecting edges of a 2-D cuboid. */
function cuboid(cuboid, flat) {
  const [near, far] = [flat(cuboid.front), flat(backOf(cuboid))];
  const lines = [];
  for (let i = 0; i + 1 < near.length; i += 2) lines.push(Float32Array.of(near[i], near[i + 1], far[i], far[i + 1]));
  return { rings: [near], lines: [...lines, closed(far)] };
}

function closed(ring) {
  const out = new Float32Array(ring.length + 2);
  out.set(ring);
  out.set(ring.subarray(0, 2), ring.length);
  return out;
}

/** @returns {[number, number, number, number]} */
function boxOf(parts) {
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const part of parts) {
    for (let i = 0; i + 1 < part.length; i += 2) {
      box[0] = Math.min(box[0], part[i]);
      box[1] = Math.min(box[1], part[i + 1]);
      box[2] = Math.max(box[2], part[i]);
      box[3] = Math.max(box[3], part[i + 1]);
    }
  }
  return box;
}
