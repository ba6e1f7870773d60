// The ontology: classes of objects and classifications, their attributes and options.

import { toolFor, toolKind } from "./tools.js";

/**
 * @typedef {Object} Choice an option
 * @property {string} featureHash
 * @property {string} label
 * @property {boolean} isArchived whether it is offered only where it is the answer
 * @property {Attribute[]} attributes those below it
 *
 * @typedef {Object} Attribute
 * @property {string} featureHash
 * @property {string} name
 * @property {"radio"|"checklist"|"text"|"numeric"} type
 * @property {boolean} required
 * @property {boolean} dynamic
 * @property {Choice[]} options
 * @property {string} [rustPath] its path in the types of `ontology!`
 *
 * @typedef {Object} ObjectClass
 * @property {string} featureHash
 * @property {string} name
 * @property {string} colour
 * @property {string} shape
 * @property {string} [rustPath]
 * @property {Attribute[]} attributes
 * @property {[number, number][]} edges of a skeleton: pairs of point numbers
 * @property {{name: string, featureHash?: string, colour?: string, x: number, y: number}[]} points of a skeleton
 *
 * @typedef {Object} ClassificationClass
 * @property {string} featureHash
 * @property {string} name
 * @property {boolean} global about the whole file
 * @property {Attribute[]} attributes
 */

/** Display names of shapes. @type {Record<string, string>} */
const SHAPES = {
  bounding_box: "box", rotatable_bounding_box: "rotated box", polygon: "polygon", polyline: "polyline", point: "point",
  skeleton: "skeleton", bitmask: "bitmask", cuboid: "cuboid", cuboid_2d: "cuboid", circle: "circle", ellipse: "ellipse",
  segmentation: "segmentation", audio: "audio", time_range: "time range", text: "text",
};

/** @param {string} shape */
export const shapeInWords = (shape) => SHAPES[shape] ?? shape;

export class Ontology {
  /**
   * @param {any} structure as the project has it (contract: `docs/contract/label-format.md#ontology`)
   * @param {Record<string, string>} [paths] Rust paths by feature hash
   */
  constructor(structure, paths = {}) {
    const templates = new Map();
    for (const { template } of structure.skeleton_templates ?? []) templates.set(template?.feature_node_hash, template);
    /** @type {ObjectClass[]} */
    this.objects = (structure.objects ?? []).filter((one) => !one.archived).map((one) => objectClass(one, templates, paths));
    /** @type {ClassificationClass[]} */
    this.classifications = (structure.classifications ?? []).map((one) => classificationClass(one, paths));
    this.#objects = new Map((structure.objects ?? []).map((one) => [one.featureNodeHash, objectClass(one, templates, paths)]));
    this.#classifications = new Map(this.classifications.map((one) => [one.featureHash, one]));
  }

  /** @type {Map<string, ObjectClass>} */
  #objects;
  /** @type {Map<string, ClassificationClass>} */
  #classifications;

  /** @param {string} featureHash */
  object(featureHash) {
    return this.#objects.get(featureHash);
  }

  /** @param {string} featureHash */
  classification(featureHash) {
    return this.#classifications.get(featureHash);
  }

  /** Returns the classes that a tool can draw. @param {import("./tools.js").DrawingTool} tool */
  drawnWith(tool) {
    const shape = toolKind(tool)?.shape;
    return this.objects.filter((one) => one.shape === shape);
  }

  /** Returns the classes that can be drawn, in the order of their number keys. */
  drawable() {
    return this.objects.filter((one) => toolFor(one.shape) !== undefined);
  }
}

function objectClass(one, templates, paths) {
  const template = templates.get(one.featureNodeHash);
  const { edges, points } = skeleton(template);
  return {
    featureHash: one.featureNodeHash,
    name: one.name,
    colour: one.color ?? "#888888",
    shape: one.shape,
    rustPath: paths[one.featureNodeHash],
    attributes: (one.attributes ?? []).map((each) => attribute(each, paths, true)),
    edges,
    points,
  };
}

/** Points and edges of a template, with the points renumbered in order. */
function skeleton(template) {
  const keys = Object.keys(template?.skeleton ?? {});
  const number = new Map(keys.map((key, index) => [key, index]));
  const edges = [];
  for (const [from, targets] of Object.entries(template?.skeletonEdges ?? {})) {
    for (const to of Object.keys(/** @type {object} */ (targets))) {
      const pair = [number.get(from), number.get(to)];
      if (pair[0] !== undefined && pair[1] !== undefined) edges.push(pair);
    }
  }
  const points = keys.map((key) => template.skeleton[key]);
  return { edges, points: points.map(({ name, featureHash, color, x = 0, y = 0 }) => ({ name, featureHash, colour: color, x, y })) };
}

function classificationClass(one, paths) {
  const attributes = (one.attributes ?? []).map((each) => attribute(each, paths));
  return {
    featureHash: one.featureNodeHash,
    name: attributes[0]?.name ?? one.featureNodeHash,
    global: one.level === "global",
    attributes,
  };
}

/** @param {any} one @param {Record<string, string>} paths @param {boolean} [canBeDynamic] only top-level attributes of objects can be @returns {Attribute} */
function attribute(one, paths, canBeDynamic = false) {
  return {
    featureHash: one.featureNodeHash,
    name: one.name,
    rustPath: paths[one.featureNodeHash],
    type: one.type,
    required: one.required === true,
    dynamic: canBeDynamic && one.dynamic === true,
    options: (one.options ?? []).map((option) => ({
      featureHash: option.featureNodeHash,
      label: option.label,
      isArchived: option.archived === true,
      // Below an option, attributes are called options too (contract: `docs/contract/label-format.md#options`).
      attributes: (option.options ?? []).map((each) => attribute(each, paths)),
    })),
  };
}
