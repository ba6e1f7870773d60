// Pointer input on the canvas: selecting, moving, dragging handles, drawing, panning, zooming.

import { extentOf, limited, roomAround } from "./bounds.js";
import { cancelDrawing, clickPolygon, dragBox, endBox, finishPolygon, isDrawing, moveDraft, startBox } from "./drawing.js";
import { edit } from "./edits.js";
import { shapeAt } from "./hit-test.js";
import { stop } from "./open.js";
import { dragged, hasHandles } from "./overlay.js";
import { canMove, handlesOf, moved, withCoordinates, withHandleAt } from "./reshape.js";
import { selectObject } from "./selection.js";
import { redraw, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";

/** Hit tolerance, in screen pixels. */
const REACH = 6;
/** Distance after which a press becomes a drag, in screen pixels. */
const SLACK = 3;

/**
 * @typedef {{kind: "pan"} | {kind: "move"} | {kind: "handle", hash: string, handle: any} | {kind: "box"} | {kind: "click"}} Act
 * @typedef {{objectHash: string, entry: any, coordinates: import("./reshape.js").Coordinates}} Dragged
 *
 * @typedef {Object} Gesture from a press of a button until it is let go; it belongs to one frame of one row
 * @property {Act} act
 * @property {import("./row.js").OpenRow?} row
 * @property {number?} frame
 * @property {number} startX
 * @property {number} startY
 * @property {number} lastX
 * @property {number} lastY
 * @property {boolean} isMoving
 * @property {boolean} extend
 * @property {Map<string, any>} shown entries that are drawn where they are dragged
 */

/** @type {Gesture?} */
let gesture = null;

export function watchPointer() {
  const { canvas } = stage;
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", cancelDrag);
  canvas.addEventListener("pointerleave", () => update({ hovered: null }));
  canvas.addEventListener("dblclick", () => state.tool === "polygon" && finishPolygon());
  canvas.addEventListener("wheel", wheel, { passive: false });
  on(["row", "shownFrame"], () => {
    if (gesture && (gesture.row !== state.row || gesture.frame !== state.shownFrame)) cancelDrag();
  });
}

/** Returns the place of an event on the canvas. */
const placeOf = (event) => [event.offsetX, event.offsetY];

/** Returns the object at a screen position. */
export function objectAt(x, y) {
  const [mediaX, mediaY] = viewport.toMedia(x, y);
  return shapeAt(stage.index, mediaX, mediaY, REACH / viewport.view.scale)?.entry.objectHash ?? null;
}

/** Returns whether a shape is being moved, resized or drawn as a box. */
export const isDragging = () => gesture !== null && ["move", "handle", "box"].includes(gesture.act.kind);

/** Ends a drag without saving it. @returns {boolean} whether labels were dragged */
export function cancelDrag() {
  const was = isDragging();
  const ended = gesture;
  gesture = null;
  if (!ended) return false;
  if (ended.act.kind === "box") cancelDrawing();
  release(ended);
  return was;
}

/** Draws the stored shapes again. @param {Gesture} ended */
function release({ shown }) {
  // A new drag may show the same objects.
  for (const [hash, entry] of shown) if (dragged.get(hash) === entry) dragged.delete(hash);
  redraw();
}

function down(event) {
  const [x, y] = placeOf(event);
  stage.canvas.focus({ preventScroll: true });
  if (event.button === 2) return;
  cancelDrag();
  const act = actAt(x, y, event);
  if (!act) return;
  // Shapes are drawn and moved on the displayed frame.
  if (act.kind !== "pan") stop();
  stage.canvas.setPointerCapture(event.pointerId);
  const extend = event.shiftKey || event.ctrlKey || event.metaKey;
  gesture = { act, row: state.row, frame: state.shownFrame, startX: x, startY: y, lastX: x, lastY: y, isMoving: false, extend, shown: new Map() };
  if (act.kind === "box") startBox(viewport.toMedia(x, y));
}

/** Returns the action of a press at a position. @returns {Act?} */
function actAt(x, y, event) {
  if (event.button === 1) return { kind: "pan" };
  if (event.button !== 0) return null;
  if (state.tool === "box") return { kind: "box" };
  if (state.tool === "polygon") return { kind: "click" };
  const handle = handleAt(x, y);
  if (handle) return { kind: "handle", ...handle };
  const hash = objectAt(x, y);
  if (hash && state.selection.has(hash) && !event.shiftKey) return { kind: "move" };
  return hash ? { kind: "click" } : { kind: "pan" };
}

/** Returns the handle of a selected object at a screen position. */
function handleAt(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  for (const hash of [...state.selection].slice(0, 30)) {
    const shape = stage.shape(hash);
    if (!shape) continue;
    const near = ({ x: atX, y: atY }) => {
      const [screenX, screenY] = viewport.toScreen(atX, atY);
      return Math.abs(screenX - x) <= REACH && Math.abs(screenY - y) <= REACH;
    };
    const handle = handlesOf(shape.entry, picture.width, picture.height).find(near);
    if (handle) return { hash, handle };
  }
  return null;
}

function move(event) {
  const [x, y] = placeOf(event);
  if (!gesture) {
    if (isDrawing()) moveDraft(viewport.toMedia(x, y));
    const hash = state.tool === "select" ? objectAt(x, y) : null;
    update({ hovered: hash });
    stage.canvas.dataset.over = state.tool === "select" ? (handleAt(x, y) ? "handle" : hash ? "object" : "nothing") : "drawing";
    return;
  }
  if (!gesture.isMoving && Math.hypot(x - gesture.startX, y - gesture.startY) < SLACK) return;
  gesture.isMoving = true;
  drag(gesture, x, y);
  [gesture.lastX, gesture.lastY] = [x, y];
}

/** @param {Gesture} gesture */
function drag(gesture, x, y) {
  const { act, lastX, lastY, shown } = gesture;
  if (act.kind === "pan" || act.kind === "click") {
    if (state.tool !== "polygon" || act.kind === "pan") viewport.pan(x - lastX, y - lastY);
  } else if (act.kind === "box") {
    dragBox(viewport.toMedia(x, y));
  } else {
    for (const { objectHash, entry, coordinates } of draggedTo(gesture, x, y)) {
      shown.set(objectHash, withCoordinates(entry, coordinates));
      dragged.set(objectHash, shown.get(objectHash));
    }
  }
  redraw();
}

/** Returns the coordinates of the shapes after a drag. @param {Gesture} gesture @returns {Dragged[]} */
function draggedTo({ act, startX, startY }, x, y) {
  const { picture } = stage;
  if (!picture) return [];
  const { width, height } = picture;
  if (act.kind === "handle") {
    const entry = stage.shape(act.hash)?.entry;
    const [mediaX, mediaY] = viewport.toMedia(x, y);
    return entry ? [{ objectHash: act.hash, entry, coordinates: withHandleAt(entry, act.handle, mediaX, mediaY, width, height) }] : [];
  }
  const entries = [...state.selection].map((hash) => stage.shape(hash)?.entry).filter((entry) => entry && canMove(entry));
  const room = roomAround(entries.map((entry) => extentOf(entry, width, height)));
  const scale = viewport.view.scale;
  const dx = limited((x - startX) / scale / width, room.x);
  const dy = limited((y - startY) / scale / height, room.y);
  return entries.map((entry) => ({ objectHash: entry.objectHash, entry, coordinates: moved(entry, dx, dy) }));
}

function up(event) {
  const ended = gesture;
  gesture = null;
  if (!ended) return;
  const [x, y] = placeOf(event);
  const { act, isMoving, extend } = ended;
  if (act.kind === "box") endBox();
  else if (!isMoving) click(act, x, y, extend);
  else if (act.kind === "move" || act.kind === "handle") void keepDragged(ended, x, y);
}

function click(act, x, y, extend) {
  if (state.tool === "polygon" && act.kind === "click") {
    clickPolygon(viewport.toMedia(x, y));
    return;
  }
  if (state.tool !== "select") return;
  const hash = objectAt(x, y);
  if (hash) selectObject(hash, extend);
  else if (!extend) update({ selection: new Set() });
}

/** Saves the dragged shapes. Until they are saved, they are drawn at the dragged position. @param {Gesture} ended */
async function keepDragged(ended, x, y) {
  const { act, frame } = ended;
  const edits = draggedTo(ended, x, y).map(({ objectHash, coordinates }) => ({ edit: "setCoordinates", objectHash, frame, coordinates }));
  if (edits.length > 0) await edit(act.kind === "handle" ? "Move a vertex" : "Move", edits, ended.row);
  release(ended);
}

function wheel(event) {
  event.preventDefault();
  const step = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) viewport.pan(-(event.deltaX || event.deltaY) * step, 0);
  else viewport.zoomAt(event.offsetX, event.offsetY, Math.exp((-event.deltaY * step) / 400));
}
