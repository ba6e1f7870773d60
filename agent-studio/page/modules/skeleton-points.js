// The visibility of the points of a selected skeleton.

import { el } from "./dom.js";
import { edit } from "./edits.js";
import { verticesOf, visibilityOf } from "./shape.js";

/** Visibilities as they are saved, with their names. */
const VISIBILITIES = [["", "Not set"], ["visible", "Visible"], ["occluded", "Occluded"], ["selfOccluded", "Hidden by itself"], ["invisible", "Outside the image"]];

/**
 * Returns fields for the points of a skeleton; none for other shapes.
 * @param {any} entry an object entry
 * @param {number} frame
 * @returns {HTMLElement[]}
 */
export function skeletonPoints(entry, frame) {
  if (!entry?.skeleton) return [];
  const visibilities = verticesOf(entry.skeleton).map((vertex) => visibilityOf(vertex) ?? "");
  return verticesOf(entry.skeleton).map(({ name }, number) => {
    const choose = (event) => {
      const chosen = visibilities.map((one, index) => (index === number ? event.target.value : one));
      const visibility = chosen.map((one) => one || null);
      void edit(`Set visibility of ${name}`, [{ edit: "setCoordinates", objectHash: entry.objectHash, frame, coordinates: { visibility } }]);
    };
    const options = VISIBILITIES.map(([value, text]) => el("option", { value }, text));
    const select = el("select", { "aria-label": `Visibility of ${name}`, onchange: choose }, ...options);
    select.value = visibilities[number];
    return el("label", { class: "field" }, el("span", null, name), select);
  });
}
