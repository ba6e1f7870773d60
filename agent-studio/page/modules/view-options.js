// View options: fill of shapes, brightness and contrast of the image, and the crosshair.

import { button, el, fill } from "./dom.js";
import { pointerMarks } from "./overlay.js";
import { showAll } from "./shown-objects.js";
import { addOverlay, redraw, viewport } from "./stage.js";
import { DEFAULT_VIEW, on, state, update } from "./state.js";

/** Sliders: option, name, minimum and maximum in percent. */
const SLIDERS = /** @type {const} */ ([["fill", "Fill of labels", 0, 60], ["brightness", "Brightness", 20, 300], ["contrast", "Contrast", 20, 300]]);

/** Creates the button with its panel. @returns {HTMLElement} */
export function viewButton() {
  const panel = el("div", { class: "view-options", role: "group", "aria-label": "View options", hidden: true, onkeydown: close });
  const open = button("View", () => show(panel.hidden), { class: "quiet", "aria-expanded": "false", "aria-haspopup": "true", title: "Fill, brightness, contrast, crosshair" });
  const element = el("div", { class: "view" }, open, panel);
  function show(isOpen) {
    panel.hidden = !isOpen;
    open.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) panel.querySelector("input")?.focus();
  }
  function close(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    open.focus();
  }
  const controls = controlsOf();
  fill(panel, ...controls.map(({ element: one }) => one), el("div", { class: "actions" },
    button("Reset", () => update({ view: DEFAULT_VIEW })), button("Show all objects", showAll, { title: "Shift+H" })));
  document.addEventListener("pointerdown", (event) => element.contains(/** @type {Node} */ (event.target)) || show(false));
  on(["view"], () => {
    for (const control of controls) control.show();
    redraw();
  });
  addOverlay(paintCrosshair);
  return element;
}

function controlsOf() {
  const sliders = SLIDERS.map(([key, name, least, most]) => {
    const value = el("output", null, "");
    const input = el("input", { type: "range", min: least, max: most, step: 1, "aria-label": name, oninput: () => update({ view: { ...state.view, [key]: Number(input.value) / 100 } }) });
    const show = () => {
      input.value = String(Math.round(state.view[key] * 100));
      value.textContent = `${input.value} %`;
    };
    show();
    return { element: el("label", null, el("span", null, name), input, value), show };
  });
  const box = el("input", { type: "checkbox", onchange: () => update({ view: { ...state.view, crosshair: box.checked } }) });
  const show = () => (box.checked = state.view.crosshair);
  show();
  return [...sliders, { element: el("label", { class: "switch" }, box, "Crosshair while drawing"), show }];
}

/** Paints lines through the pointer while a drawing tool is selected. */
function paintCrosshair(context) {
  const { place } = pointerMarks;
  if (!place || !state.view.crosshair || ["select", "model"].includes(state.tool) || state.tool === "bitmask") return;
  const [x, y] = [Math.round(place[0]) + 0.5, Math.round(place[1]) + 0.5];
  for (const [colour, dash] of /** @type {const} */ ([["rgb(0 0 0 / 55%)", []], ["rgb(255 255 255 / 80%)", [4, 4]]])) {
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(viewport.width, y);
    context.moveTo(x, 0);
    context.lineTo(x, viewport.height);
    context.stroke();
  }
}
