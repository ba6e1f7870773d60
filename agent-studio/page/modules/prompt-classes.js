// The classes of prompts, and the prompts that an agent takes.

import { state } from "./state.js";

/**
 * @typedef {import("./ontology.js").ObjectClass} ObjectClass
 * @typedef {"point"|"box"} Kind of a prompt
 */

/** The prompts of the shapes that an agent may name in its listing. @type {Record<string, Kind[]>} */
const TAKEN = { AnyShape: ["point", "box"], AnyRegion: ["box"], BoundingBox: ["box"], Point: ["point"] };

/** Returns the classes of the prompts, as far as the ontology has them. */
export function promptClasses(ontology = state.ontology) {
  const points = ontology?.drawnWith("point") ?? [];
  const boxes = ontology?.drawnWith("box") ?? [];
  const outlines = [...(ontology?.drawnWith("polygon") ?? []), ...(ontology?.drawnWith("bitmask") ?? [])];
  const isNegative = ({ name }) => /negative|background/i.test(name);
  const wanted = (classes) => classes.find(({ name }) => /prompt|positive/i.test(name));
  const positives = points.filter((one) => !isNegative(one));
  return { positive: wanted(positives) ?? positives[0], negative: points.find(isNegative), box: wanted(boxes) ?? mostAlike(boxes, outlines) };
}

/** Returns the class with the most attributes in common with one of the others: agents transfer the answers. @param {ObjectClass[]} classes @param {ObjectClass[]} others */
function mostAlike(classes, others) {
  const shared = (one) => Math.max(0, ...others.map((other) => one.attributes.filter(({ name, type }) => other.attributes.some((each) => each.name === name && each.type === type)).length));
  return classes.reduce((best, one) => (best && shared(best) >= shared(one) ? best : one), /** @type {ObjectClass?} */ (null)) ?? undefined;
}

/** Returns the prompts that an agent takes: those of the shapes that its listing names, or else all. @param {import("./agents.js").Agent} agent @returns {Kind[]} */
export function promptsOf(agent) {
  const shapes = agent.needs.map((need) => /^selected objects \((\w+)\)$/.exec(need)?.[1]).filter((shape) => shape !== undefined);
  if (shapes.length === 0) return TAKEN.AnyShape;
  return TAKEN.AnyShape.filter((kind) => shapes.some((shape) => TAKEN[shape]?.includes(kind)));
}
