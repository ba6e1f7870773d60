// Gestures on the canvas, from a press until the release: of the pointer, or of the keyboard's cursor.

import { extentOf, limited, roomAround } from "./bounds.js";
import { cancelDrawing, clickShape, dragShape, endShape, startShape } from "./drawing.js";
import { edit } from "./edits.js";
import { stop } from "./open.js";
import { dragged, pointerMarks } from "./overlay.js";
import { cancelPrompt, dragPrompt, promptBox, promptPoint } from "./prompts.js";
import { canMove, moved, withCoordinates, withHandleAt } from "./reshape.js";
import { selectObject } from "./selection.js";
import { isLocked } from "./shown-objects.js";
import { redraw, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { objectAt } from "./targets.js";
import { hasEdges, withVertex } from "./vertices.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {import("./targets.js").Act} Act
 * @typedef {{objectHash: string, entry: any, coordinates: import("./reshape.js").Coordinates}} Dragged
 *
 * @typedef {Object} Gesture it belongs to one frame of one row
 * @property {Act} act
 * @property {import("./row.js").OpenRow?} row
 * @property {number?} frame
 * @property {Point} from
 * @property {Point} to
 * @property {boolean} isMoving
 * @property {boolean} extend whether a click extends the selection
 * @property {Map<string, any>} unsaved entries of earlier gestures, which are being saved
 * @property {Map<string, any>} shown entries that are drawn where they are dragged
 */

/** @type {Gesture?} */
let gesture = null;

/** Cancels the gesture when another frame or row is shown. */
export function watchGestures() {
  on(["row", "shownFrame"], () => {
    if (gesture && (gesture.row !== state.row || gesture.frame !== state.shownFrame)) cancelDrag();
  });
}

/** Returns the action of the current gesture. */
export const currentAct = () => gesture?.act ?? null;

/** Returns whether a shape is being moved, changed or drawn by a drag. */
export const isDragging = () => gesture !== null && ["move", "handle", "insert", "draw"].includes(gesture.act.kind);

/**
 * Begins a gesture. Another that has not ended is cancelled.
 * @param {Act} act
 * @param {Point} from
 * @param {boolean} extend whether a click extends the selection
 */
export function begin(act, from, extend) {
  cancelDrag();
  // Shapes are drawn and moved on the displayed frame.
  if (act.kind !== "pan") stop();
  gesture = { act, row: state.row, frame: state.shownFrame, from, to: from, isMoving: false, extend, unsaved: new Map(dragged), shown: new Map() };
  if (act.kind === "draw") startShape(from);
}

/** Continues the gesture to a place. @param {Point} to */
export function dragTo(to) {
  if (!gesture) return;
  const { act, from, shown } = gesture;
  [gesture.isMoving, gesture.to] = [true, to];
  pointerMarks.edge = null;
  if (act.kind === "prompt") dragPrompt(from, to);
  else if (act.kind === "draw") dragShape(to);
  else if (act.kind !== "pan" && act.kind !== "click") {
    for (const { objectHash, entry, coordinates } of draggedTo(gesture)) {
      shown.set(objectHash, withCoordinates(entry, coordinates));
      dragged.set(objectHash, shown.get(objectHash));
    }
  }
  redraw();
}

/** Ends the gesture where it is: a drag saves, a press without one is a click. */
export function end() {
  const ended = gesture;
  gesture = null;
  if (!ended) return;
  const { act, isMoving } = ended;
  if (act.kind === "prompt") prompt(ended);
  else if (act.kind === "draw") endShape();
  else if (!isMoving && act.kind === "insert") void keepDragged({ ...ended, to: [act.edge.x, act.edge.y] });
  else if (!isMoving) click(ended);
  else if (act.kind === "move" || act.kind === "handle" || act.kind === "insert") void keepDragged(ended);
}

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

/** Returns the coordinates of the shapes after a drag. @param {Gesture} gesture @returns {Dragged[]} */
function draggedTo({ act, from, to, unsaved }) {
  const { picture } = stage;
  if (!picture) return [];
  const { width, height } = picture;
  const entryOf = (hash) => unsaved.get(hash) ?? stage.shape(hash)?.entry;
  if (act.kind === "handle" || act.kind === "insert") {
    const entry = entryOf(act.hash);
    if (!entry) return [];
    const coordinates = act.kind === "insert" ? withVertex(entry, act.edge, to[0], to[1], width, height)
      : withHandleAt(entry, act.handle, to[0], to[1], width, height);
    return [{ objectHash: act.hash, entry, coordinates }];
  }
  const entries = [...state.selection].map(entryOf).filter((entry) => entry && canMove(entry) && !isLocked(entry.objectHash));
  const room = roomAround(entries.map((entry) => extentOf(entry, width, height)));
  const dx = limited((to[0] - from[0]) / width, room.x);
  const dy = limited((to[1] - from[1]) / height, room.y);
  return entries.map((entry) => ({ objectHash: entry.objectHash, entry, coordinates: moved(entry, dx, dy) }));
}

/** Prompts the agent of the model tool with a point or a box. @param {Gesture} ended */
function prompt({ from, to, isMoving, extend }) {
  if (isMoving) promptBox(from, to);
  else promptPoint(from, extend !== state.isNegative);
}

/** @param {Gesture} ended */
function click({ act, from, extend }) {
  if (state.tool !== "select") {
    if (act.kind === "click") clickShape(from);
    return;
  }
  if (act.kind === "handle" && act.handle.kind === "vertex" && canDropVertex(act.hash)) {
    update({ vertex: { hash: act.hash, kind: act.handle.kind, at: act.handle.at } });
    return;
  }
  const hash = objectAt(...viewport.toScreen(from[0], from[1]));
  if (hash) selectObject(hash, extend);
  else if (!extend) update({ selection: new Set() });
}

/** Saves the dragged shapes. Until they are saved, they are drawn at the dragged position. @param {Gesture} ended */
async function keepDragged(ended) {
  const { act, frame } = ended;
  const edits = draggedTo(ended).map(({ objectHash, coordinates }) => ({ edit: "setCoordinates", objectHash, frame, coordinates }));
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
