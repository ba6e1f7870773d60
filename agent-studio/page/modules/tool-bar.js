// The tools in the bar, the class that is drawn, and hints for the selected tool.

import { button, byId, el, fill, swatch } from "./dom.js";
import { drawOutlineAs, gestureOf, selectedPolygon, takeClass, takeTool } from "./drawing.js";
import { icon } from "./icons.js";
import { setMask } from "./mask-tool.js";
import { isRanged } from "./open.js";
import { promptClasses } from "./prompt-classes.js";
import { promptOptions } from "./prompt-options.js";
import { on, state } from "./state.js";
import { TOOLS, toolFor, toolKind } from "./tools.js";

const SELECT = { tool: /** @type {const} */ ("select"), name: "Select", key: "V" };
const MODEL = { tool: /** @type {const} */ ("model"), name: "Model: points and boxes as prompts of an agent", key: "Shift+M" };

/** How to draw with the keyboard's cursor. @type {Record<import("./tools.js").ToolKind["gesture"], string>} */
const KEYBOARD_HINTS = {
  drag: "Space begins and ends it.",
  vertices: "Space sets a vertex; Enter ends it.",
  click: "Space sets it.",
  stroke: "Space begins and ends a stroke.",
};

/** Creates the tools, and keeps them up to date. @returns {HTMLElement[]} */
export function toolBar() {
  const tools = el("div", { class: "group tools", role: "toolbar", "aria-label": "Tools" });
  const classes = el("select", { "aria-label": "Class to draw", title: "Class to draw (1 to 9)", onchange: (event) => takeClass(event.target.value) });
  const patch = swatch("transparent");
  const choice = el("label", { class: "class-choice", hidden: true }, patch, classes);
  const options = el("div", { id: "tool-options", role: "group", "aria-label": "Options of the tool", hidden: true });
  byId("stage").append(options);
  on(["ontology", "data", "tool"], () => showTools(tools));
  on(["tool", "drawClass", "ontology"], () => showClasses(choice, classes, patch));
  on(["tool", "outlineAs", "selection", "labels", "draft", "ontology", "data", "mask", "prompting", "isNegative", "isRefining", "promptAgent", "servers"], () => showOptions(options));
  let hasCursor = false;
  on(["cursor"], () => {
    if (hasCursor !== Boolean(state.cursor)) showOptions(options);
    hasCursor = Boolean(state.cursor);
  });
  showTools(tools);
  return [tools, choice];
}

/** Shows the tools for the classes of the ontology. */
function showTools(tools) {
  const { ontology } = state;
  const kinds = TOOLS.filter(({ tool }) => !ontology || ontology.drawnWith(tool).length > 0);
  const { box, positive } = promptClasses();
  const drawing = kinds.map(({ tool, name, key }) => ({ tool, name, key: key.toUpperCase() }));
  fill(tools, [SELECT, ...drawing, ...(box || positive ? [MODEL] : [])].map(({ tool, name, key }) => el("button", {
    type: "button", class: "tool", "data-tool": tool, "aria-label": name, "aria-keyshortcuts": key, title: `${name} (${key})`,
    "aria-pressed": String(state.tool === tool), disabled: !state.data || isRanged(), onclick: () => takeTool(tool),
  }, icon(tool))));
}

function showClasses(choice, classes, patch) {
  const kind = toolKind(state.tool);
  choice.hidden = !kind;
  if (!kind || !state.ontology) return;
  const numbers = new Map(state.ontology.drawable().map((one, index) => [one.featureHash, index + 1]));
  const text = ({ featureHash, name }) => ((numbers.get(featureHash) ?? 10) < 10 ? `${name} (${numbers.get(featureHash)})` : name);
  classes.replaceChildren(...state.ontology.drawnWith(kind.tool).map((one) => el("option", { value: one.featureHash }, text(one))));
  classes.value = state.drawClass ?? "";
  patch.style.setProperty("background", state.ontology.object(state.drawClass ?? "")?.colour ?? "transparent");
}

/** Shows the hint and the options of the selected tool. */
function showOptions(options) {
  const kind = toolKind(state.tool);
  const isModel = state.tool === "model";
  options.hidden = !(kind || isModel) || !state.data || isRanged();
  if (isModel) fill(options, ...promptOptions());
  else if (kind) fill(options, el("span", { class: "hint" }, state.cursor ? KEYBOARD_HINTS[gestureOf(kind.tool) ?? "drag"] : kind.hint), ...(kind.tool === "polygon" ? outlineChoice() : kind.tool === "bitmask" ? maskOptions() : []));
}

/** Returns the controls of the bitmask tool. */
function maskOptions() {
  const { by, isErasing, size } = state.mask;
  const choice = (text, key, isOn, act) => button(text, act, { "aria-pressed": String(isOn), title: `${text} (${key})` });
  return [
    choice("Paint", "X", !isErasing, () => setMask({ isErasing: false })), choice("Erase", "X", isErasing, () => setMask({ isErasing: true })),
    choice("Brush", "F", by === "brush", () => setMask({ by: "brush" })), choice("Polygon", "F", by === "polygon", () => setMask({ by: "polygon" })),
    ...(by === "brush" ? [sizeControl(size)] : []),
  ];
}

const brushSize = el("input", { type: "range", min: 1, max: 200, step: 1, "aria-label": "Size of the brush", title: "Size of the brush (, and .)", oninput: () => setMask({ size: Number(brushSize.value) }) });

/** Returns the size control, which is the same element while it is dragged. @param {number} size */
function sizeControl(size) {
  brushSize.value = String(size);
  return brushSize;
}

/** Returns the buttons for what the next outline becomes. */
function outlineChoice() {
  const entry = selectedPolygon();
  const known = entry && state.labels?.objects.get(entry.objectHash);
  if (!known || toolFor(known.shape)?.tool !== "polygon") return [];
  const name = known.number === null ? known.name : `${known.name} ${known.number}`;
  const choices = /** @type {const} */ ([["new", "New polygon"], ["hole", `Hole in ${name}`], ["part", `Part of ${name}`]]);
  return choices.map(([as, text]) => button(text, () => drawOutlineAs(as), { "aria-pressed": String(state.outlineAs === as) }));
}
