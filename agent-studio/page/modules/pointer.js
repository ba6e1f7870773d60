// Pointer input on the canvas: gestures, panning, zooming, and marks of what a press would do.

import { hideCursor } from "./cursor.js";
import { finishOutline, isDrawing, moveDraft } from "./drawing.js";
import { begin, cancelDrag, currentAct, dragTo, end } from "./gesture.js";
import { finishNudge } from "./nudge.js";
import { pointerMarks } from "./overlay.js";
import { redraw, stage, viewport } from "./stage.js";
import { state, update } from "./state.js";
import { actAt, edgeNear, handleAt, objectAt } from "./targets.js";

/** Distance after which a press becomes a drag, in screen pixels. */
const SLACK = 3;

/** The button that is pressed, in screen pixels. @type {{startX: number, startY: number, lastX: number, lastY: number, isMoving: boolean}?} */
let press = null;
/** Where the pointer was last. @type {[number, number]?} */
let last = null;

export function watchPointer() {
  const { canvas } = stage;
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", cancel);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("dblclick", () => finishOutline());
  canvas.addEventListener("wheel", wheel, { passive: false });
}

/** Returns the place of an event on the canvas. @returns {[number, number]} */
const placeOf = (event) => [event.offsetX, event.offsetY];

function down(event) {
  const [x, y] = placeOf(event);
  stage.canvas.focus({ preventScroll: true });
  finishNudge();
  if (state.cursor) {
    cancel();
    hideCursor();
  }
  if (event.button === 2) return;
  cancel();
  if (event.button > 1) return;
  stage.canvas.setPointerCapture(event.pointerId);
  const act = event.button === 1 ? /** @type {const} */ ({ kind: "pan" }) : actAt(x, y, event.shiftKey);
  press = { startX: x, startY: y, lastX: x, lastY: y, isMoving: false };
  begin(act, viewport.toMedia(x, y), event.shiftKey || event.ctrlKey || event.metaKey);
}

function cancel() {
  press = null;
  cancelDrag();
}

function move(event) {
  const [x, y] = placeOf(event);
  if (state.cursor) {
    // The browser repeats the last position when the page changes. A keyboard gesture is not disturbed by the pointer.
    last ??= [x, y];
    if (currentAct() || isDrawing() || Math.hypot(x - last[0], y - last[1]) < SLACK) return;
    hideCursor();
  }
  last = [x, y];
  pointerMarks.place = [x, y];
  if (!press || !currentAct()) {
    hover(x, y);
    return;
  }
  if (!press.isMoving && Math.hypot(x - press.startX, y - press.startY) < SLACK) return;
  press.isMoving = true;
  const kind = currentAct()?.kind;
  const isPan = kind === "pan" || (kind === "click" && state.tool === "select");
  if (isPan) viewport.pan(x - press.lastX, y - press.lastY);
  dragTo(viewport.toMedia(x, y));
  [press.lastX, press.lastY] = [x, y];
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
  if (state.cursor) return;
  [last, pointerMarks.place, pointerMarks.edge] = [null, null, null];
  update({ hovered: null });
  redraw();
}

function up(event) {
  const ended = press;
  press = null;
  if (!ended) return;
  const [x, y] = placeOf(event);
  if (ended.isMoving) dragTo(viewport.toMedia(x, y));
  end();
}

function wheel(event) {
  event.preventDefault();
  const step = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) viewport.pan(-(event.deltaX || event.deltaY) * step, 0);
  else viewport.zoomAt(event.offsetX, event.offsetY, Math.exp((-event.deltaY * step) / 400));
}
