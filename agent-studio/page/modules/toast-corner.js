// The corner of the stage in which messages appear: where they do not cover what an agent changed, and above the options of a tool.

import { byId } from "./dom.js";
import { shapeOf } from "./shape.js";
import { addOverlay, stage, viewport } from "./stage.js";
import { state } from "./state.js";

/** Corners in the order in which they are tried. */
const CORNERS = /** @type {const} */ ([["end", "end"], ["end", "start"], ["start", "end"], ["start", "start"]]);

/** Keeps the messages away from changed objects, also while the view moves. */
export function watchToasts() {
  addOverlay(chooseCorner);
  new MutationObserver(chooseCorner).observe(byId("toasts"), { childList: true });
}

function chooseCorner() {
  const toasts = byId("toasts");
  if (toasts.childElementCount === 0) return;
  const { width, height } = toasts.getBoundingClientRect();
  const boxes = changedBoxes();
  const covered = CORNERS.map(([down, across]) => {
    const [left, top] = [across === "end" ? viewport.width - width : 0, down === "end" ? viewport.height - height : 0];
    return boxes.reduce((sum, box) => sum + overlap(box, [left, top, left + width, top + height]), 0);
  });
  // The corner stays unless another one is better, so that nothing moves away under the pointer.
  const now = Number(toasts.dataset.corner ?? 0);
  const best = covered.indexOf(Math.min(...covered));
  const chosen = covered[now] === covered[best] ? now : best;
  const [down, across] = CORNERS[chosen];
  toasts.dataset.corner = String(chosen);
  toasts.style.setProperty("align-self", down);
  toasts.style.setProperty("justify-self", across);
  const options = byId("tool-options").getBoundingClientRect();
  toasts.style.setProperty("padding-bottom", down === "end" ? `${options.height}px` : "0");
}

/** Returns the boxes of the changed objects on the frame, in pixels of the stage. */
function changedBoxes() {
  const { difference, labels, shownFrame } = state;
  const { picture } = stage;
  if (!difference || !labels || !picture || shownFrame === null) return [];
  const entries = difference.objects.flatMap(({ before, after }) => [before?.on.get(shownFrame), after?.on.get(shownFrame)]).filter(Boolean);
  return entries.slice(0, 200).flatMap((entry) => {
    const shape = shapeOf(entry, labels, picture.width, picture.height);
    if (!shape) return [];
    const [left, top, right, bottom] = shape.box;
    return [[...viewport.toScreen(left, top), ...viewport.toScreen(right, bottom)]];
  });
}

/** Returns the area that two boxes share. */
function overlap([left, top, right, bottom], [otherLeft, otherTop, otherRight, otherBottom]) {
  const across = Math.min(right, otherRight) - Math.max(left, otherLeft);
  const down = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
  return across > 0 && down > 0 ? across * down : 0;
}
