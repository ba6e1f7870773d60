// Fields for attributes: of an object or of a classification.

import { controlOf } from "./attribute-control.js";
import { el } from "./dom.js";
import { DynamicRanges } from "./dynamic-ranges.js";
import { Kept } from "./kept.js";
import { rustPath } from "./rust-path.js";

/**
 * @typedef {import("./ontology.js").Attribute} Attribute
 * @typedef {import("./labels.js").Given} Given
 * @typedef {import("./ranges.js").Range} Range
 * @typedef {string|number|string[]|null} Answer null removes the answer
 *
 * @typedef {Object} Subject an object or classification whose attributes are shown
 * @property {string} owner its name, which stays the same as long as the fields do
 * @property {Map<string, Given>} answers by feature hash
 * @property {(attribute: Attribute, answer: Answer, frames?: Range) => unknown} give saves an answer, of a dynamic attribute on these
 *   frames; a promise ends when it is saved or refused
 * @property {Extent} [dynamic] frames of an object of a video; missing where answers have no frames
 *
 * @typedef {Object} Extent
 * @property {Range} extent the first and last frame of the object
 * @property {(attribute: Attribute) => import("./dynamic-ranges.js").Held[]} held returns where each answer holds
 */

/** The fields of a section. A field that is shown again is the same element, with its focus and entered text. */
export class Fields {
  /** @type {Kept<Field>} */
  #fields = new Kept();

  /** Begins to show the section anew. */
  begin() {
    this.#fields.begin();
  }

  /**
   * Returns the fields of some attributes, and of those below the chosen options, then the answers to unknown attributes.
   * @param {Subject} subject
   * @param {Attribute[]} attributes
   * @returns {HTMLElement[]}
   */
  of(subject, attributes) {
    return [...this.#below(subject, attributes, 0), ...unknownAnswers(subject.answers, attributes)];
  }

  /** @param {Subject} subject @param {Attribute[]} attributes @param {number} depth @returns {HTMLElement[]} */
  #below(subject, attributes, depth) {
    return attributes.flatMap((attribute) => {
      const field = this.#fields.of(`${subject.owner}/${attribute.featureHash}`, () => new Field(attribute, depth));
      field.show(subject);
      const given = subject.answers.get(attribute.featureHash);
      const chosen = Array.isArray(given?.value) ? given.value : [];
      const below = attribute.options.filter((option) => chosen.includes(option.featureHash)).flatMap((option) => option.attributes);
      return [...field.elements, ...this.#below(subject, below, depth + 1)];
    });
  }
}

/** One attribute with its control. */
class Field {
  /** @param {Attribute} attribute @param {number} depth */
  constructor(attribute, depth) {
    this.attribute = attribute;
    const className = `depth-${Math.min(depth, 6)}`;
    this.#control = controlOf(attribute, (answer) => void this.#give(answer));
    this.#element = el("label", { class: `field ${className}` },
      el("span", { title: attribute.name }, attribute.name, attribute.required && el("em", { title: "required" }, " *"), attribute.dynamic && el("em", { title: "Its answer can differ from frame to frame." }, " by frame")),
      // After the control, which the label is for.
      this.#control.element, rustPath(attribute.rustPath));
    this.#ranges = attribute.dynamic ? new DynamicRanges(attribute.name, className) : null;
  }

  #control;
  #element;
  #ranges;
  /** @type {Subject | undefined} */
  #subject;
  /** Number of answers that are being saved. */
  #pending = 0;

  get elements() {
    const ranges = this.#subject?.dynamic && this.#ranges;
    return ranges ? [this.#element, ranges.element] : [this.#element];
  }

  /** Shows the answer of a subject. The field keeps an own answer while that is being saved. @param {Subject} subject */
  show(subject) {
    this.#subject = subject;
    if (this.#pending === 0) this.#control.show(this.#given);
    const { dynamic } = subject;
    if (!dynamic || !this.#ranges) return;
    this.#ranges.show(dynamic.held(this.attribute), dynamic.extent, (range) => this.#subject?.give(this.attribute, null, range));
  }

  /** @returns {Given | undefined} */
  get #given() {
    return this.#subject?.answers.get(this.attribute.featureHash);
  }

  /** @param {Answer} answer */
  async #give(answer) {
    const subject = this.#subject;
    if (!subject) return;
    this.#pending += 1;
    const frames = subject.dynamic && this.#ranges ? this.#ranges.frames : undefined;
    this.#ranges?.follow();
    try {
      await subject.give(this.attribute, answer, frames);
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) this.#control.show(this.#given);
    }
  }
}

/** Returns a line for each answer whose attribute the class does not have. @param {Map<string, Given>} answers @param {Attribute[]} attributes */
function unknownAnswers(answers, attributes) {
  const known = new Set(hashesOf(attributes));
  const unknown = [...answers.values()].filter((given) => !known.has(given.attribute));
  return unknown.map((given) => el("p", { class: "field unknown", title: "The class has no such attribute. The answer stays in the label row." },
    el("span", null, given.name ?? given.attribute, el("em", null, " unknown")), el("span", null, given.labels.join(", "))));
}

/** @param {Attribute[]} attributes @returns {string[]} */
function hashesOf(attributes) {
  return attributes.flatMap((one) => [one.featureHash, ...one.options.flatMap((option) => hashesOf(option.attributes))]);
}
