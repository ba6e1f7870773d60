// Fields for attributes: of an object or of a classification.

import { el } from "./dom.js";
import { Kept } from "./kept.js";
import { rustPath } from "./rust-path.js";

/**
 * @typedef {import("./ontology.js").Attribute} Attribute
 * @typedef {import("./labels.js").Given} Given
 * @typedef {string|number|string[]|null} Answer null takes the answer out
 * @typedef {(attribute: Attribute, answer: Answer) => unknown} Give saves an answer; a promise ends when it is saved or refused
 */

/** The fields of a section. A field that is shown again is the same element, with its focus and what is being typed. */
export class Fields {
  /** @type {Kept<Field>} */
  #fields = new Kept();

  /** Begins to show the section anew. */
  begin() {
    this.#fields.begin();
  }

  /**
   * The fields of some attributes, and of those below the options that are chosen.
   * @param {string} owner the object or classification, which is the same as long as the fields are
   * @param {Attribute[]} attributes
   * @param {Map<string, Given>} answers by feature hash
   * @param {Give} give
   * @param {number} [depth]
   * @returns {HTMLElement[]}
   */
  of(owner, attributes, answers, give, depth = 0) {
    return attributes.flatMap((attribute) => {
      const field = this.#fields.of(`${owner}/${attribute.featureHash}`, () => new Field(attribute, depth));
      const given = answers.get(attribute.featureHash);
      field.show(given, give);
      const chosen = Array.isArray(given?.value) ? given.value : [];
      const below = attribute.options.filter((option) => chosen.includes(option.featureHash)).flatMap((option) => option.attributes);
      return [field.element, ...this.of(owner, below, answers, give, depth + 1)];
    });
  }
}

/** One attribute with its control. */
class Field {
  /** @param {Attribute} attribute @param {number} depth */
  constructor(attribute, depth) {
    this.attribute = attribute;
    this.#control = controlOf(attribute, (answer) => void this.#give(answer));
    this.element = el("label", { class: `field depth-${Math.min(depth, 3)}` },
      el("span", { title: attribute.name }, attribute.name, attribute.required && el("em", { title: "required" }, " *"), attribute.dynamic && el("em", { title: "Its answer can differ from frame to frame." }, " by frame")),
      // After the control, which the label is for.
      this.#control.element, rustPath(attribute.rustPath));
  }

  #control;
  /** @type {Give} */
  #save = () => undefined;
  /** @type {Given | undefined} */
  #given;
  /** Number of answers that are being saved. */
  #pending = 0;

  /** Shows an answer. While an own answer is on its way, the field keeps that. @param {Given | undefined} given @param {Give} give */
  show(given, give) {
    this.#given = given;
    this.#save = give;
    if (this.#pending === 0) this.#control.show(given);
  }

  /** @param {Answer} answer */
  async #give(answer) {
    this.#pending += 1;
    try {
      await this.#save(this.attribute, answer);
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) this.#control.show(this.#given);
    }
  }
}

/**
 * @param {Attribute} attribute
 * @param {(answer: Answer) => void} give
 * @returns {{element: HTMLElement, show: (given: Given | undefined) => void}}
 */
function controlOf(attribute, give) {
  if (attribute.type === "radio") return choice(attribute, give);
  if (attribute.type === "checklist") return checklist(attribute, give);
  return line(attribute, give);
}

function choice(attribute, give) {
  const options = attribute.options.map((option) => el("option", { value: option.featureHash }, option.label));
  const element = el("select", {
    "aria-label": attribute.name, onchange: () => give(element.value === "" ? null : [element.value]),
  }, el("option", { value: "" }, "–"), ...options);
  return { element, show: (given) => (element.value = Array.isArray(given?.value) ? (given.value[0] ?? "") : "") };
}

function checklist(attribute, give) {
  const boxes = attribute.options.map((option) => ({ hash: option.featureHash, label: option.label, box: el("input", { type: "checkbox", onchange: () => tell() }) }));
  const tell = () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ hash }) => hash);
    give(chosen.length > 0 ? chosen : null);
  };
  const element = el("span", { class: "checklist", role: "group", "aria-label": attribute.name }, ...boxes.map(({ box, label }) => el("label", null, box, label)));
  return {
    element,
    show: (given) => boxes.forEach(({ box, hash }) => (box.checked = Array.isArray(given?.value) && given.value.includes(hash))),
  };
}

function line(attribute, give) {
  const isNumber = attribute.type === "numeric";
  const read = (text) => (text === "" ? null : isNumber ? Number(text) : text);
  let shown = "";
  const element = el("input", {
    type: isNumber ? "number" : "text", step: "any", "aria-label": attribute.name, onchange: () => give(read(element.value)),
  });
  // Text that is being typed is not replaced.
  const isTyped = () => document.activeElement === element && element.value !== shown;
  return {
    element,
    show: (given) => {
      const now = String(given?.value ?? "");
      if (!isTyped()) element.value = now;
      shown = now;
    },
  };
}
