// What a press at a position of the canvas applies to: a handle, an edge or an object.

import { gestureOf } from "./drawing.js";
import { shapeAt } from "./hit-test.js";
import { hasHandles, visibleHandles } from "./overlay.js";
import { isLocked } from "./shown-objects.js";
import { stage, viewport } from "./stage.js";
import { state } from "./state.js";
import { edgeAt } from "./vertices.js";

/** Hit tolerance, in screen pixels. */
const REACH = 6;
/** Distance from an edge at which a press inserts a vertex, in screen pixels. */
const EDGE = 4;
/** Maximum number of selected objects whose handles are tested. */
const HANDLED = 30;

/**
 * @typedef {{kind: "pan"} | {kind: "move"} | {kind: "handle", hash: string, handle: import("./handles.js").Handle}
 *   | {kind: "insert", hash: string, edge: import("./vertices.js").Edge} | {kind: "draw"} | {kind: "prompt"} | {kind: "click"}} Act
 */

/** Returns the object at a screen position. */
export function objectAt(x, y) {
  const [mediaX, mediaY] = viewport.toMedia(x, y);
  const isFree = (shape) => !isLocked(shape.entry.objectHash);
  return shapeAt(stage.index, mediaX, mediaY, REACH / viewport.view.scale, isFree)?.entry.objectHash ?? null;
}

/**
 * Returns the action of a press at a screen position.
 * @param {boolean} extend whether the press extends the selection
 * @returns {Act}
 */
export function actAt(x, y, extend) {
  if (state.tool === "model") return { kind: "prompt" };
  if (state.tool !== "select") return { kind: ["drag", "stroke"].includes(gestureOf() ?? "") ? "draw" : "click" };
  const handle = handleAt(x, y);
  if (handle) return { kind: "handle", ...handle };
  const edge = extend ? null : edgeNear(x, y);
  if (edge) return { kind: "insert", ...edge };
  const hash = objectAt(x, y);
  if (hash && state.selection.has(hash) && !extend) return { kind: "move" };
  return hash ? { kind: "click" } : { kind: "pan" };
}

/** Returns the nearest handle of a selected object at a screen position. */
export function handleAt(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  let [best, least] = [/** @type {{hash: string, handle: import("./handles.js").Handle}?} */ (null), Infinity];
  for (const hash of [...state.selection].slice(0, HANDLED)) {
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
export function edgeNear(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  const [mediaX, mediaY] = viewport.toMedia(x, y);
  for (const hash of [...state.selection].slice(0, HANDLED)) {
    const shape = stage.shape(hash);
    const edge = shape && !isLocked(hash) && edgeAt(shape.entry, mediaX, mediaY, EDGE / viewport.view.scale, picture.width, picture.height);
    if (edge) return { hash, edge };
  }
  return null;
}
