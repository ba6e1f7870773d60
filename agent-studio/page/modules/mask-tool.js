// The bitmask tool: strokes and polygons that paint a mask, or erase from it.

import { edit } from "./edits.js";
import { MaskPixels } from "./mask-pixels.js";
import { stage } from "./stage.js";
import { state, update } from "./state.js";
import { inform } from "./toasts.js";

/**
 * @typedef {Object} MaskOptions
 * @property {"brush"|"polygon"} by
 * @property {boolean} isErasing
 * @property {number} size diameter of the brush, in pixels of the media
 *
 * @typedef {Object} Strokes what was drawn on a frame of a row
 * @property {import("./row.js").OpenRow} row
 * @property {number} frame
 * @property {[number, number][]} points in pixels of the media
 */

const [SMALLEST, LARGEST] = [1, 400];

/** The saving of the last new mask, which later strokes belong to. @type {Promise<unknown>} */
let saving = Promise.resolve();

/** @param {Partial<MaskOptions>} changes */
export const setMask = (changes) => update({ mask: { ...state.mask, ...changes } });

/** Switches between painting and erasing. */
export const toggleErasing = () => setMask({ isErasing: !state.mask.isErasing });

/** Switches between the brush and polygons. */
export const toggleFill = () => setMask({ by: state.mask.by === "brush" ? "polygon" : "brush" });

/** Enlarges the brush by a factor. @param {number} factor */
export function scaleBrush(factor) {
  const { size } = state.mask;
  const next = Math.round(size * factor);
  setMask({ size: Math.max(SMALLEST, Math.min(LARGEST, next === size ? size + Math.sign(factor - 1) : next)) });
}

/**
 * Paints the selected mask, or a new one, and saves it.
 * @param {Strokes} strokes
 * @param {(bitmask: object) => Promise<unknown>} add saves a new mask
 */
export async function paintMask(strokes, add) {
  const options = state.mask;
  const { picture } = stage;
  if (!picture) return;
  const { width, height } = picture;
  // A new mask is selected when it is saved.
  await saving;
  const objectHash = selectedMask(strokes);
  if (objectHash) {
    await edit(options.isErasing ? "Erase" : "Paint", (labels) => repainted(labels, strokes, objectHash, options, width, height), strokes.row);
    return;
  }
  if (options.isErasing) {
    inform("Select one bitmask first, to erase from it.");
    return;
  }
  const bitmask = painted(new MaskPixels(width, height), strokes.points, options, width, height).toBitmask();
  if (bitmask) saving = add(bitmask).catch(() => undefined);
}

/** Returns the only selected object, if it is a bitmask on the frame. @param {Strokes} strokes */
function selectedMask({ row, frame }) {
  const [hash, ...others] = state.selection;
  return hash && others.length === 0 && row.labels.objects.get(hash)?.on.get(frame)?.bitmask ? hash : null;
}

/** Returns the edit that repaints a mask. */
function repainted(labels, { frame, points }, objectHash, options, width, height) {
  const entry = labels.objects.get(objectHash)?.on.get(frame);
  if (!entry?.bitmask) return [];
  const bitmask = painted(MaskPixels.of(entry.bitmask), points, options, width, height).toBitmask();
  if (!bitmask) inform("Nothing of the mask would be left. Delete the object instead.");
  return bitmask ? [{ edit: "setCoordinates", objectHash, frame, coordinates: { bitmask } }] : [];
}

/** @param {MaskPixels} mask @param {[number, number][]} points @param {MaskOptions} options */
function painted(mask, points, { by, isErasing, size }, width, height) {
  const [scaleX, scaleY] = [mask.width / width, mask.height / height];
  const places = points.map(([x, y]) => /** @type {[number, number]} */ ([x * scaleX, y * scaleY]));
  const value = isErasing ? 0 : 1;
  if (by === "polygon") mask.polygon(places, value);
  else mask.stroke(places, (size / 2) * scaleX, value);
  return mask;
}
