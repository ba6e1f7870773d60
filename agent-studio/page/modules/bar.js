// The bar at the top: tools, undo, zoom, agents, and whether everything is saved.

import { openMenuAtStage } from "./agent-menu.js";
import { button, byId, el, fill, swatch } from "./dom.js";
import { takeTool } from "./drawing.js";
import { reload } from "./edits.js";
import { showHelp } from "./help.js";
import { isRanged } from "./open.js";
import { addOverlay, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { complain } from "./toasts.js";
import { redo, undo } from "./undo.js";
import { retryUnsaved } from "./unsaved.js";

const TOOLS = /** @type {const} */ ([["select", "Select", "V"], ["box", "Box", "B"], ["polygon", "Polygon", "P"]]);

export function placeBar() {
  const tools = TOOLS.map(([tool, name, key]) =>
    button(name, () => takeTool(tool), { "data-tool": tool, "aria-keyshortcuts": key, title: `${name} (${key})` }));
  const classes = el("select", { "aria-label": "Class to draw", title: "Class to draw", onchange: (event) => update({ drawClass: event.target.value }) });
  const patch = swatch("transparent");
  const back = button("↶", () => undo(), { class: "quiet icon", "aria-label": "Undo" });
  const again = button("↷", () => redo(), { class: "quiet icon", "aria-label": "Redo" });
  const zoom = button("100 %", () => viewport.fit(), { class: "quiet zoom", title: "Show the whole image (0)" });
  const saved = el("span", { class: "save-state", role: "status" });
  const agents = button("Trigger agent", () => openMenuAtStage(), { class: "main", title: "Trigger an agent (A, or right-click on the image)" });
  byId("bar").append(
    el("h1", null, "Label editor"),
    el("div", { class: "group", role: "toolbar", "aria-label": "Tools" }, ...tools),
    el("label", { class: "class-choice", hidden: true }, patch, classes),
    el("div", { class: "group" }, back, again),
    el("div", { class: "group" },
      button("−", () => viewport.zoom(0.8), { class: "quiet icon", "aria-label": "Zoom out" }), zoom,
      button("+", () => viewport.zoom(1.25), { class: "quiet icon", "aria-label": "Zoom in" })),
    el("span", { class: "gap" }), saved, agents,
    button("?", showHelp, { class: "quiet icon", "aria-label": "Help and keys" }),
  );
  // The zoom can change with every frame that is painted.
  addOverlay(() => {
    const text = `${Math.round(viewport.view.scale * 100)} %`;
    if (zoom.textContent !== text) zoom.textContent = text;
  });
  on(["tool", "drawClass", "ontology", "data"], () => showTools(tools, classes, patch, agents));
  on(["history", "data", "draft"], () => {
    label(back, "Undo", state.history.undo, "Ctrl+Z");
    if (state.draft) [back.disabled, back.title] = [false, "Take the last vertex back (Ctrl+Z)"];
    label(again, "Redo", state.history.redo, "Ctrl+Shift+Z");
  });
  on(["saveState", "saveProblem", "data", "unsaved"], () => showSaved(saved));
  showTools(tools, classes, patch, agents);
  label(back, "Undo", [], "");
  label(again, "Redo", [], "");
}

function showTools(tools, classes, patch, agents) {
  for (const one of tools) {
    one.setAttribute("aria-pressed", String(one.dataset.tool === state.tool));
    one.disabled = !state.data || isRanged();
  }
  agents.disabled = !state.data;
  const choice = /** @type {HTMLElement} */ (classes.parentElement);
  choice.hidden = state.tool === "select";
  if (state.tool === "select") return;
  const drawn = state.ontology?.drawnWith(state.tool) ?? [];
  classes.replaceChildren(...drawn.map((one) => el("option", { value: one.featureHash }, one.name)));
  classes.value = state.drawClass ?? "";
  patch.style.setProperty("background", state.ontology?.object(state.drawClass ?? "")?.colour ?? "transparent");
}

function label(element, words, steps, keys) {
  const step = steps.at(-1);
  element.disabled = !step;
  element.title = step ? `${words}: ${step.words} (${keys})` : `Nothing to ${words.toLowerCase()}`;
}

function showSaved(element) {
  const { row, saveProblem } = state;
  const refused = state.unsaved.filter((one) => one.isRefused).length;
  const now = refused > 0 && state.saveState === "saved" ? "failed" : state.saveState;
  const texts = { saving: "Saving…", saved: "All changes saved", failed: "Not saved" };
  const again = refused > 0 ? button("Save again", retryUnsaved, { class: "link" }) : row && button("Reload", () => reload(row).catch(complain), { class: "link" });
  element.dataset.state = now;
  element.title = saveProblem;
  fill(element, row && texts[now], row && now === "failed" && again);
}
