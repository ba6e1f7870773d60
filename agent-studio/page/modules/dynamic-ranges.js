// The frames of a dynamic attribute: where each answer holds, and the frames that the next answer is for.

import { button, el, fill } from "./dom.js";
import { frameCount, goTo } from "./open.js";
import { inWords } from "./ranges.js";
import { state } from "./state.js";

/**
 * @typedef {import("./ranges.js").Range} Range
 * @typedef {{text: string, ranges: Range[]}} Held an answer and the frames where it holds
 */

/** Fields and list below a dynamic attribute. */
export class DynamicRanges {
  /** @param {string} name of the attribute @param {string} className */
  constructor(name, className) {
    const field = (words) => el("input", { type: "number", min: "0", step: "1", "aria-label": `${name} ${words}`, oninput: () => (this.#isTyped = true) });
    [this.#from, this.#to] = [field("from frame"), field("to frame")];
    this.#whole = button("all", () => this.#takeWhole(), { class: "link", title: "Every frame of the object" });
    this.#list = el("ul", null);
    this.element = el("div", { class: `answer-ranges ${className}`, role: "group", "aria-label": `Frames of ${name}` },
      el("p", null, "Answers frames", this.#from, "to", this.#to, this.#whole), this.#list);
  }

  #from;
  #to;
  #whole;
  #list;
  /** Whether the frames were entered; otherwise they follow the displayed frame. */
  #isTyped = false;
  /** @type {Range} */
  #extent = [0, 0];

  /** Returns the frames that the next answer is for, in order. @returns {Range} */
  get frames() {
    const last = frameCount() - 1;
    const value = (field) => Math.max(0, Math.min(last, Math.round(field.value === "" ? state.frame : Number(field.value))));
    const [from, to] = [value(this.#from), value(this.#to)];
    return from <= to ? [from, to] : [to, from];
  }

  /**
   * Shows where each answer holds.
   * @param {Held[]} held
   * @param {Range} extent the first and last frame of the object
   * @param {(range: Range) => unknown} clear removes the answer on a range
   */
  show(held, extent, clear) {
    this.#extent = extent;
    if (!this.#isTyped) [this.#from.value, this.#to.value] = [String(state.frame), String(state.frame)];
    for (const field of [this.#from, this.#to]) field.max = String(frameCount() - 1);
    const stretches = held.flatMap(({ text, ranges }) => ranges.map((range) => ({ text, range }))).sort((a, b) => a.range[0] - b.range[0]);
    fill(this.#list, ...stretches.map(({ text, range }) => el("li", null,
      button(`${inWords([range])} ${text}`, () => goTo(range[0]), { class: "link", title: `Go to frame ${range[0]}` }),
      button("×", () => clear(range), { class: "link", "aria-label": `Remove the answer ${text} on ${inWords([range])}`, title: "Remove the answer on these frames" }))));
  }

  /** Lets the frames follow the displayed frame again, after an answer. */
  follow() {
    this.#isTyped = false;
  }

  #takeWhole() {
    [this.#from.value, this.#to.value] = this.#extent.map(String);
    this.#isTyped = true;
  }
}
