// Moving what is selected by the arrow keys: whole shapes, or one handle of a shape.

import { announce } from "./announcement.js";
import { extentOf } from "./bounds.js";
import { putCursor } from "./cursor.js";
import { begin, currentAct, dragTo, end } from "./gesture.js";
import { handlesOf, isSameHandle } from "./handles.js";
import { ARM, dragged } from "./overlay.js";
import { canMove } from "./reshape.js";
import { isLocked } from "./shown-objects.js";
import { stage, viewport } from "./stage.js";
import { state, update } from "./state.js";

/** Length of a step with Shift, in pixels of the media. */
const LONG_STEP = 10;

/**
 * @typedef {Object} Moving a move that is not saved yet
 * @property {object} act of its gesture
 * @property {boolean} isHandle
 * @property {[number, number]} from where it began, in pixels of the media
 * @property {[number, number]} to where it is
 */

/** @type {Moving?} */
let moving = null;

/** Returns the handles of the only selected object, if it can be changed. */
function ownHandles() {
  const [hash, ...others] = state.selection;
  const shape = others.length === 0 && hash ? stage.shape(hash) : undefined;
  if (!shape || !stage.picture || isLocked(hash)) return [];
  return handlesOf(shape.entry, stage.picture.width, stage.picture.height, ARM / viewport.view.scale).map((handle) => ({ hash, handle }));
}

/** Selects the next or previous handle of the selected object. @param {1|-1} step */
export function walkHandles(step) {
  finishNudge();
  const handles = ownHandles();
  if (handles.length === 0) {
    announce("Select one object with handles first.");
    return;
  }
  const { vertex } = state;
  const at = vertex ? handles.findIndex(({ handle }) => isSameHandle(handle, vertex)) : -1;
  const next = at < 0 ? (step === 1 ? 0 : handles.length - 1) : (at + step + handles.length) % handles.length;
  const { hash, handle } = handles[next];
  update({ vertex: { hash, kind: handle.kind, at: handle.at } });
  putCursor([handle.x, handle.y]);
  announce(`${nameOf(handle.kind)} ${next + 1} of ${handles.length} at ${Math.round(handle.x)}, ${Math.round(handle.y)}`);
}

/** Returns the name of a kind of handle. @param {import("./handles.js").Handle["kind"]} kind */
function nameOf(kind) {
  return { vertex: "Vertex", turn: "Rotation handle", radius: "Radius handle", depth: "Handle of the back", "vanishing-point": "Vanishing point" }[kind];
}

/**
 * Moves the selected handle, or else the selected objects. The steps are saved together by {@link finishNudge}.
 * @param {number} x direction: -1, 0 or 1
 * @param {number} y
 * @param {boolean} isLong whether the step is a long one
 */
export function nudge(x, y, isLong) {
  // A pointer or Escape may have ended the move.
  if (moving && currentAct() !== moving.act) moving = null;
  moving ??= begun();
  const { picture } = stage;
  if (!moving || !picture) {
    announce("Select an object that can be moved first.");
    return;
  }
  const step = isLong ? LONG_STEP : 1;
  const [toX, toY] = [moving.to[0] + x * step, moving.to[1] + y * step];
  dragTo([toX, toY]);
  moving.to = moving.isHandle ? [toX, toY] : [reached(toX, moving.from[0], 0), reached(toY, moving.from[1], 1)];
  announce(`Moved to ${Math.round(moving.to[0])}, ${Math.round(moving.to[1])}`);
}

/** Returns how far the objects got along an axis: they stop at the edge of the image. */
function reached(wanted, from, axis) {
  const [hash] = dragged.keys();
  const [entry, before] = [dragged.get(hash), stage.shape(hash)?.entry];
  const { picture } = stage;
  if (!entry || !before || !picture) return wanted;
  const size = [picture.width, picture.height];
  const [now, then] = [entry, before].map((one) => extentOf(one, size[0], size[1])[axis] * size[axis]);
  // Coordinates are rounded, so a step may be a little shorter than a pixel.
  return Math.abs(from + now - then - wanted) < Math.max(1, size[axis] / 2000) ? wanted : from + now - then;
}

/** Begins a move. @returns {Moving?} null if there is nothing that can be moved */
function begun() {
  const { vertex } = state;
  // Something is being dragged with the pointer.
  if (currentAct()) return null;
  const handle = vertex && ownHandles().find((one) => one.hash === vertex.hash && isSameHandle(one.handle, vertex));
  // The vertex may have been deleted elsewhere.
  if (vertex && !handle) update({ vertex: null });
  const shapes = [...state.selection].map((hash) => stage.shape(hash)).filter((shape) => shape && canMove(shape.entry) && !isLocked(shape.entry.objectHash));
  if (!handle && !shapes[0]) return null;
  const act = handle ? { kind: /** @type {const} */ ("handle"), ...handle } : { kind: /** @type {const} */ ("move") };
  const from = handle ? [handle.handle.x, handle.handle.y] : /** @type {any} */ (shapes[0]).box.slice(0, 2);
  begin(act, from, false);
  return { act, isHandle: Boolean(handle), from, to: from };
}

/** Saves the move, if there is one: when Alt is released, another key or a button is pressed, or the window loses the focus. */
export function finishNudge() {
  // A pointer or Escape may have ended the gesture.
  const isCurrent = moving !== null && currentAct() === moving.act;
  moving = null;
  if (isCurrent) end();
}
