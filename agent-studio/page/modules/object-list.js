// Virtualized list of the frame's objects: only visible rows are elements, so that ten thousand objects cost as much as ten.

import { el, swatch } from "./dom.js";
import { isRanged } from "./open.js";
import { inWords } from "./ranges.js";
import { reveal, selectObject } from "./selection.js";
import { shapeInWords } from "./ontology.js";
import { state, update } from "./state.js";

/** Height of a row in pixels, as in the style sheet. */
const ROW = 30;

export class ObjectList {
  constructor() {
    this.#count = el("small", null, "0");
    this.#rows = el("ul", { class: "rows", role: "listbox", "aria-label": "Objects of the frame", "aria-multiselectable": "true", tabindex: "0", onkeydown: (event) => this.#key(event) });
    this.#empty = el("p", { class: "empty" });
    this.#scroller = el("div", { class: "scroller", onscroll: () => this.#paint() }, this.#rows);
    this.element = el("section", { class: "objects" }, el("h2", null, "Objects", this.#count), this.#empty, this.#scroller);
    new ResizeObserver(() => this.#paint()).observe(this.#scroller);
  }

  #count;
  #rows;
  #empty;
  #scroller;
  /** @type {import("./labels.js").ObjectInstance[]} */
  #objects = [];
  /** Visible rows. @type {Map<import("./labels.js").ObjectInstance, HTMLElement>} */
  #made = new Map();
  /** @type {any} */
  #shown = null;

  /** Shows the objects of the frame, or all objects of an audio file or text. */
  show() {
    const { data, frame, labels, selection } = state;
    if (!labels || !data) return;
    if (this.#shown?.labels !== labels || this.#shown?.frame !== frame) {
      const all = isRanged() ? [...labels.objects.values()] : labels.on(frame).map((entry) => labels.objects.get(entry.objectHash));
      this.#objects = all.filter((one) => one !== undefined);
      this.#count.textContent = String(this.#objects.length);
      const others = labels.objects.size - this.#objects.length;
      this.#empty.hidden = this.#objects.length > 0;
      this.#empty.textContent = others > 0 ? `None on this frame; ${others} on others.` : "None yet. Draw one with a tool of the bar.";
    }
    const last = [...selection].at(-1);
    const isNew = last !== undefined && last !== this.#shown?.last;
    this.#shown = { labels, frame, last };
    if (isNew) this.#bringIntoSight(this.#objects.findIndex((one) => one.hash === last));
    this.#paint();
  }

  #bringIntoSight(at) {
    if (at < 0) return;
    const [top, height] = [this.#scroller.scrollTop, this.#scroller.clientHeight];
    if (at * ROW < top || (at + 1) * ROW > top + height) this.#scroller.scrollTop = at * ROW - height / 2;
  }

  #paint() {
    const { selection, hovered } = state;
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / ROW) - 5);
    const last = Math.min(this.#objects.length, Math.ceil((this.#scroller.scrollTop + this.#scroller.clientHeight) / ROW) + 5);
    this.#rows.style.setProperty("height", `${this.#objects.length * ROW}px`);
    const inSight = new Map(this.#objects.slice(first, last).map((one, number) => [one, first + number]));
    for (const [one, row] of this.#made) {
      if (inSight.has(one)) continue;
      row.remove();
      this.#made.delete(one);
    }
    for (const [one, at] of inSight) {
      // Rows keep their elements, so that a click ends on the element on which it began.
      const row = this.#made.get(one) ?? this.#row(one);
      this.#made.set(one, row);
      row.style.setProperty("top", `${at * ROW}px`);
      row.setAttribute("aria-posinset", String(at + 1));
      row.setAttribute("aria-setsize", String(this.#objects.length));
      row.setAttribute("aria-selected", String(selection.has(one.hash)));
      row.classList.toggle("hovered", hovered === one.hash);
      if (!row.isConnected) this.#rows.append(row);
    }
  }

  #row(one) {
    const facts = one.on.size === 0 ? inWords(one.ranges) : shapeInWords(one.shape);
    return el("li", {
      role: "option", "data-hash": one.hash, title: `${one.name}\n${one.hash}`,
      onclick: (event) => {
        selectObject(one.hash, event.shiftKey || event.ctrlKey || event.metaKey);
        void reveal(one.hash);
      },
      ondblclick: () => reveal(one.hash, true),
      onpointerenter: () => update({ hovered: one.hash }),
      onpointerleave: () => update({ hovered: null }),
    }, swatch(one.colour), el("b", null, one.name), el("span", null, one.number === null ? "" : String(one.number)), el("small", null, facts));
  }

  /** Arrow keys move the selection; with shift they extend it. */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const last = [...state.selection].at(-1);
    const at = this.#objects.findIndex((one) => one.hash === last);
    const next = this.#objects[Math.max(0, Math.min(this.#objects.length - 1, at + step))];
    if (!next) return;
    update({ selection: new Set(event.shiftKey ? [...state.selection, next.hash] : [next.hash]) });
    void reveal(next.hash);
  }
}
