// Read-only view of a label row: objects by frame, and answers. The server applies all edits.

import { covers, merged, ofFrames, without } from "./ranges.js";

/**
 * @typedef {import("./ranges.js").Range} Range
 *
 * @typedef {Object} ObjectInstance
 * @property {string} hash
 * @property {string} featureHash
 * @property {string} shape
 * @property {string} name of its class
 * @property {string} colour
 * @property {number?} number that the editor shows
 * @property {Map<number, any>} on its entries by frame
 * @property {Range[]} ranges frames, milliseconds or characters
 *
 * @typedef {Object} ClassificationInstance
 * @property {string} hash
 * @property {string} featureHash
 * @property {string} name
 * @property {boolean} everywhere about the whole file
 * @property {Range[]} ranges
 *
 * @typedef {{attribute: string, name: string, value: string|number|string[], labels: string[]}} Given an answer; options
 *   by feature hash
 */

export class Labels {
  /**
   * @param {any} row as it is stored (contract: `docs/contract/label-format.md#label-row`); null where there is none
   * @param {import("./ontology.js").Ontology} ontology
   */
  constructor(row, ontology) {
    this.row = row;
    this.ontology = ontology;
    /** @type {Map<string, ObjectInstance>} in the order in which they occur */
    this.objects = new Map();
    /** @type {Map<string, ClassificationInstance>} */
    this.classifications = new Map();
    /** @type {Map<number, any[]>} */
    this.#frames = new Map();
    for (const [frame, blob] of blobs(row)) this.#read(frame, blob);
    for (const one of this.objects.values()) one.ranges = ofFrames(one.on.keys());
    for (const answer of Object.values(row?.object_answers ?? {})) this.#readRanged(answer);
    for (const answer of Object.values(row?.classification_answers ?? {})) this.#readClassification(answer);
  }

  #frames;

  /** Returns the object entries of a frame, from bottom to top. @param {number} frame @returns {any[]} */
  on(frame) {
    return this.#frames.get(frame) ?? [];
  }

  /** Returns whether the row is one of a scene of events in time, whose keys are nanoseconds. */
  get isContinuous() {
    return this.row?.scene?.isContinuous === true;
  }

  /** Returns the number of frames up to the last one with objects. */
  get frames() {
    return [...this.#frames.keys()].reduce((last, frame) => Math.max(last, frame), 0) + 1;
  }

  /** Returns the range objects at a time or character. @param {number} at */
  rangedAt(at) {
    return [...this.objects.values()].filter((one) => one.on.size === 0 && covers(one.ranges, at));
  }

  /** @param {number} frame */
  classificationsOn(frame) {
    return [...this.classifications.values()].filter((one) => one.everywhere || covers(one.ranges, frame));
  }

  /** Returns the colour of an object's class, or the entry's colour for an unknown class. */
  colourOf(entry) {
    return this.ontology.object(this.objects.get(entry.objectHash)?.featureHash ?? entry.featureHash)?.colour ?? entry.color ?? "#888888";
  }

  /**
   * Returns an object's static answers, and its dynamic answers on a frame.
   * @param {string} hash
   * @param {number} frame
   * @returns {Map<string, Given>} by the attribute's feature hash
   */
  answersOf(hash, frame) {
    const given = this.row?.object_answers?.[hash]?.classifications ?? [];
    const actions = (this.row?.object_actions?.[hash]?.actions ?? []).filter((one) => covers(one.range ?? [], frame));
    return read([...given, ...actions]);
  }

  /** Returns the ranges of each answer to a dynamic attribute. @param {string} hash */
  dynamicAnswers(hash) {
    return (this.row?.object_actions?.[hash]?.actions ?? []).map((one) => ({
      attribute: one.featureHash,
      range: /** @type {Range[]} */ (one.range ?? []),
      text: textOf(one),
    }));
  }

  /**
   * Returns the frames where each answer to a dynamic attribute holds. A later answer overrides earlier ones; those of a checklist
   * are united (contract: `docs/contract/label-format.md#dynamic-answers`).
   * @param {string} hash
   * @param {import("./ontology.js").Attribute} attribute
   * @returns {{text: string, ranges: Range[]}[]}
   */
  heldAnswers(hash, attribute) {
    /** @type {Map<string, Range[]>} */
    const held = new Map();
    for (const { attribute: own, range, text } of this.dynamicAnswers(hash)) {
      if (own !== attribute.featureHash) continue;
      if (attribute.type !== "checklist") for (const [other, ranges] of held) held.set(other, without(ranges, range));
      held.set(text, merged([...(held.get(text) ?? []), ...range]));
    }
    return [...held].filter(([, ranges]) => ranges.length > 0).map(([text, ranges]) => ({ text, ranges }));
  }

  /** @param {string} hash @returns {Map<string, Given>} */
  classificationAnswers(hash) {
    return read(this.row?.classification_answers?.[hash]?.classifications ?? []);
  }

  #read(frame, blob) {
    const entries = blob.objects ?? [];
    if (entries.length > 0) this.#frames.set(frame, entries);
    for (const entry of entries) {
      let one = this.objects.get(entry.objectHash);
      if (!one) {
        one = this.#instance(entry.objectHash, entry);
        this.objects.set(one.hash, one);
      }
      one.on.set(frame, entry);
    }
    // The older generation keeps classifications on the frames (contract:
    // `docs/contract/label-format.md#generations-of-classifications`).
    for (const entry of blob.classifications ?? []) {
      const known = this.classifications.get(entry.classificationHash) ?? this.#classification(entry);
      known.ranges = merged([...known.ranges, [frame, frame]]);
      this.classifications.set(known.hash, known);
    }
  }

  #instance(hash, entry) {
    const known = this.ontology.object(entry.featureHash);
    return {
      hash,
      featureHash: entry.featureHash,
      shape: entry.shape ?? known?.shape ?? "",
      name: known?.name ?? entry.name ?? entry.featureHash,
      colour: known?.colour ?? entry.color ?? "#888888",
      number: this.row?.object_answers?.[hash]?.objectNumber ?? null,
      on: new Map(),
      ranges: [],
    };
  }

  #classification(entry) {
    const known = this.ontology.classification(entry.featureHash);
    const name = known?.name ?? entry.name ?? "Classification";
    return { hash: entry.classificationHash, featureHash: entry.featureHash, name, everywhere: false, ranges: [] };
  }

  /** Reads range objects, which exist only in their answer entries (contract: `docs/contract/label-format.md#range-objects`). */
  #readRanged(answer) {
    if (this.objects.has(answer.objectHash) || !answer.featureHash) return;
    const one = this.#instance(answer.objectHash, answer);
    one.ranges = merged(answer.range ?? []);
    this.objects.set(one.hash, one);
  }

  #readClassification(answer) {
    const hash = answer.classificationHash;
    const known = this.classifications.get(hash) ?? this.#classification(answer);
    if (answer.range?.length > 0) known.ranges = merged(answer.range);
    known.everywhere = known.ranges.length === 0;
    if (answer.featureHash && !known.featureHash) Object.assign(known, this.#classification(answer), { ranges: known.ranges });
    this.classifications.set(hash, known);
  }
}

/** Yields frame and blob of all labels in a row (contract: `docs/contract/label-format.md#data-units`). */
function* blobs(row) {
  const units = Object.values(row?.data_units ?? {});
  for (const unit of /** @type {any[]} */ (units)) {
    const labels = unit.labels ?? {};
    if (Array.isArray(labels.objects) || Array.isArray(labels.classifications)) {
      yield /** @type {[number, any]} */ ([Number(unit.data_sequence ?? 0), labels]);
    } else {
      const frames = Object.keys(labels).filter((key) => /^\d+$/.test(key)).map(Number).sort((a, b) => a - b);
      for (const frame of frames) yield /** @type {[number, any]} */ ([frame, labels[String(frame)]]);
    }
  }
}

/** @returns {Map<string, Given>} */
function read(answers) {
  const out = new Map();
  for (const one of answers) {
    const options = Array.isArray(one.answers) ? one.answers : null;
    const earlier = out.get(one.featureHash);
    const value = options ? options.map((option) => option.featureHash) : one.answers;
    // The web editor writes a checklist as one answer per option (contract:
    // `docs/contract/label-format.md#static-answers`).
    if (earlier && Array.isArray(earlier.value) && options) {
      earlier.value.push(...value);
      earlier.labels.push(...options.map((option) => option.name));
    } else {
      const labels = options ? options.map((option) => option.name) : [String(one.answers ?? "")];
      out.set(one.featureHash, { attribute: one.featureHash, name: one.name, value, labels });
    }
  }
  return out;
}

/** Formats an answer as text. */
export function textOf(answer) {
  return Array.isArray(answer.answers) ? answer.answers.map((option) => option.name).join(", ") : String(answer.answers ?? "");
}
