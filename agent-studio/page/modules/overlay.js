// Overlays on the shapes: selection, hover, and changes by an agent.

import { handlesOf, isSameHandle } from "./handles.js";
import { paint, paintHandles, paintName } from "./painting.js";
import { shapeOf } from "./shape.js";
import { isLocked } from "./shown-objects.js";
import { addOverlay, FEW_SELECTED, stage, viewport } from "./stage.js";
import { state } from "./state.js";

/** Maximum number of displayed names; more would hide the image. */
const NAMES = 40;
/** Maximum number of selected shapes with handles. */
const HANDLED = 30;

/** Distance of the handle that turns a shape, in screen pixels. */
export const ARM = 26;
/** Handles closer together than this are shown only near the pointer, in screen pixels. */
const SPARSE = 12;
/** Distance of the pointer at which they are shown, in screen pixels. */
const NEAR = 40;

/**
 * Marks at the pointer: its place on the canvas, and the edge that a press would split.
 * @type {{place: [number, number]?, edge: import("./vertices.js").Edge?}}
 */
export const pointerMarks = { place: null, edge: null };

/** Dragged entries, drawn instead of the stored ones. @type {Map<string, any>} entries by object hash */
export const dragged = new Map();

/** Colours of shapes before and after a change. */
export const GONE = "#e5484d";
export const CAME = "#30a46c";

export function placeOverlays() {
  addOverlay(paintSelection);
  addOverlay(paintDifference);
  addOverlay(paintNames);
}

/** Returns the current shape of an object, dragged or stored. */
function current(hash) {
  const entry = dragged.get(hash);
  const { labels } = state;
  if (!entry || !labels || !stage.picture) return stage.shape(hash);
  return shapeOf(entry, labels, stage.picture.width, stage.picture.height) ?? undefined;
}

/** Returns whether selected shapes have handles, which would hide an agent's changes. */
export const hasHandles = () => state.tool === "select" && !(state.difference && state.showDifference);

function paintSelection(context) {
  const { hovered, selection } = state;
  const isShown = (hash) => !selection.has(hash) && stage.shape(hash);
  if (hovered && isShown(hovered)) paint(context, /** @type {any} */ (stage.shape(hovered)), viewport.view, { width: 2.5, fill: 0.3, dot: 5 });
  let handled = 0;
  for (const hash of selection.size > FEW_SELECTED ? dragged.keys() : selection) {
    const shape = current(hash);
    if (!shape) continue;
    // The image stays visible below a selected mask.
    if (!shape.mask) paint(context, shape, viewport.view, { width: 5, fill: 0.34, colour: "#ffffff", dot: 7 });
    paint(context, shape, viewport.view, { width: 2.5, fill: shape.mask ? 0.08 : 0.2, dot: 5 });
    handled += 1;
    if (handled <= HANDLED && hasHandles() && stage.picture && !isLocked(hash)) {
      const handles = visibleHandles(shape.entry, stage.picture, pointerMarks.place);
      const marked = state.vertex?.hash === hash ? state.vertex : null;
      paintHandles(context, handles, viewport.view, shape.colour, (handle) => marked !== null && isSameHandle(handle, marked));
    }
  }
  if (pointerMarks.edge && hasHandles()) paintHandles(context, [{ ...pointerMarks.edge, kind: "radius" }], viewport.view, "#30a46c");
}

/**
 * Returns the handles of a shape that can be seen and dragged. Where vertices are dense, these are the ones near the pointer.
 * @param {any} entry
 * @param {{width: number, height: number}} picture
 * @param {[number, number]?} place of the pointer on the canvas
 */
export function visibleHandles(entry, { width, height }, place) {
  const { scale } = viewport.view;
  const handles = handlesOf(entry, width, height, ARM / scale);
  if (handles.length < 30) return handles;
  const [x, y] = place ? viewport.toMedia(place[0], place[1]) : [-Infinity, -Infinity];
  const [near, gap] = [NEAR / scale, SPARSE / scale];
  return handles.filter((handle, number) => {
    if (state.vertex && isSameHandle(handle, state.vertex)) return true;
    if (Math.abs(handle.x - x) <= near && Math.abs(handle.y - y) <= near) return true;
    const neighbours = [handles[number - 1], handles[number + 1]].filter((other) => other !== undefined);
    return neighbours.every((other) => Math.hypot(handle.x - other.x, handle.y - other.y) >= gap);
  });
}

function paintNames(context) {
  const { hovered, labels, selection } = state;
  if (!labels) return;
  const [left, top] = viewport.toMedia(0, 0);
  const [right, bottom] = viewport.toMedia(viewport.width, viewport.height);
  const seen = stage.index.shapes.length <= 400 ? stage.index.touching([left, top, right, bottom]) : [];
  const named = new Set(seen.length <= NAMES ? seen.map((shape) => shape.entry.objectHash) : []);
  for (const hash of [...selection].slice(0, NAMES)) named.add(hash);
  if (hovered) named.add(hovered);
  // Prompts have signs; their names would hide the object.
  for (const { hash } of state.prompting?.prompts ?? []) named.delete(hash);
  /** @type {[number, number, number][]} */
  const taken = [];
  for (const hash of named) {
    const shape = current(hash);
    const known = labels.objects.get(hash);
    if (shape && known) paintName(context, shape, viewport.view, known.number === null ? known.name : `${known.name} ${known.number}`, taken);
  }
}

/** Draws the shapes before in dashed red and after in green. */
function paintDifference(context) {
  const { difference, labels, showDifference } = state;
  const picture = stage.picture;
  if (!difference || !showDifference || !labels || !picture) return;
  for (const change of difference.objects) {
    const [before, after] = [change.before?.on.get(picture.frame), change.after?.on.get(picture.frame)];
    if (change.kind === "changed" && !change.frames.includes(picture.frame)) continue;
    const shape = (entry) => entry && shapeOf(entry, labels, picture.width, picture.height);
    const [old, now] = [shape(before), shape(after)];
    // A mask has no outline: only its fill shows what changed.
    const fill = old?.mask || now?.mask ? 0.2 : 0;
    if (old) {
      paint(context, old, viewport.view, { width: 1.5, fill: after ? fill : 0.25, colour: GONE, dash: [6, 4], dot: 4 });
      paintVertices(context, before, picture);
    }
    // On top of the shape before, which is hidden where nothing moved.
    if (now) paint(context, now, viewport.view, { width: 4, fill: before ? fill : 0.25, colour: CAME, dot: 6 });
  }
}

function paintVertices(context, entry, picture) {
  context.fillStyle = GONE;
  for (const { x, y } of handlesOf(entry, picture.width, picture.height)) {
    const [atX, atY] = viewport.toScreen(x, y);
    context.beginPath();
    context.arc(atX, atY, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}
