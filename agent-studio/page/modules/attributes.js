// Fields for attributes: of an object or of a classification.

import { el } from "./dom.js";

/**
 * @typedef {import("./ontology.js").Attribute} Attribute
 * @typedef {import("./labels.js").Given} Given
 */

/**
 * The fields of some attributes, and of those below the options that are chosen.
 * @param {Attribute[]} attributes
 * @param {Map<string, Given>} answers by feature hash
 * @param {(attribute: Attribute, answer: string|number|string[]|null) => void} give is called with a new answer, or null
 *   to take it out
 * @param {number} [depth]
 * @returns {HTMLElement[]}
 */
export function fields(attributes, answers, give, depth = 0) {
  return attributes.flatMap((attribute) => {
    const given = answers.get(attribute.featureHash);
    const row = el("label", { class: `field depth-${Math.min(depth, 3)}` },
      el("span", { title: attribute.name }, attribute.name, attribute.required && el("em", { title: "required" }, " *"), attribute.dynamic && el("em", { title: "Its answer can differ from frame to frame." }, " by frame")),
      control(attribute, given, (answer) => give(attribute, answer)));
    const chosen = Array.isArray(given?.value) ? given.value : [];
    const below = attribute.options.filter((option) => chosen.includes(option.featureHash)).flatMap((option) => option.attributes);
    return [row, ...fields(below, answers, give, depth + 1)];
  });
}

/** @param {Attribute} attribute @param {Given|undefined} given */
function control(attribute, given, give) {
  const name = { "aria-label": attribute.name };
  if (attribute.type === "radio") {
    const value = Array.isArray(given?.value) ? (given.value[0] ?? "") : "";
    const options = attribute.options.map((option) => el("option", { value: option.featureHash, selected: option.featureHash === value }, option.label));
    return el("select", { ...name, onchange: (event) => give(event.target.value === "" ? null : [event.target.value]) }, el("option", { value: "" }, "–"), ...options);
  }
  if (attribute.type === "checklist") return checklist(attribute, given, give);
  const isNumber = attribute.type === "numeric";
  const read = (text) => (text === "" ? null : isNumber ? Number(text) : text);
  return el("input", {
    ...name, type: isNumber ? "number" : "text", step: "any", value: String(given?.value ?? ""),
    onchange: (event) => give(read(event.target.value)),
  });
}

function checklist(attribute, given, give) {
  const chosen = new Set(Array.isArray(given?.value) ? given.value : []);
  const toggle = (hash, isOn) => {
    if (isOn) chosen.add(hash);
    else chosen.delete(hash);
    give(chosen.size > 0 ? [...chosen] : null);
  };
  return el("span", { class: "checklist", role: "group", "aria-label": attribute.name }, ...attribute.options.map((option) =>
    el("label", null, el("input", { type: "checkbox", checked: chosen.has(option.featureHash), onchange: (event) => toggle(option.featureHash, event.target.checked) }), option.label)));
}
