// The bar at the top: tools, undo, zoom, agents, and whether everything is saved.

import { openMenuAtStage } from "./agent-menu.js";
import { button, byId, el, fill } from "./dom.js";
import { reload } from "./edits.js";
import { showHelp } from "./help.js";
import { icon } from "./icons.js";
import { addOverlay, viewport } from "./stage.js";
import { on, state } from "./state.js";
import { complain } from "./toasts.js";
import { toolBar } from "./tool-bar.js";
import { redo, undo } from "./undo.js";
import { viewButton } from "./view-options.js";
import { retryUnsaved } from "./unsaved.js";

export function placeBar() {
  const back = iconButton("undo", "Undo", () => undo());
  const again = iconButton("redo", "Redo", () => redo());
  const zoom = button("100 %", () => viewport.fit(), { class: "quiet zoom", title: "Show the whole image (0)" });
  const saved = el("span", { class: "save-state", role: "status" });
  const agents = button("Trigger agent", () => openMenuAtStage(), { class: "main", title: "Trigger an agent (A, or right-click on the image)" });
  byId("bar").append(
    el("h1", null, "Label editor"),
    ...toolBar(),
    el("div", { class: "group" }, back, again),
    el("div", { class: "group" },
      button("−", () => viewport.zoom(0.8), { class: "quiet icon", "aria-label": "Zoom out" }), zoom,
      button("+", () => viewport.zoom(1.25), { class: "quiet icon", "aria-label": "Zoom in" })),
    viewButton(), el("span", { class: "gap" }), saved, agents,
    button("?", showHelp, { class: "quiet icon", "aria-label": "Help and keys" }),
  );
  // The zoom can change with every frame that is painted.
  addOverlay(() => {
    const text = `${Math.round(viewport.view.scale * 100)} %`;
    if (zoom.textContent !== text) zoom.textContent = text;
  });
  on(["data"], () => (agents.disabled = !state.data));
  on(["history", "data", "draft"], () => {
    label(back, "Undo", state.history.undo, "Ctrl+Z");
    if (state.draft) [back.disabled, back.title] = [false, "Take the last vertex back (Ctrl+Z)"];
    label(again, "Redo", state.history.redo, "Ctrl+Shift+Z");
  });
  on(["saveState", "saveProblem", "data", "unsaved"], () => showSaved(saved));
  agents.disabled = !state.data;
  label(back, "Undo", [], "");
  label(again, "Redo", [], "");
}

/** Creates a button with an icon. */
const iconButton = (image, name, act) => el("button", { type: "button", class: "quiet icon", "aria-label": name, onclick: act }, icon(image));

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
