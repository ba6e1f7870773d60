// Keyboard shortcuts. They are inactive in input fields.

import { repeatLast, sendAgain } from "./agent-call.js";
import { closeMenu, openMenuAtStage } from "./agent-menu.js";
import { copySelected, paste } from "./copy-paste.js";
import { hideCursor, moveCursor, pressCursor, putDownCursor, showCursor } from "./cursor.js";
import { openNext } from "./data-list.js";
import { cancelDrawing, closesOutline, drawOutlineAs, dropVertex, finishOutline, isDrawing, takeNumberedClass, takeTool } from "./drawing.js";
import { walkFindings } from "./findings.js";
import { playOrStop } from "./frames.js";
import { cancelDrag } from "./gesture.js";
import { showHelp } from "./help.js";
import { interpolate, putHere, walkKeyframes } from "./keyframe-actions.js";
import { scaleBrush, toggleErasing, toggleFill } from "./mask-tool.js";
import { finishNudge, nudge, walkHandles } from "./nudge.js";
import { frameCount, goTo } from "./open.js";
import { setLoopEnd, toggleLoop } from "./play-loop.js";
import { acceptResult, discardPrompts, dropPrompt } from "./prompts.js";
import { deleteObjects, deleteVertex } from "./selected.js";
import { selectAll, selectNext } from "./selection.js";
import { showAll, toggleHidden, toggleLocked, toggleSolo } from "./shown-objects.js";
import { viewport } from "./stage.js";
import { state, update } from "./state.js";
import { dismissToast } from "./toasts.js";
import { TOOLS } from "./tools.js";
import { redo, undo } from "./undo.js";
import { discardUnsaved, retryUnsaved } from "./unsaved.js";
import { nextTask } from "./workflow.js";

/** Number of frames of a long step. */
const STEP = 10;

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const KEYS = {
  v: () => takeTool("select"),
  ...Object.fromEntries(TOOLS.map(({ tool, key }) => [key, () => takeTool(tool)])),
  i: () => drawOutlineAs("hole"),
  // Shift+M takes the model tool.
  m: (event) => takeTool(event.shiftKey ? "model" : "bitmask"),
  x: () => (state.tool === "model" ? update({ isNegative: !state.isNegative }) : toggleErasing()),
  h: (event) => (event.shiftKey ? showAll() : toggleHidden()),
  q: () => toggleLocked(),
  y: () => toggleSolo(),
  n: (event) => walkFindings(event.shiftKey ? -1 : 1),
  a: () => openMenuAtStage(),
  r: (event) => void (event.shiftKey && state.calls.length > 0 ? sendAgain(state.calls[0]) : repeatLast()),
  "?": () => showHelp(),
  "+": () => viewport.zoom(1.25),
  "=": () => viewport.zoom(1.25),
  "-": () => viewport.zoom(0.8),
  0: () => viewport.fit(),
  z: () => viewport.actualSize(),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => takeNumberedClass(number)])),
  "[": () => selectNext(-1),
  "]": () => selectNext(1),
  "{": () => walkHandles(-1),
  "}": () => walkHandles(1),
  t: () => nextTask(),
  j: () => openNext(1),
  k: () => openNext(-1),
  // These belong to the brush while a mask is painted.
  f: (event) => (isPainting() ? toggleFill() : event.shiftKey ? interpolate() : putHere()),
  ",": () => (isPainting() ? scaleBrush(0.8) : walkKeyframes(-1)),
  ".": () => (isPainting() ? scaleBrush(1.25) : walkKeyframes(1)),
  g: () => toggleLoop(),
  w: (event) => setLoopEnd(event.shiftKey ? "to" : "from"),
  PageUp: () => void goTo(state.frame - STEP),
  PageDown: () => void goTo(state.frame + STEP),
  Home: () => void goTo(0),
  End: () => void goTo(frameCount() - 1),
  Delete: () => deleteSelected(),
  Backspace: () => (isDrawing() ? dropVertex() : dropPrompt() || deleteSelected()),
  Enter: (event) => enter(event),
  Escape: () => escape(),
  ArrowLeft: (event) => arrow(event, -1, 0),
  ArrowRight: (event) => arrow(event, 1, 0),
  ArrowUp: (event) => arrow(event, 0, -1),
  ArrowDown: (event) => arrow(event, 0, 1),
  " ": (event) => event.repeat || (state.cursor ? pressCursor(event.shiftKey) : playOrStop()),
};

const isPainting = () => state.tool === "bitmask";

export function watchKeys() {
  window.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.closest("input:not([type=range]):not([type=checkbox]), select, textarea, dialog, .agent-menu");
    if (typing) return;
    if (event.ctrlKey || event.metaKey) {
      finishNudge();
      withControl(event);
      return;
    }
    // Space and Enter press the button that has the focus.
    if ((event.key === " " || event.key === "Enter") && target.closest("button, summary, a")) return;
    if (target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // With Alt, arrow keys move by pixels of the image.
    if (!act || (event.altKey && !event.key.startsWith("Arrow") && event.key !== "Escape")) return;
    // Without anything to move, Alt and arrow keys belong to the browser.
    if (event.altKey && !state.cursor && state.selection.size === 0) return;
    if (!event.altKey && event.key !== "Escape") finishNudge();
    event.preventDefault();
    act(event);
  });
  window.addEventListener("keyup", (event) => {
    if (!event.altKey) finishNudge();
  });
  window.addEventListener("blur", finishNudge);
}

function withControl(event) {
  const acts = { z: () => (event.shiftKey ? redo() : undo()), y: () => redo(), a: () => selectAll(), c: () => undefined, v: () => void paste() };
  const act = acts[event.key.toLowerCase()];
  if (!act || !state.data) return;
  // Selected text is copied as text.
  if (event.key.toLowerCase() === "c" && (!(getSelection()?.isCollapsed ?? true) || !copySelected())) return;
  event.preventDefault();
  act();
}

/** Deletes the selected vertex, or else the selected objects. */
function deleteSelected() {
  if (!deleteVertex()) void deleteObjects([...state.selection]);
}

/** Completes what was begun. If there is nothing, presses at the cursor, or shows it. */
function enter(event) {
  if (putDownCursor()) return;
  if ((!state.cursor || closesOutline()) && finishOutline()) return;
  if (acceptResult() || retryUnsaved()) return;
  if (state.cursor) pressCursor(event.shiftKey);
  else if (!event.target.matches("input")) showCursor();
}

/** Moves the cursor or, with Alt, what is selected. Otherwise left and right step through frames, and with Shift they pan the view. */
function arrow(event, x, y) {
  if (state.cursor) moveCursor(x, y, event);
  else if (event.altKey) nudge(x, y, event.shiftKey);
  else if (event.shiftKey || y !== 0 || frameCount() < 2) viewport.pan(-60 * x, -60 * y);
  else void goTo(state.frame + x);
}

/** Cancels or closes the topmost item. */
function escape() {
  if (closeMenu() || cancelDrag() || cancelDrawing() || discardPrompts() || discardUnsaved() || hideCursor()) return;
  if (state.outlineAs !== "new") update({ outlineAs: "new" });
  else if (state.tool !== "select") takeTool("select");
  else if (state.vertex) update({ vertex: null });
  else if (state.selection.size > 0) update({ selection: new Set() });
  else if (!dismissToast() && state.difference) update({ difference: null, tab: "labels" });
}
