// The pointer on the canvas: selecting, moving, dragging handles, drawing, panning, zooming.

import { cancelDrawing, clickPolygon, dragBox, endBox, finishPolygon, isDrawing, moveDraft, startBox } from "./drawing.js";
import { edit } from "./edits.js";
import { shapeAt } from "./hit-test.js";
import { dragged, hasHandles } from "./overlay.js";
import { canMove, handlesOf, moved, withCoordinates, withHandleAt } from "./reshape.js";
import { selectObject } from "./selection.js";
import { redraw, stage, viewport } from "./stage.js";
import { state, update } from "./state.js";

/** How near counts, in pixels of the screen. */
const REACH = 6;
/** How far the pointer moves before it drags, in pixels of the screen. */
const SLACK = 3;

/** @typedef {{kind: "pan"} | {kind: "move"} | {kind: "handle", hash: string, handle: any} | {kind: "box"} | {kind: "click"}} Act */

/** @type {{act: Act, startX: number, startY: number, lastX: number, lastY: number, isMoving: boolean, extend: boolean}?} */
let gesture = null;

export function watchPointer() {
  const { canvas } = stage;
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", () => end(false));
  canvas.addEventListener("pointerleave", () => update({ hovered: null }));
  canvas.addEventListener("dblclick", () => state.tool === "polygon" && finishPolygon());
  canvas.addEventListener("wheel", wheel, { passive: false });
}

/** Where an event is on the canvas. */
const placeOf = (event) => [event.offsetX, event.offsetY];

/** The object under a place of the screen. */
export function objectAt(x, y) {
  const [mediaX, mediaY] = viewport.toMedia(x, y);
  return shapeAt(stage.index, mediaX, mediaY, REACH / viewport.view.scale)?.entry.objectHash ?? null;
}

function down(event) {
  const [x, y] = placeOf(event);
  stage.canvas.focus({ preventScroll: true });
  if (event.button === 2) return;
  const act = actAt(x, y, event);
  if (!act) return;
  stage.canvas.setPointerCapture(event.pointerId);
  gesture = { act, startX: x, startY: y, lastX: x, lastY: y, isMoving: false, extend: event.shiftKey || event.ctrlKey || event.metaKey };
  if (act.kind === "box") startBox(viewport.toMedia(x, y));
}

/** What a press at a place begins. @returns {Act?} */
function actAt(x, y, event) {
  if (event.button === 1) return { kind: "pan" };
  if (event.button !== 0) return null;
  if (state.tool === "box") return { kind: "box" };
  if (state.tool === "polygon") return { kind: "click" };
  const handle = handleAt(x, y);
  if (handle) return { kind: "handle", ...handle };
  const hash = objectAt(x, y);
  if (hash && state.selection.has(hash) && !event.shiftKey) return { kind: "move" };
  return hash ? { kind: "click" } : { kind: "pan" };
}

/** The handle of a selected object at a place of the screen. */
function handleAt(x, y) {
  const { picture } = stage;
  if (!picture || !hasHandles()) return null;
  for (const hash of [...state.selection].slice(0, 30)) {
    const shape = stage.shape(hash);
    if (!shape) continue;
    const near = ({ x: atX, y: atY }) => {
      const [screenX, screenY] = viewport.toScreen(atX, atY);
      return Math.abs(screenX - x) <= REACH && Math.abs(screenY - y) <= REACH;
    };
    const handle = handlesOf(shape.entry, picture.width, picture.height).find(near);
    if (handle) return { hash, handle };
  }
  return null;
}

function move(event) {
  const [x, y] = placeOf(event);
  if (!gesture) {
    if (isDrawing()) moveDraft(viewport.toMedia(x, y));
    const hash = state.tool === "select" ? objectAt(x, y) : null;
    update({ hovered: hash });
    stage.canvas.dataset.over = state.tool === "select" ? (handleAt(x, y) ? "handle" : hash ? "object" : "nothing") : "drawing";
    return;
  }
  if (!gesture.isMoving && Math.hypot(x - gesture.startX, y - gesture.startY) < SLACK) return;
  gesture.isMoving = true;
  drag(gesture, x, y);
  [gesture.lastX, gesture.lastY] = [x, y];
}

function drag({ act, startX, startY, lastX, lastY }, x, y) {
  const { picture } = stage;
  if (act.kind === "pan" || act.kind === "click") {
    if (state.tool !== "polygon" || act.kind === "pan") viewport.pan(x - lastX, y - lastY);
  } else if (act.kind === "box") {
    dragBox(viewport.toMedia(x, y));
  } else if (picture && act.kind === "handle") {
    const shape = stage.shape(act.hash);
    const [mediaX, mediaY] = viewport.toMedia(x, y);
    if (shape) dragged.set(act.hash, withCoordinates(shape.entry, withHandleAt(shape.entry, act.handle, mediaX, mediaY, picture.width, picture.height)));
  } else if (picture) {
    const scale = viewport.view.scale;
    const [dx, dy] = [(x - startX) / scale / picture.width, (y - startY) / scale / picture.height];
    for (const hash of state.selection) {
      const shape = stage.shape(hash);
      if (shape && canMove(shape.entry)) dragged.set(hash, withCoordinates(shape.entry, moved(shape.entry, dx, dy)));
    }
  }
  redraw();
}

function up(event) {
  if (gesture) [gesture.lastX, gesture.lastY] = placeOf(event);
  end(true);
}

async function end(isMeant) {
  const ended = gesture;
  gesture = null;
  if (!ended) return;
  const { act, isMoving, lastX, lastY, extend } = ended;
  if (act.kind === "box") return isMeant ? endBox() : cancelDrawing();
  if (!isMoving) return isMeant && click(act, lastX, lastY, extend);
  if (act.kind === "move" || act.kind === "handle") await keepDragged(ended, isMeant);
}

function click(act, x, y, extend) {
  if (state.tool === "polygon" && act.kind === "click") return clickPolygon(viewport.toMedia(x, y));
  if (state.tool !== "select") return;
  const hash = objectAt(x, y);
  if (hash) selectObject(hash, extend);
  else if (!extend) update({ selection: new Set() });
}

/** Sends what was dragged as an edit; until it is saved, it stays where it was dragged. */
async function keepDragged({ act, startX, startY, lastX, lastY }, isMeant) {
  const { picture } = stage;
  if (isMeant && picture) {
    const scale = viewport.view.scale;
    const [dx, dy] = [(lastX - startX) / scale / picture.width, (lastY - startY) / scale / picture.height];
    const coordinates = (entry) => {
      if (act.kind !== "handle") return moved(entry, dx, dy);
      const [mediaX, mediaY] = viewport.toMedia(lastX, lastY);
      return withHandleAt(entry, act.handle, mediaX, mediaY, picture.width, picture.height);
    };
    const edits = [...dragged.keys()].map((objectHash) => {
      const shape = stage.shape(objectHash);
      return shape && { edit: "setCoordinates", objectHash, frame: picture.frame, coordinates: coordinates(shape.entry) };
    });
    const made = edits.filter((one) => one !== undefined);
    if (made.length > 0) await edit(act.kind === "handle" ? "Move a vertex" : "Move", made);
  }
  dragged.clear();
  redraw();
}

function wheel(event) {
  event.preventDefault();
  const step = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) viewport.pan(-(event.deltaX || event.deltaY) * step, 0);
  else viewport.zoomAt(event.offsetX, event.offsetY, Math.exp((-event.deltaY * step) / 400));
}
