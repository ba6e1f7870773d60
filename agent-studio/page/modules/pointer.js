// Pointer input on the canvas: selecting, moving, dragging handles, drawing, panning, zooming.

import { extentOf, limited, roomAround } from "./bounds.js";
import { cancelDrawing, clickShape, dragShape, endShape, finishOutline, gestureOf, isDrawing, moveDraft, startShape } from "./drawing.js";
import { edit } from "./edits.js";
import { shapeAt } from "./hit-test.js";
import { stop } from "./open.js";
import { dragged, hasHandles, pointerMarks, visibleHandles } from "./overlay.js";
import { cancelPrompt, dragPrompt, promptBox, promptPoint } from "./prompts.js";
import { canMove, moved, withCoordinates, withHandleAt } from "./reshape.js";
import { selectObject } from "./selection.js";
import { isLocked } from "./shown-objects.js";
import { redraw, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { edgeAt, hasEdges, withVertex } from "./vertices.js";

/** Hit tolerance, in screen pixels. */
const REACH = 6;
/** Distance from an edge at which a press inserts a vertex, in screen pixels. */
const EDGE = 4;
/** Distance after which a press becomes a drag, in screen pixels. */
const SLACK = 3;

/**
 * @typedef {{kind: "pan"} | {kind: "move"} | {kind: "handle", hash: string, handle: import("./handles.js").Handle}
 *   | {kind: "insert", hash: string, edge: import("./vertices.js").Edge} | {kind: "draw"} | {kind: "prompt"} | {kind: "click"}} Act
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
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("dblclick", () => finishOutline());
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
  const isFree = (shape) => !isLocked(shape.entry.objectHash);
  return shapeAt(stage.index, mediaX, mediaY, REACH / viewport.view.scale, isFree)?.entry.objectHash ?? null;
}

/** Returns whether a shape is being moved, changed or drawn by a drag. */
export const isDragging = () => gesture !== null && ["move", "handle", "insert", "draw"].includes(gesture.act.kind);

/** Ends a drag without saving it. @returns {boolean} whether labels were dragged */
export function cancelDrag() {
  const was = isDragging();
  const ended = gesture;
  gesture = null;
  if (!ended) return false;
  if (ended.act.kind === "draw") cancelDrawing();
  if (ended.act.kind === "prompt") return cancelPrompt();
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
  if (act.kind === "draw") startShape(viewport.toMedia(x, y));
}

/** Returns the action of a press at a position. @returns {Act?} */
function actAt(x, y, event) {
  if (event.button === 1) return { kind: "pan" };
  if (event.button !== 0) return null;
  if (state.tool === "model") return { kind: "prompt" };
  if (state.tool !== "select") return { kind: ["drag", "stroke"].includes(gestureOf() ?? "") ? "draw" : "click" };
  const handle = handleAt(x, y);
  if (handle) return { kind: "handle", ...handle };
  const edge = event.shiftKey ? null : edgeNear(x, y);
  if (edge) return { kind: "insert", ...edge };
  const hash = objectAt(x, y);
  if (hash && state.selection.has(hash) && !event.shiftKey) return { kind: "move" };
  return hash ? { kind: "click" } : { kind: "pan" };
}

/** Returns the nearest handle of a selected object at a screen position. */
function handleAt(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  let [best, least] = [/** @type {{hash: string, handle: import("./handles.js").Handle}?} */ (null), Infinity];
  for (const hash of [...state.selection].slice(0, 30)) {
    const shape = stage.shape(hash);
    if (!shape || isLocked(hash)) continue;
    for (const handle of visibleHandles(shape.entry, picture, [x, y])) {
      const [screenX, screenY] = viewport.toScreen(handle.x, handle.y);
      const [dx, dy] = [Math.abs(screenX - x), Math.abs(screenY - y)];
      if (dx > REACH || dy > REACH || Math.hypot(dx, dy) >= least) continue;
      [best, least] = [{ hash, handle }, Math.hypot(dx, dy)];
    }
  }
  return best;
}

/** Returns the edge of a selected polygon or polyline at a screen position. */
function edgeNear(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  const [mediaX, mediaY] = viewport.toMedia(x, y);
  for (const hash of [...state.selection].slice(0, 30)) {
    const shape = stage.shape(hash);
    const edge = shape && !isLocked(hash) && edgeAt(shape.entry, mediaX, mediaY, EDGE / viewport.view.scale, picture.width, picture.height);
    if (edge) return { hash, edge };
  }
  return null;
}

function move(event) {
  const [x, y] = placeOf(event);
  pointerMarks.place = [x, y];
  if (!gesture) {
    hover(x, y);
    return;
  }
  if (!gesture.isMoving && Math.hypot(x - gesture.startX, y - gesture.startY) < SLACK) return;
  gesture.isMoving = true;
  drag(gesture, x, y);
  [gesture.lastX, gesture.lastY] = [x, y];
}

/** Shows what a press at a position would do. */
function hover(x, y) {
  if (isDrawing()) moveDraft(viewport.toMedia(x, y));
  const isSelecting = state.tool === "select";
  const hash = isSelecting ? objectAt(x, y) : null;
  const handle = isSelecting ? handleAt(x, y) : null;
  pointerMarks.edge = isSelecting && !handle ? (edgeNear(x, y)?.edge ?? null) : null;
  update({ hovered: hash });
  const over = handle ? (handle.handle.kind === "turn" ? "turn" : "handle") : pointerMarks.edge ? "edge" : hash ? "object" : "nothing";
  stage.canvas.dataset.over = isSelecting ? over : "drawing";
  redraw();
}

function leave() {
  [pointerMarks.place, pointerMarks.edge] = [null, null];
  update({ hovered: null });
  redraw();
}

/** @param {Gesture} gesture */
function drag(gesture, x, y) {
  const { act, lastX, lastY, shown } = gesture;
  pointerMarks.edge = null;
  if (act.kind === "pan" || act.kind === "click") {
    if (state.tool === "select" || act.kind === "pan") viewport.pan(x - lastX, y - lastY);
  } else if (act.kind === "prompt") {
    dragPrompt(viewport.toMedia(gesture.startX, gesture.startY), viewport.toMedia(x, y));
  } else if (act.kind === "draw") {
    dragShape(viewport.toMedia(x, y));
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
  if (act.kind === "handle" || act.kind === "insert") {
    const entry = stage.shape(act.hash)?.entry;
    const [mediaX, mediaY] = viewport.toMedia(x, y);
    if (!entry) return [];
    const coordinates = act.kind === "insert" ? withVertex(entry, act.edge, mediaX, mediaY, width, height)
      : withHandleAt(entry, act.handle, mediaX, mediaY, width, height);
    return [{ objectHash: act.hash, entry, coordinates }];
  }
  const entries = [...state.selection].map((hash) => stage.shape(hash)?.entry).filter((entry) => entry && canMove(entry) && !isLocked(entry.objectHash));
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
  if (act.kind === "prompt") prompt(ended, x, y);
  else if (act.kind === "draw") endShape();
  else if (!isMoving && act.kind === "insert") void keepDragged(ended, ...viewport.toScreen(act.edge.x, act.edge.y));
  else if (!isMoving) click(act, x, y, extend);
  else if (act.kind === "move" || act.kind === "handle" || act.kind === "insert") void keepDragged(ended, x, y);
}

/** Prompts the agent of the model tool with a point or a box. @param {Gesture} ended */
function prompt({ startX, startY, isMoving, extend }, x, y) {
  if (isMoving) promptBox(viewport.toMedia(startX, startY), viewport.toMedia(x, y));
  else promptPoint(viewport.toMedia(x, y), extend !== state.isNegative);
}

function click(act, x, y, extend) {
  if (state.tool !== "select") {
    if (act.kind === "click") clickShape(viewport.toMedia(x, y));
    return;
  }
  if (act.kind === "handle" && act.handle.kind === "vertex" && canDropVertex(act.hash)) {
    update({ vertex: { hash: act.hash, at: act.handle.at } });
    return;
  }
  const hash = objectAt(x, y);
  if (hash) selectObject(hash, extend);
  else if (!extend) update({ selection: new Set() });
}

/** Saves the dragged shapes. Until they are saved, they are drawn at the dragged position. @param {Gesture} ended */
async function keepDragged(ended, x, y) {
  const { act, frame } = ended;
  const edits = draggedTo(ended, x, y).map(({ objectHash, coordinates }) => ({ edit: "setCoordinates", objectHash, frame, coordinates }));
  if (edits.length > 0) await edit(wordsFor(act), edits, ended.row);
  release(ended);
}

/** Returns whether a vertex of an object can be deleted. */
function canDropVertex(hash) {
  const shape = stage.shape(hash);
  return shape !== undefined && hasEdges(shape.entry);
}

/** Returns the name of the step. @param {Act} act */
function wordsFor(act) {
  if (act.kind === "insert") return "Insert a vertex";
  if (act.kind !== "handle") return "Move";
  return { vertex: "Move a vertex", turn: "Rotate", radius: "Resize", depth: "Move the back", "vanishing-point": "Move the vanishing point" }[act.handle.kind];
}

function wheel(event) {
  event.preventDefault();
  const step = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) viewport.pan(-(event.deltaX || event.deltaY) * step, 0);
  else viewport.zoomAt(event.offsetX, event.offsetY, Math.exp((-event.deltaY * step) / 400));
}
