// Cuboids in space, which the page does not draw: their numbers, and new ones.

import { button, el } from "./dom.js";
import { edit } from "./edits.js";
import { Kept } from "./kept.js";
import { stage } from "./stage.js";
import { state, update } from "./state.js";
import { inform } from "./toasts.js";

/**
 * @typedef {"position"|"orientation"|"size"} Part
 * @typedef {Record<Part, number[]>} Cuboid centre, turns about the axes in radians, and lengths, in units of the scene
 */

/** @type {[Part, string, string][]} */
const PARTS = [
  ["position", "Position", "Centre, in units of the scene"],
  ["orientation", "Orientation", "Turns about the axes x, y and z, in radians"],
  ["size", "Size", "Lengths along its own axes, in units of the scene"],
];
const AXES = ["x", "y", "z"];

/** The fields, which keep the focus and typed numbers. @type {Kept<CuboidFields>} */
const kept = new Kept();

/**
 * Returns fields for the numbers of a cuboid in space; none for other shapes.
 * @param {any} entry an object entry
 * @param {number} frame
 * @returns {HTMLElement[]}
 */
export function cuboidFields(entry, frame) {
  kept.begin();
  const { cuboid } = entry ?? {};
  if (!cuboid || PARTS.some(([part]) => cuboid[part]?.length !== 3)) return [];
  const fields = kept.of(entry.objectHash, () => new CuboidFields());
  fields.show(entry, frame);
  return [fields.element];
}

/** The numbers of one cuboid. */
class CuboidFields {
  constructor() {
    this.element = el("div", { class: "cuboid" }, ...PARTS.map(([part, name, title]) => (
      el("fieldset", { title }, el("legend", null, name), ...AXES.map((axis, number) => this.#field(part, name, axis, number))))));
  }

  /** @type {{part: Part, number: number, input: Record<string, any>, shown: string}[]} */
  #fields = [];
  /** @type {any} */
  #entry = null;
  #frame = 0;

  /** @param {Part} part */
  #field(part, name, axis, number) {
    const change = () => this.#give(part, number, input.value);
    const input = el("input", { type: "number", step: "any", min: part === "size" ? "0" : undefined, "aria-label": `${name} ${axis}`, onchange: change });
    this.#fields.push({ part, number, input, shown: "" });
    return input;
  }

  /** Shows the numbers of an entry, except in a field in which another is being typed. */
  show(entry, frame) {
    [this.#entry, this.#frame] = [entry, frame];
    // Events of a continuous scene hold until the next one, and end with a delete.
    const isContinuous = state.labels?.isContinuous === true;
    for (const field of this.#fields) {
      const now = String(entry.cuboid[field.part][field.number]);
      const isTyped = document.activeElement === field.input && field.input.value !== field.shown;
      if (!isTyped) field.input.value = now;
      field.shown = now;
      field.input.disabled = isContinuous;
    }
  }

  /** @param {Part} part @param {number} number @param {string} text */
  #give(part, number, text) {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || (part === "size" && value < 0)) {
      inform(part === "size" ? "Enter a length of at least 0." : "Enter a number.");
      for (const field of this.#fields) field.input.value = field.shown;
      return;
    }
    const [{ objectHash }, frame] = [this.#entry, this.#frame];
    void edit(`Set ${part}`, (labels) => {
      const cuboid = labels.objects.get(objectHash)?.on.get(frame)?.cuboid;
      if (!cuboid) return [];
      const { position, orientation, size } = { ...cuboid, [part]: cuboid[part].map((old, at) => (at === number ? value : old)) };
      return [{ edit: "setCoordinates", objectHash, frame, coordinates: { cuboid: { position, orientation, size } } }];
    });
  }
}

const classes = el("select", { "aria-label": "Class of the new cuboid" });
const adder = el("div", { class: "new-cuboid" }, classes, button("Add cuboid", () => void add(), { title: "At the origin, with sides of length 1" }));
/** @type {import("./ontology.js").Ontology?} */
let listed = null;

/** Returns the control that adds a cuboid; none where the data is not a scene of frames, or no class is a cuboid. @returns {HTMLElement[]} */
export function cuboidAdder() {
  const { data, labels, ontology } = state;
  const known = ontology?.objects.filter((one) => one.shape === "cuboid") ?? [];
  if (data?.dataType !== "scene" || labels?.isContinuous || known.length === 0) return [];
  if (listed !== ontology) classes.replaceChildren(...known.map(({ featureHash, name }) => el("option", { value: featureHash }, name)));
  listed = ontology;
  return [adder];
}

async function add() {
  const { row } = state;
  const frame = stage.picture?.frame;
  if (!row || frame === undefined) return;
  const coordinates = { cuboid: { position: [0, 0, 0], orientation: [0, 0, 0], size: [1, 1, 1] } };
  const added = await edit(`Add ${row.ontology.object(classes.value)?.name ?? "cuboid"}`, [{ edit: "addObject", class: classes.value, frame, coordinates }], row);
  if (added && row.isOpen) update({ selection: new Set(added) });
}
