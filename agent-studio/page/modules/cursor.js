// The keyboard's cursor on the canvas: it is moved by the arrow keys, and presses like a pointer.

import { announce } from "./announcement.js";
import { closesOutline, finishOutline, gestureOf, isDrawing, moveDraft } from "./drawing.js";
import { begin, currentAct, dragTo, end } from "./gesture.js";
import { pointerMarks } from "./overlay.js";
import { addOverlay, redraw, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { actAt, edgeNear, handleAt, objectAt } from "./targets.js";
import { toolKind } from "./tools.js";

/** @typedef {[number, number]} Point in pixels of the media */

/** Steps, in screen pixels: of the arrow keys, and with Shift. With Alt, a step is a pixel of the media. */
const [STEP, LONG_STEP] = [8, 40];
/** Minimum distance of the cursor from the edge of the canvas, in screen pixels. */
const MARGIN = 24;
/** Half the length of the cursor's lines and of the gap in them, in screen pixels. */
const [ARM, GAP] = [14, 4];

/** Shows the cursor, on the selected object or in the middle of what is visible. @returns {boolean} whether it is visible */
export function showCursor() {
  if (!stage.picture || currentAct()) return false;
  const [hash, ...others] = state.selection;
  const shape = state.tool === "select" && others.length === 0 ? stage.shape(hash) : undefined;
  const middle = shape ? [(shape.box[0] + shape.box[2]) / 2, (shape.box[1] + shape.box[3]) / 2] : viewport.toMedia(viewport.width / 2, viewport.height / 2);
  stage.canvas.focus({ preventScroll: true });
  place(middle);
  return true;
}

/** Hides the cursor. @returns {boolean} whether it was visible */
export function hideCursor() {
  if (!state.cursor) return false;
  [pointerMarks.place, pointerMarks.edge] = [null, null];
  update({ cursor: null, hovered: null });
  announce("");
  return true;
}

/**
 * Moves the cursor, and drags what it has picked up.
 * @param {number} x direction: -1, 0 or 1
 * @param {number} y
 * @param {{shiftKey: boolean, altKey: boolean}} keys
 */
export function moveCursor(x, y, { shiftKey, altKey }) {
  if (!state.cursor) return;
  const step = altKey ? 1 : Math.max(1, Math.round((shiftKey ? LONG_STEP : STEP) / viewport.view.scale));
  place([state.cursor[0] + x * step, state.cursor[1] + y * step]);
}

/** Puts the cursor on a place. @param {number[]} at in pixels of the media */
export function putCursor(at) {
  if (state.cursor) place(at);
}

/** @param {number[]} at in pixels of the media */
function place(at) {
  const { picture } = stage;
  if (!picture) return;
  const within = (value, size) => Math.max(0, Math.min(size, Math.round(value)));
  const cursor = /** @type {Point} */ ([within(at[0], picture.width), within(at[1], picture.height)]);
  bringIntoSight(cursor);
  update({ cursor });
  pointerMarks.place = viewport.toScreen(...cursor);
  if (currentAct()) dragTo(cursor);
  else if (isDrawing()) moveDraft(cursor);
  else hover(pointerMarks.place);
  announce(`${inWords(cursor)}${below(pointerMarks.place)}`);
  redraw();
}

/** @param {Point} cursor */
function bringIntoSight(cursor) {
  const [x, y] = viewport.toScreen(...cursor);
  const by = (value, size) => Math.max(0, MARGIN - value) - Math.max(0, value - (size - MARGIN));
  const [dx, dy] = [by(x, viewport.width), by(y, viewport.height)];
  if (dx !== 0 || dy !== 0) viewport.pan(dx, dy);
}

/** Marks what a press would apply to. @param {Point} at on the canvas */
function hover(at) {
  if (state.tool !== "select") return;
  pointerMarks.edge = handleAt(...at) ? null : (edgeNear(...at)?.edge ?? null);
  update({ hovered: objectAt(...at) });
}

/** Returns the place, and the size of what is being dragged, in words. @param {Point} cursor */
function inWords([x, y]) {
  const { draft } = state;
  const [from] = draft && gestureOf(draft.tool) === "drag" ? draft.points : [];
  const size = from ? `, ${Math.abs(Math.round(x - from[0]))} × ${Math.abs(Math.round(y - from[1]))} pixels` : "";
  return `${x}, ${y}${size}`;
}

/** Returns what is below the cursor, in words. @param {Point} at on the canvas */
function below(at) {
  if (state.tool !== "select" || currentAct()) return "";
  const handle = handleAt(...at)?.handle;
  if (handle) return handle.kind === "vertex" ? ", on a vertex" : ", on a handle";
  if (pointerMarks.edge) return ", on an edge";
  const known = state.labels?.objects.get(objectAt(...at) ?? "");
  return known ? `, on ${known.number === null ? known.name : `${known.name} ${known.number}`}` : "";
}

/**
 * Presses at the cursor: sets a vertex, selects an object, picks up a shape or a handle, or puts it down.
 * @param {boolean} extend whether the selection is extended; with the model tool, whether the point's sign is reversed
 */
export function pressCursor(extend) {
  const { cursor } = state;
  if (!cursor || !stage.picture) return;
  if (currentAct()) {
    putDown();
    return;
  }
  const outline = state.draft?.points;
  if (outline && gestureOf() === "vertices") {
    const last = outline[outline.length - 1];
    if (Math.hypot(last[0] - cursor[0], last[1] - cursor[1]) < 0.5) {
      if (!closesOutline()) announce("The shape needs more vertices. Move the cursor, and press Space again.");
      else finishOutline();
      return;
    }
  }
  const act = actAt(...viewport.toScreen(...cursor), extend);
  begin(act, cursor, extend);
  if (act.kind === "click" || act.kind === "pan") {
    end();
    announce(state.draft ? `Vertex ${state.draft.points.length} at ${inWords(cursor)}` : inWords(cursor) + below(viewport.toScreen(...cursor)));
  } else announce(`${began(act)} at ${inWords(cursor)}. Move with the arrow keys; Space ends it, Escape cancels it.`);
}

/** @param {import("./targets.js").Act} act */
const began = ({ kind }) => (kind === "draw" ? `${toolKind(state.tool)?.name ?? "Shape"} begun` : kind === "prompt" ? "Prompt begun" : "Picked up");

function putDown() {
  const words = currentAct()?.kind === "draw" ? "Ended" : "Put down";
  end();
  announce(`${words} at ${state.cursor ? inWords(state.cursor) : ""}`);
}

/** Ends what the cursor has picked up. @returns {boolean} whether there was anything */
export function putDownCursor() {
  if (!state.cursor || !currentAct()) return false;
  putDown();
  return true;
}

/** Paints the cursor, and hides it when other data is opened. */
export function placeCursor() {
  on(["row"], hideCursor);
  addOverlay((context) => {
    if (!state.cursor) return;
    const at = viewport.toScreen(...state.cursor);
    pointerMarks.place = at;
    paintCursor(context, at);
  });
}

/** @param {Point} at on the canvas */
function paintCursor(context, [x, y]) {
  for (const [colour, width] of /** @type {const} */ ([["#ffffff", 5], ["#10141c", 2]])) {
    [context.strokeStyle, context.lineWidth] = [colour, width];
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * GAP, y + dy * GAP);
      context.lineTo(x + dx * ARM, y + dy * ARM);
    }
    context.stroke();
  }
}
