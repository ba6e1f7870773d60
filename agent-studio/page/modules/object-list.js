// Virtualized list of the frame's objects: only visible rows are elements, so that ten thousand objects cost as much as ten.

import { el, fill, swatch } from "./dom.js";
import { listedObjects, objectsHere } from "./object-filter.js";
import { inWords } from "./ranges.js";
import { reveal, selectObject } from "./selection.js";
import { shapeInWords } from "./ontology.js";
import { isShown } from "./shown-objects.js";
import { cuboidAdder } from "./spatial-cuboid.js";
import { state, update } from "./state.js";

/** Height of a row in pixels, as in the style sheet. */
const ROW = 30;

/** @param {import("./labels.js").ObjectInstance} one */
const factsOf = (one) => (one.on.size === 0 ? inWords(one.ranges) : shapeInWords(one.shape));

export class ObjectList {
  constructor() {
    this.#count = el("small", null, "0");
    this.#rows = el("ul", { class: "rows", role: "listbox", "aria-label": "Objects of the frame", "aria-multiselectable": "true", tabindex: "0", onkeydown: (event) => this.#key(event) });
    this.#empty = el("p", { class: "empty" });
    this.#scroller = el("div", { class: "scroller", onscroll: () => this.#paint() }, this.#rows);
    const search = el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter objects", title: "By class, number, shape or hash", spellcheck: "false", oninput: () => update({ filter: search.value }) });
    this.#adder = el("div");
    this.element = el("section", { class: "objects" }, el("header", null, el("h2", null, "Objects", this.#count), search), this.#adder, this.#empty, this.#scroller);
    new ResizeObserver(() => this.#paint()).observe(this.#scroller);
  }

  #count;
  #rows;
  #adder;
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
    const { data, filter, frame, labels, selection } = state;
    if (!labels || !data) return;
    if (this.#shown?.labels !== labels || this.#shown?.frame !== frame || this.#shown?.filter !== filter) {
      this.#objects = listedObjects();
      this.#showCount(objectsHere().length, labels.objects.size);
    }
    const last = [...selection].at(-1);
    fill(this.#adder, ...cuboidAdder());
    const isNew = last !== undefined && last !== this.#shown?.last;
    this.#shown = { labels, frame, filter, last };
    if (isNew) this.#bringIntoSight(this.#objects.findIndex((one) => one.hash === last));
    this.#paint();
  }

  /** Shows how many objects are listed, and why there are none. @param {number} here @param {number} total */
  #showCount(here, total) {
    const listed = this.#objects.length;
    this.#count.textContent = listed === here ? String(here) : `${listed} of ${here}`;
    this.#empty.hidden = listed > 0;
    if (here > 0) this.#empty.textContent = "No object matches the filter.";
    else this.#empty.textContent = total > 0 ? `None on this frame; ${total} on others.` : this.#adder.hasChildNodes() ? "None yet." : "None yet. Draw one with a tool of the bar.";
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
      const marks = [state.hidden.has(one.hash) && "hidden", state.locked.has(one.hash) && "locked"].filter(Boolean).join(", ");
      const facts = /** @type {HTMLElement} */ (row.lastElementChild);
      facts.textContent = marks || factsOf(one);
      row.classList.toggle("unseen", !isShown(one.hash));
      if (!row.isConnected) this.#rows.append(row);
    }
  }

  #row(one) {
    return el("li", {
      role: "option", "data-hash": one.hash, title: `${one.name}\n${one.hash}`,
      onclick: (event) => {
        selectObject(one.hash, event.shiftKey || event.ctrlKey || event.metaKey);
        void reveal(one.hash);
      },
      ondblclick: () => reveal(one.hash, true),
      onpointerenter: () => update({ hovered: one.hash }),
      onpointerleave: () => update({ hovered: null }),
    }, swatch(one.colour), el("b", null, one.name), el("span", null, one.number === null ? "" : String(one.number)), el("small", null, factsOf(one)));
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
