// Keys and hints.

import { openDialog } from "./dialog.js";
import { button, el } from "./dom.js";
import { TOOLS } from "./tools.js";

const KEYS = [
  ["V", "select"],
  [TOOLS.map(({ key }) => key.toUpperCase()).join(", "), `draw: ${TOOLS.map(({ noun }) => noun).join(", ")}`],
  ["1 to 9", "take a class, and the tool that draws it"],
  ["I", "cut a hole into the selected polygon"],
  ["click on an edge, on a vertex", "insert a vertex, select it; Delete deletes it"],
  ["X, F, comma, point", "bitmask: paint or erase, brush or polygon, smaller or larger brush"],
  ["Shift+M", "model: click points or drag a box, Shift+click or X for what is not part of the object; Enter accepts, Escape discards"],
  ["Ctrl+C, Ctrl+V", "copy the selected objects, paste them on this or another frame, or on other data"],
  ["H, Shift+H, Q, Y", "hide what is selected, show all, lock, show alone"],
  ["click, Shift+click", "select one object, or several"],
  ["[ and ], Ctrl+A", "select the one before, the next, or all"],
  ["drag", "move what is selected, a corner of it, or the image; with the middle button always the image"],
  ["Alt+arrows", "move the selected vertex or objects by one pixel of the image; with Shift by ten"],
  ["{ and }", "select the vertex or handle before, or the next one"],
  ["right-click, A", "trigger an agent"],
  ["R, Shift+R", "call the last agent again: for the selection, or exactly as before"],
  ["Delete", "delete what is selected"],
  ["Enter, double-click", "close the polygon that is drawn; Backspace takes a vertex back"],
  ["Enter", "save a drawn shape again that could not be saved; Escape discards it"],
  ["N, Shift+N", "go to the next finding of an agent, or the one before"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo: also what an agent did"],
  ["← →, Page Up, Page Down, Home, End", "go to a frame: one step, ten, the first, the last"],
  [", and .", "go to the keyframe before, or the next one"],
  ["F, Shift+F", "put the selected object on this frame; interpolate between its keyframes"],
  ["Space", "play the video"],
  ["G, W, Shift+W", "loop: on or off, from this frame, up to this frame"],
  ["wheel, + −, 0, Z", "zoom; 0 shows everything, Z pixel by pixel"],
  ["Shift+arrows", "move the image"],
  ["T", "open the next task of the stage"],
  ["J, K", "open the next data, or the one before"],
  ["Escape", "stop dragging or drawing, close what is open, select nothing"],
];

const CURSOR_KEYS = [
  ["Enter", "show the cursor on the image, if nothing else is to be completed"],
  ["arrows", "move it; with Shift further, with Alt by one pixel of the image"],
  ["Space", "draw: set a vertex, begin and end a box, a stroke or a prompt (twice at one place: a point); select: choose the object below, pick up what is selected, put it down"],
  ["Space twice, Enter", "close the polygon, or end the line"],
  ["Shift+Space", "select one more object; model: what is not part of the object"],
  ["Escape", "cancel what was begun, then hide the cursor"],
];

export function showHelp() {
  const list = (keys) => el("dl", null, ...keys.flatMap(([names, does]) => [el("dt", null, names), el("dd", null, does)]));
  openDialog("Help", "help", (close) => [
    el("header", null, el("h2", null, "Keys"), button("Close", close, { class: "main" })),
    list(KEYS),
    el("h2", null, "Drawing with the keyboard"),
    list(CURSOR_KEYS),
    el("p", { class: "soft" }, "Agents are called by this browser, from another origin, just as the label editor calls them. What is drawn here is saved at once."),
  ]);
}
