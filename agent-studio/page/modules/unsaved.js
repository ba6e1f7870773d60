// Drawn shapes that are not saved yet. They stay on the image until they are saved or discarded.

import { drawnEntry } from "./drawn-shapes.js";
import { edit } from "./edits.js";
import { paint } from "./painting.js";
import { shapeOf } from "./shape.js";
import { addOverlay, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { clearToasts } from "./toasts.js";

/**
 * @typedef {Object} Drawn
 * @property {string} words the name of the step: "Draw Car"
 * @property {string} kind noun of the shape
 * @property {import("./row.js").OpenRow} row that it belongs to
 * @property {number} frame
 * @property {string} featureHash of its class
 * @property {import("./reshape.js").Coordinates} coordinates
 * @property {boolean} isRefused whether saving failed
 */

/** Saves a drawn shape. @param {Omit<Drawn, "isRefused">} shape */
export function saveDrawn(shape) {
  const drawn = { ...shape, isRefused: false };
  update({ unsaved: [...state.unsaved, drawn] });
  return send(drawn);
}

/** Saves refused shapes again. @returns {boolean} whether there was anything */
export function retryUnsaved() {
  const refused = state.unsaved.filter((one) => one.isRefused);
  if (refused.length > 0) clearToasts();
  for (const one of refused) void send(one);
  return refused.length > 0;
}

/** Discards refused shapes. @returns {boolean} whether there was anything */
export function discardUnsaved() {
  const refused = state.unsaved.filter((one) => one.isRefused);
  if (refused.length === 0) return false;
  clearToasts();
  update({ unsaved: state.unsaved.filter((one) => !one.isRefused) });
  // No unsaved shapes are left.
  for (const { row } of refused) if (row.saving.state === "failed") row.setSaving("saved");
  return true;
}

/** @param {Drawn} drawn */
async function send(drawn) {
  drawn.isRefused = false;
  update({ unsaved: [...state.unsaved] });
  const { words, frame, featureHash, coordinates } = drawn;
  // Reopened data has another row.
  const row = state.row && isAt(drawn, state.row) ? state.row : drawn.row;
  const added = await edit(words, [{ edit: "addObject", class: featureHash, frame, coordinates }], row, () => advice(drawn));
  if (!state.unsaved.includes(drawn)) return;
  drawn.isRefused = added === null;
  update({ unsaved: state.unsaved.filter((one) => one !== drawn || added === null) });
  if (added && row.isOpen) update({ selection: new Set(added) });
}

/** @param {Drawn} drawn */
function advice(drawn) {
  return {
    text: `The ${drawn.kind} stays on the image until it is saved. Press Enter to save it again, or Escape to discard it.`,
    actions: [{ text: "Save again", act: retryUnsaved }, { text: "Discard", act: discardUnsaved }],
  };
}

/** @param {Drawn} drawn @param {import("./row.js").OpenRow} row */
const isAt = ({ row: { place } }, row) => place.project === row.place.project && place.data === row.place.data;

/** Paints unsaved shapes, and asks for confirmation before the window is closed. */
export function placeUnsaved() {
  addOverlay((context) => {
    const { labels, row, unsaved } = state;
    const { picture } = stage;
    if (!labels || !row || !picture) return;
    for (const drawn of unsaved) {
      if (!isAt(drawn, row) || drawn.frame !== picture.frame) continue;
      const entry = drawnEntry(drawn.featureHash, drawn.coordinates, row.ontology.object(drawn.featureHash));
      const shape = shapeOf(entry, labels, picture.width, picture.height);
      if (shape) paint(context, shape, viewport.view, { width: 2, fill: 0.2, dash: drawn.isRefused ? [7, 5] : undefined });
    }
  });
  on(["unsaved"], () => {
    window.onbeforeunload = state.unsaved.length > 0 ? (event) => event.preventDefault() : null;
  });
}
