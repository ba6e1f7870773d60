// Hidden and locked objects, and objects that are shown alone. The labels stay as they are.

import { state, update } from "./state.js";
import { inform } from "./toasts.js";

/** Returns whether an object is painted. @param {string} hash */
export function isShown(hash) {
  if (state.hidden.has(hash)) return false;
  return state.solo === null || state.solo.has(hash) || state.selection.has(hash);
}

/** Returns whether an object can be changed on the image. @param {string} hash */
export const isLocked = (hash) => state.locked.has(hash);

/** Hides the selected objects, or shows them if all are hidden. */
export function toggleHidden() {
  if (state.selection.size === 0) inform("Select the objects to hide. Shift+H shows all.");
  else update({ hidden: toggled(state.hidden, state.selection) });
}

/** Shows every object. */
export const showAll = () => update({ hidden: new Set(), solo: null });

/** Locks the selected objects, or unlocks them if all are locked. */
export function toggleLocked() {
  if (state.selection.size === 0) inform("Select the objects to lock.");
  else update({ locked: toggled(state.locked, state.selection), vertex: null });
}

/** Shows only the selected objects, or all again. */
export function toggleSolo() {
  if (state.solo) update({ solo: null });
  else if (state.selection.size === 0) inform("Select the objects to show alone.");
  else update({ solo: new Set(state.selection) });
}

/** Removes hashes from a set that has them all, and adds them otherwise. @param {Set<string>} set @param {Set<string>} hashes */
function toggled(set, hashes) {
  const all = [...hashes].every((hash) => set.has(hash));
  return all ? new Set([...set].filter((hash) => !hashes.has(hash))) : new Set([...set, ...hashes]);
}
