// Tools for drawing boxes and polygons.

import { inside } from "./bounds.js";
import { drawnBox, drawnPolygon } from "./reshape.js";
import { addOverlay, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { inform } from "./toasts.js";
import { saveDrawn } from "./unsaved.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {Object} Draft the shape that is being drawn; it belongs to one frame of one row
 * @property {"box"|"polygon"} tool
 * @property {import("./row.js").OpenRow} row
 * @property {number} frame
 * @property {Point[]} points the two corners of a box, or the vertices of a polygon
 * @property {Point} tip where the pointer is
 */

/** Distance to the first vertex at which a click closes a polygon, in screen pixels. */
const CLOSE = 9;
/** Minimum size of a box, in screen pixels. */
const LEAST = 4;

export const isDrawing = () => state.draft !== null;

/** Selects a tool. @param {"select"|"box"|"polygon"} tool */
export function takeTool(tool) {
  cancelDrawing();
  const classes = tool === "select" ? [] : (state.ontology?.drawnWith(tool) ?? []);
  if (tool !== "select" && classes.length === 0) {
    update({ tool: "select" });
    inform(`The ontology has no class that is drawn as a ${tool}.`);
    return;
  }
  const stays = classes.some((one) => one.featureHash === state.drawClass);
  update({ tool, drawClass: tool === "select" || stays ? state.drawClass : classes[0].featureHash });
}

/** Clamps a place to the media. @param {Point} at @returns {Point} */
function onMedia([x, y]) {
  const { width = 1, height = 1 } = stage.picture ?? {};
  return [inside(x / width) * width, inside(y / height) * height];
}

/** Begins a shape on the displayed frame. @param {"box"|"polygon"} tool @param {Point[]} points */
function begin(tool, points) {
  const { picture } = stage;
  const { row } = state;
  if (picture && row) update({ draft: { tool, row, frame: picture.frame, points, tip: points[0] } });
}

/** @param {Point} corner */
export function startBox(corner) {
  const at = onMedia(corner);
  begin("box", [at, at]);
}

/** @param {Point} corner */
export function dragBox(corner) {
  const { draft } = state;
  if (draft?.tool === "box") update({ draft: { ...draft, points: [draft.points[0], onMedia(corner)] } });
}

/** Completes the box, and saves it if it is large enough. */
export function endBox() {
  const { draft } = state;
  cancelDrawing();
  if (draft?.tool !== "box" || !stage.picture) return;
  const [[ax, ay], [bx, by]] = draft.points;
  const scale = viewport.view.scale;
  if (Math.abs(ax - bx) * scale < LEAST || Math.abs(ay - by) * scale < LEAST) return;
  addDrawn(draft, drawnBox(ax, ay, bx, by, stage.picture.width, stage.picture.height));
}

/** Adds a vertex, or closes the polygon at its first vertex. @param {Point} place */
export function clickPolygon(place) {
  const at = onMedia(place);
  const { draft } = state;
  if (draft?.tool !== "polygon") {
    begin("polygon", [at]);
    return;
  }
  const distance = (point) => Math.hypot(point[0] - at[0], point[1] - at[1]) * viewport.view.scale;
  const { points } = draft;
  if (points.length >= 3 && distance(points[0]) <= CLOSE) {
    finishPolygon();
    return;
  }
  // The second click of a double click is at the same place.
  if (distance(points[points.length - 1]) >= 2) update({ draft: { ...draft, points: [...points, at], tip: at } });
}

/** @param {Point} at */
export function moveDraft(at) {
  const { draft } = state;
  if (draft) update({ draft: { ...draft, tip: onMedia(at) } });
}

/** Removes the last vertex. */
export function dropVertex() {
  const { draft } = state;
  if (!draft) return;
  const isLast = draft.tool === "box" || draft.points.length < 2;
  update({ draft: isLast ? null : { ...draft, points: draft.points.slice(0, -1) } });
}

/** Closes the polygon, and saves it. @returns {boolean} whether one was drawn */
export function finishPolygon() {
  const { draft } = state;
  if (draft?.tool !== "polygon" || !stage.picture) return false;
  if (draft.points.length < 3) return true;
  if (areaOf(draft.points) < 1) {
    inform("The polygon has no area inside the image. Add a vertex, or take one back.");
    return true;
  }
  cancelDrawing();
  addDrawn(draft, drawnPolygon(draft.points, stage.picture.width, stage.picture.height));
  return true;
}

/** Returns the area of a polygon, in square pixels of the media. @param {Point[]} points */
function areaOf(points) {
  const twice = points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Discards the shape that is being drawn. @returns {boolean} whether there was one */
export function cancelDrawing() {
  const was = isDrawing();
  update({ draft: null });
  return was;
}

/** @param {Draft} draft */
function addDrawn({ tool, row, frame }, coordinates) {
  const known = row.ontology.object(state.drawClass ?? "");
  if (!known) return;
  void saveDrawn({ words: `Draw ${known.name}`, kind: tool, row, frame, featureHash: known.featureHash, coordinates });
}

/** Paints the draft, and discards it when another frame or row is shown. */
export function placeDrawing() {
  addOverlay((context) => {
    const { draft } = state;
    if (!draft) return;
    const colour = state.ontology?.object(state.drawClass ?? "")?.colour ?? "#4b46c8";
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 2;
    const screen = draft.points.map(([x, y]) => viewport.toScreen(x, y));
    if (draft.tool === "box") paintBox(context, screen);
    else paintOutline(context, screen, draft.tip);
  });
  on(["row", "shownFrame"], () => {
    const { draft, row, shownFrame } = state;
    if (!draft || (draft.row === row && draft.frame === shownFrame)) return;
    cancelDrawing();
    inform(`The unfinished ${draft.tool} was discarded, because another ${draft.row === row ? "frame" : "file"} is shown now.`);
  });
  on(["ontology"], () => state.tool === "select" || takeTool(state.tool));
}

function paintBox(context, [[ax, ay], [bx, by]]) {
  context.globalAlpha = 0.2;
  context.fillRect(ax, ay, bx - ax, by - ay);
  context.globalAlpha = 1;
  context.strokeRect(ax, ay, bx - ax, by - ay);
}

function paintOutline(context, points, tip) {
  context.beginPath();
  points.forEach(([x, y], number) => (number === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.lineTo(...viewport.toScreen(tip[0], tip[1]));
  context.stroke();
  points.forEach(([x, y], number) => {
    context.beginPath();
    context.arc(x, y, number === 0 ? 5 : 3, 0, 2 * Math.PI);
    context.fill();
  });
}
