// Timeline of objects and classifications: one line each, selected ones and those of the frame first.

import { el } from "./dom.js";
import { frameCount, goTo, isRanged } from "./open.js";
import { seekTo } from "./ranged-media.js";
import { selectObject } from "./selection.js";
import { state } from "./state.js";

/** Maximum number of lines; further objects appear when they are selected. */
const LINES = 60;
const HEIGHT = 18;
const NAMES = 150;

const SVG = "http://www.w3.org/2000/svg";

/** Creates an SVG element. */
function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Timeline {
  constructor() {
    this.element = el("div", { class: "timeline", "aria-label": "Where labels are" });
    new ResizeObserver(() => this.show()).observe(this.element);
  }

  #scheduled = false;

  /** Redraws the timeline, once per animation frame. */
  show() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #draw() {
    const { data, labels } = state;
    const extent = isRanged() ? Math.max(1, data?.frames ?? 1) : frameCount();
    this.element.hidden = !labels || (extent < 2);
    if (!labels || this.element.hidden) return;
    const lines = linesOf(labels);
    const width = Math.max(200, this.element.clientWidth - 2);
    const room = width - NAMES - 8;
    const x = (at) => NAMES + (at / extent) * room;
    const svg = draw("svg", { width, height: Math.max(HEIGHT, lines.length * HEIGHT) });
    lines.forEach((line, row) => svg.append(...this.#line(line, row, x)));
    if (!isRanged()) {
      const [left, right] = [x(state.frame), x(state.frame + 1)];
      svg.append(draw("rect", { class: "now", x: left, y: 0, width: Math.max(1.5, right - left), height: "100%" }));
    }
    svg.addEventListener("click", (event) => {
      const at = Math.floor(((event.offsetX - NAMES) / room) * extent);
      if (event.offsetX < NAMES || at < 0 || at >= extent) return;
      if (isRanged()) seekTo(at);
      else void goTo(at);
    });
    this.element.replaceChildren(lines.length > 0 ? svg : el("p", { class: "empty" }, "Nothing is labelled yet."));
  }

  #line({ name, colour, ranges, hash, isSelected }, row, x) {
    const top = row * HEIGHT;
    const words = draw("text", { x: 6, y: top + 13, class: isSelected ? "selected" : "" }, name.length > 22 ? `${name.slice(0, 21)}…` : name);
    if (hash) words.addEventListener("click", (event) => selectObject(hash, event.shiftKey));
    const bars = ranges.map(([first, last]) => draw("rect", {
      x: x(first), y: top + 4, width: Math.max(2, x(last + 1) - x(first)), height: HEIGHT - 8, rx: 3, fill: colour, class: isSelected ? "selected" : "",
    }));
    return [words, ...bars];
  }
}

/** Returns the lines: selected objects, objects of the frame, other objects, classifications. */
function linesOf(labels) {
  const { frame, selection } = state;
  const rank = (one) => (selection.has(one.hash) ? 0 : one.on.has(frame) ? 1 : 2);
  const title = (one) => (one.number === null ? one.name : `${one.name} ${one.number}`);
  let objects = [...labels.objects.values()];
  if (objects.length > LINES) objects = objects.filter((one) => rank(one) < 2).concat(objects.filter((one) => rank(one) === 2).slice(0, LINES));
  objects.sort((a, b) => rank(a) - rank(b));
  const lines = objects.slice(0, LINES).map((one) => ({ name: title(one), colour: one.colour, ranges: one.ranges, hash: one.hash, isSelected: selection.has(one.hash) }));
  for (const one of labels.classifications.values()) {
    const ranges = one.everywhere ? [[0, Number.MAX_SAFE_INTEGER]] : one.ranges;
    const end = isRanged() ? (state.data?.frames ?? 1) - 1 : frameCount() - 1;
    lines.push({ name: one.name, colour: "#8b8d98", ranges: ranges.map(([first, last]) => [first, Math.min(last, end)]), hash: "", isSelected: false });
  }
  return lines.slice(0, LINES);
}
