// Timeline of objects and classifications: a line for each, in an order that stays. Only lines in sight are elements.

import { el } from "./dom.js";
import { keyframesOf, stretchesOf } from "./keyframes.js";
import { frameCount, goTo, isRanged } from "./open.js";
import { seekTo } from "./ranged-media.js";
import { selectObject } from "./selection.js";
import { state } from "./state.js";

/** Height of a line and width of the names, in pixels. */
const [HEIGHT, NAMES] = [18, 150];
/** Minimum distance of keyframe marks, in pixels. */
const MARK_DISTANCE = 4;

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Object} Line
 * @property {string} name
 * @property {string} colour
 * @property {string} hash of an object; empty for a classification
 * @property {import("./keyframes.js").Stretch[]} stretches
 * @property {number[]} keyframes of an object with other frames, too
 */

/** Creates an SVG element. */
function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Timeline {
  constructor() {
    this.element = el("div", { class: "timeline", role: "group", "aria-label": "Where labels are", onscroll: () => this.show() });
    new ResizeObserver(() => this.show()).observe(this.element);
  }

  #scheduled = false;
  /** @type {Line[]} */
  #lines = [];
  /** @type {any} */
  #shown = null;

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
    const { data, labels, selection } = state;
    const extent = isRanged() ? Math.max(1, data?.frames ?? 1) : frameCount();
    this.element.hidden = !labels || (extent < 2);
    if (!labels || this.element.hidden) return;
    if (this.#shown?.labels !== labels) this.#lines = linesOf(labels, extent);
    const last = [...selection].at(-1);
    const isNew = last !== undefined && last !== this.#shown?.last;
    this.#shown = { labels, last };
    if (this.#lines.length === 0) return this.element.replaceChildren(el("p", { class: "empty" }, "Nothing is labelled yet."));
    const width = Math.max(200, this.element.clientWidth - 2);
    const svg = draw("svg", { width, height: this.#lines.length * HEIGHT });
    const top = isNew ? this.#sightOf(last) : this.element.scrollTop;
    this.#paint(svg, top, width, extent);
    this.element.replaceChildren(svg);
    this.element.scrollTop = top;
  }

  /** Returns the scroll position at which an object's line is in sight: the current one, if it is. @param {string} hash */
  #sightOf(hash) {
    const at = this.#lines.findIndex((line) => line.hash === hash) * HEIGHT;
    const { scrollTop: top, clientHeight: height } = this.element;
    const isInSight = at < 0 || (at >= top && at + HEIGHT <= top + height);
    return isInSight ? top : Math.max(0, at - (height - HEIGHT) / 2);
  }

  /** @param {Element} svg @param {number} top scroll position @param {number} width @param {number} extent number of frames */
  #paint(svg, top, width, extent) {
    const room = width - NAMES - 8;
    const x = (at) => NAMES + (at / extent) * room;
    const [first, count] = [Math.floor(top / HEIGHT), Math.ceil(this.element.clientHeight / HEIGHT) + 1];
    const inSight = this.#lines.slice(first, first + count);
    inSight.forEach((line, number) => svg.append(...painted(line, (first + number) * HEIGHT, x)));
    if (!isRanged()) {
      const [left, right] = [x(state.frame), x(state.frame + 1)];
      const [from, to] = state.loop ?? [0, -1];
      if (to >= from) svg.append(draw("rect", { class: "loop", x: x(from), y: 0, width: x(to + 1) - x(from), height: "100%" }));
      svg.append(draw("rect", { class: "now", x: left, y: 0, width: Math.max(1.5, right - left), height: "100%" }));
    }
    svg.addEventListener("click", (event) => {
      const { offsetX } = /** @type {MouseEvent} */ (event);
      const at = Math.floor(((offsetX - NAMES) / room) * extent);
      if (offsetX < NAMES || at < 0 || at >= extent) return;
      if (isRanged()) seekTo(at);
      else void goTo(at);
    });
  }
}

/** Returns the elements of a line. @param {Line} line @param {number} top @param {(frame: number) => number} x */
function painted({ name, colour, stretches, keyframes, hash }, top, x) {
  const isSelected = state.selection.has(hash);
  const selected = isSelected ? " selected" : "";
  const words = draw("text", { x: 6, y: top + 13, class: selected, "data-hash": hash }, name.length > 22 ? `${name.slice(0, 21)}…` : name);
  if (hash) words.addEventListener("click", (event) => selectObject(hash, event.shiftKey));
  const bars = stretches.map(({ first, last, isManual }) => draw("rect", {
    x: x(first), y: top + 4, width: Math.max(2, x(last + 1) - x(first)), height: HEIGHT - 8, rx: isManual ? 3 : 0, fill: colour, class: `${isManual ? "manual" : "between"}${selected}`,
  }));
  let before = -Infinity;
  const marks = keyframes.flatMap((frame) => {
    const centre = (x(frame) + x(frame + 1)) / 2;
    if (centre - before < MARK_DISTANCE) return [];
    before = centre;
    return [draw("path", { class: "keyframe", d: `M${centre} ${top + 3}l5 6-5 6-5-6z`, fill: colour, "data-frame": frame })];
  });
  return [words, ...bars, ...marks];
}

/** Returns the lines: objects in the order in which they were made, then classifications. @param {number} extent number of frames @returns {Line[]} */
function linesOf(labels, extent) {
  const made = new Map(Object.keys(labels.row?.object_answers ?? {}).map((hash, at) => [hash, at]));
  const objects = [...labels.objects.values()].sort((a, b) => (made.get(a.hash) ?? Infinity) - (made.get(b.hash) ?? Infinity) || 0);
  /** @type {Line[]} */
  const lines = objects.map((one) => ({
    name: one.number === null ? one.name : `${one.name} ${one.number}`, colour: one.colour, hash: one.hash, ...stretchesAndKeyframes(one),
  }));
  for (const one of labels.classifications.values()) {
    const ranges = one.everywhere ? [[0, extent - 1]] : one.ranges;
    const stretches = ranges.map(([first, last]) => ({ first, last: Math.min(last, extent - 1), isManual: true }));
    lines.push({ name: one.name, colour: "#8b8d98", hash: "", stretches, keyframes: [] });
  }
  return lines;
}

/** Returns the stretches of an object, and its keyframes if it has other frames, too. @param {import("./labels.js").ObjectInstance} one */
function stretchesAndKeyframes(one) {
  if (one.on.size === 0) return { stretches: one.ranges.map(([first, last]) => ({ first, last, isManual: true })), keyframes: [] };
  const stretches = stretchesOf(one);
  if (stretches.every(({ isManual }) => isManual)) return { stretches, keyframes: [] };
  return { stretches, keyframes: keyframesOf(one) };
}
