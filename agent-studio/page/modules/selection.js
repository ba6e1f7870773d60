// Selection of objects.

import { listedObjects } from "./object-filter.js";
import { goTo } from "./open.js";
import { stage, viewport } from "./stage.js";
import { state, update } from "./state.js";

/**
 * Selects an object. With `extend`, adds it to the selection, or removes it if it is selected.
 * @param {string} hash
 * @param {boolean} extend
 */
export function selectObject(hash, extend) {
  const selection = new Set(extend ? state.selection : []);
  if (extend && selection.has(hash)) selection.delete(hash);
  else selection.add(hash);
  update({ selection, tab: "labels" });
}

/** Selects every listed object of the frame. */
export function selectAll() {
  update({ selection: new Set(listedObjects().map(({ hash }) => hash)) });
}

/** Selects the next or previous object of the frame's list. @param {1|-1} step */
export function selectNext(step) {
  const hashes = listedObjects().map(({ hash }) => hash);
  if (hashes.length === 0) return;
  const last = [...state.selection].at(-1);
  const at = last === undefined ? -1 : hashes.indexOf(last);
  const next = at < 0 ? (step === 1 ? 0 : hashes.length - 1) : (at + step + hashes.length) % hashes.length;
  update({ selection: new Set([hashes[next]]) });
}

/** Shows an object: goes to a frame with it, and pans to it if it is not visible. @param {string} hash */
export async function reveal(hash, zoom = false) {
  const known = state.labels?.objects.get(hash);
  if (!known) return;
  if (known.on.size > 0 && !known.on.has(state.frame)) await goTo([...known.on.keys()][0]);
  const shape = stage.shape(hash);
  if (!shape) return;
  const [left, top] = viewport.toScreen(shape.box[0], shape.box[1]);
  const [right, bottom] = viewport.toScreen(shape.box[2], shape.box[3]);
  const isSeen = right > 0 && bottom > 0 && left < viewport.width && top < viewport.height;
  if (zoom || !isSeen) viewport.reveal(shape.box);
}
