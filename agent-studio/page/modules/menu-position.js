// The position of a menu that should not cover the selected objects.

import { stage, viewport } from "./stage.js";
import { state } from "./state.js";

/** Distance to the edges of the window and to the selection, in pixels. */
const GAP = 8;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box in pixels of the window */

/**
 * Returns the position of a menu of this size: at the pointer, unless it would cover the selection and there is room beside it.
 * @param {{width: number, height: number}} size
 * @param {number} x
 * @param {number} y
 */
export function besideSelection({ width, height }, x, y) {
  const within = (left, top) => ({
    left: Math.max(GAP, Math.min(left, innerWidth - width - GAP)), top: Math.max(GAP, Math.min(top, innerHeight - height - GAP)),
  });
  const wanted = within(x, y);
  const kept = selectionBox();
  const covers = ({ left, top }) => kept !== null && left < kept.right && left + width > kept.left && top < kept.bottom && top + height > kept.top;
  if (kept === null || !covers(wanted)) return wanted;
  const places = [[kept.right + GAP, y], [kept.left - width - GAP, y], [x, kept.bottom + GAP], [x, kept.top - height - GAP]];
  return places.map(([left, top]) => within(left, top)).find((place) => !covers(place)) ?? wanted;
}

/** Returns the box around the selected shapes, as far as they are visible. @returns {Box?} */
function selectionBox() {
  const shapes = [...state.selection].map((hash) => stage.shape(hash)).filter((shape) => shape !== undefined && shape !== null);
  if (shapes.length === 0) return null;
  const canvas = stage.canvas.getBoundingClientRect();
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { box: [left, top, right, bottom] } of shapes) {
    const [[x, y], [endX, endY]] = [viewport.toScreen(left, top), viewport.toScreen(right, bottom)];
    box.left = Math.min(box.left, canvas.left + Math.max(0, x));
    box.top = Math.min(box.top, canvas.top + Math.max(0, y));
    box.right = Math.max(box.right, canvas.left + Math.min(canvas.width, endX));
    box.bottom = Math.max(box.bottom, canvas.top + Math.min(canvas.height, endY));
  }
  return box;
}
