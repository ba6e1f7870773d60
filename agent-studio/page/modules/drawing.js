// Drawing a box and a polygon.

import { edit } from "./edits.js";
import { drawnBox, drawnPolygon } from "./reshape.js";
import { addOverlay, redraw, stage, viewport } from "./stage.js";
import { state, update } from "./state.js";
import { inform } from "./toasts.js";

/** @typedef {[number, number]} Point in pixels of the media */

/** What is being drawn: the two corners of a box, or the vertices of a polygon. @type {Point[]} */
let draft = [];
/** Where the pointer is. @type {Point?} */
let tip = null;

/** How near to its first vertex a polygon is closed, in pixels of the screen. */
const CLOSE = 9;
/** The least size of a box, in pixels of the screen. */
const LEAST = 4;

export const isDrawing = () => draft.length > 0;

/** Takes up a tool. @param {"select"|"box"|"polygon"} tool */
export function takeTool(tool) {
  cancelDrawing();
  const classes = tool === "select" ? [] : (state.ontology?.drawnWith(tool) ?? []);
  if (tool !== "select" && classes.length === 0) {
    inform(`The ontology has no class that is drawn as a ${tool}.`);
    return;
  }
  const stays = classes.some((one) => one.featureHash === state.drawClass);
  update({ tool, drawClass: tool === "select" || stays ? state.drawClass : classes[0].featureHash });
}

/** @param {Point} corner */
export function startBox(corner) {
  draft = [corner, corner];
}

/** @param {Point} corner */
export function dragBox(corner) {
  if (draft.length === 2) draft[1] = corner;
  redraw();
}

/** Ends the box that is drawn, and saves it if it is one. */
export async function endBox() {
  const [a, b] = draft;
  cancelDrawing();
  const { picture } = stage;
  if (!a || !b || !picture) return;
  const scale = viewport.view.scale;
  if (Math.abs(a[0] - b[0]) * scale < LEAST || Math.abs(a[1] - b[1]) * scale < LEAST) return;
  const inside = ([x, y]) => [Math.max(0, Math.min(picture.width, x)), Math.max(0, Math.min(picture.height, y))];
  const [[ax, ay], [bx, by]] = [inside(a), inside(b)];
  await addDrawn(drawnBox(ax, ay, bx, by, picture.width, picture.height));
}

/** Adds a vertex, or closes the polygon where it began. @param {Point} at */
export function clickPolygon(at) {
  const first = draft[0];
  if (first && draft.length >= 3 && Math.hypot(first[0] - at[0], first[1] - at[1]) * viewport.view.scale <= CLOSE) {
    void finishPolygon();
    return;
  }
  const last = draft.at(-1);
  // The second click of a double click is at the same place.
  if (last && Math.hypot(last[0] - at[0], last[1] - at[1]) * viewport.view.scale < 2) return;
  draft.push(at);
  tip = at;
  redraw();
}

/** @param {Point} at */
export function moveDraft(at) {
  tip = at;
  redraw();
}

/** Takes the last vertex back. */
export function dropVertex() {
  draft.pop();
  redraw();
}

/** Closes the polygon that is drawn, and saves it. */
export async function finishPolygon() {
  const points = draft;
  if (state.tool !== "polygon" || points.length < 3 || !stage.picture) return;
  cancelDrawing();
  await addDrawn(drawnPolygon(points, stage.picture.width, stage.picture.height));
}

/** @returns {boolean} whether something was being drawn */
export function cancelDrawing() {
  const was = isDrawing();
  draft = [];
  tip = null;
  redraw();
  return was;
}

async function addDrawn(coordinates) {
  const known = state.ontology?.object(state.drawClass ?? "");
  if (!known) return;
  const frame = stage.picture?.frame ?? state.frame;
  const added = await edit(`Draw ${known.name}`, [{ edit: "addObject", class: known.featureHash, frame, coordinates }]);
  if (added) update({ selection: new Set(added) });
}

/** Paints what is being drawn. */
export function placeDrawing() {
  addOverlay((context) => {
    if (draft.length === 0) return;
    const colour = state.ontology?.object(state.drawClass ?? "")?.colour ?? "#4b46c8";
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 2;
    const screen = draft.map(([x, y]) => viewport.toScreen(x, y));
    if (state.tool === "box") paintBox(context, screen);
    else paintOutline(context, screen);
  });
}

function paintBox(context, [[ax, ay], [bx, by]]) {
  context.globalAlpha = 0.2;
  context.fillRect(ax, ay, bx - ax, by - ay);
  context.globalAlpha = 1;
  context.strokeRect(ax, ay, bx - ax, by - ay);
}

function paintOutline(context, points) {
  context.beginPath();
  points.forEach(([x, y], number) => (number === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  if (tip) context.lineTo(...viewport.toScreen(tip[0], tip[1]));
  context.stroke();
  points.forEach(([x, y], number) => {
    context.beginPath();
    context.arc(x, y, number === 0 ? 5 : 3, 0, 2 * Math.PI);
    context.fill();
  });
}
