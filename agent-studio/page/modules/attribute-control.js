// Controls of attributes by type: a choice, check boxes, a number or a growing text.

import { el } from "./dom.js";

/**
 * @typedef {import("./ontology.js").Attribute} Attribute
 * @typedef {import("./labels.js").Given} Given
 * @typedef {import("./attributes.js").Answer} Answer
 * @typedef {{element: HTMLElement, show: (given: Given | undefined) => void}} Control
 * @typedef {{hash: string, label: string, canBeChosen: boolean}} Offered
 */

/** @param {Attribute} attribute @param {(answer: Answer) => void} give @returns {Control} */
export function controlOf(attribute, give) {
  if (attribute.type === "radio") return choice(attribute, give);
  if (attribute.type === "checklist") return checklist(attribute, give);
  return attribute.type === "numeric" ? number(attribute, give) : text(attribute, give);
}

/**
 * Returns the options of the ontology, and the chosen ones that it no longer offers: archived and unknown options.
 * @param {Attribute} attribute
 * @param {Given | undefined} given
 * @returns {Offered[]}
 */
function offered({ options }, given) {
  const chosen = Array.isArray(given?.value) ? given.value : [];
  const known = options.filter((one) => !one.isArchived || chosen.includes(one.featureHash));
  const unknown = chosen.map((hash, at) => ({ hash, label: `${given?.labels[at] ?? hash} (unknown)`, canBeChosen: false }));
  return [
    ...known.map((one) => ({ hash: one.featureHash, label: one.isArchived ? `${one.label} (archived)` : one.label, canBeChosen: true })),
    ...unknown.filter(({ hash }) => !options.some((one) => one.featureHash === hash)),
  ];
}

/** Calls `render` with the offered options when they change. @param {Attribute} attribute @param {(options: Offered[]) => void} render */
function whenOffered(attribute, render) {
  let rendered = "";
  return (given) => {
    const options = offered(attribute, given);
    const key = JSON.stringify(options);
    if (key !== rendered) render(options);
    rendered = key;
  };
}

/** @returns {Control} */
function choice(attribute, give) {
  const element = el("select", {
    "aria-label": attribute.name, onchange: () => give(element.value === "" ? null : [element.value]),
  });
  const offer = whenOffered(attribute, (options) => element.replaceChildren(el("option", { value: "" }, "–"),
    ...options.map(({ hash, label, canBeChosen }) => el("option", { value: hash, disabled: !canBeChosen }, label))));
  return {
    element,
    show: (given) => {
      offer(given);
      // The last of several answers holds.
      element.value = Array.isArray(given?.value) ? (given.value.at(-1) ?? "") : "";
    },
  };
}

/** @returns {Control} */
function checklist(attribute, give) {
  /** @type {{hash: string, box: Record<string, any>, canBeChosen: boolean, line: HTMLElement}[]} */
  let boxes = [];
  const tell = () => {
    const chosen = boxes.filter(({ box, canBeChosen }) => box.checked && canBeChosen).map(({ hash }) => hash);
    give(chosen.length > 0 ? chosen : null);
  };
  const element = el("span", { class: "checklist", role: "group", "aria-label": attribute.name });
  const offer = whenOffered(attribute, (options) => {
    const before = boxes;
    boxes = options.map(({ hash, label, canBeChosen }) => {
      const known = before.find((one) => one.hash === hash);
      if (known) return known;
      const box = el("input", { type: "checkbox", disabled: !canBeChosen, onchange: tell });
      return { hash, box, canBeChosen, line: el("label", { title: canBeChosen ? undefined : "The ontology does not have this option. The next answer removes it." }, box, label) };
    });
    element.replaceChildren(...boxes.map((one) => one.line));
  });
  return {
    element,
    show: (given) => {
      offer(given);
      for (const { box, hash } of boxes) box.checked = Array.isArray(given?.value) && given.value.includes(hash);
    },
  };
}

/** @returns {Control} */
function number(attribute, give) {
  const element = el("input", {
    type: "number", step: "any", "aria-label": attribute.name, onchange: () => give(element.value === "" ? null : Number(element.value)),
  });
  return { element, show: showTyped(element) };
}

/** A field that grows with its text. Ctrl+Enter saves, as leaving it does. @returns {Control} */
function text(attribute, give) {
  const tell = () => give(element.value === "" ? null : element.value);
  const element = el("textarea", { rows: "1", "aria-label": attribute.name, title: "Ctrl+Enter saves", onchange: tell, onkeydown: (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // Leaving the field is what makes it report a change.
    element.blur();
    element.focus();
  } });
  return { element, show: showTyped(element) };
}

/** Shows an answer, unless text is being entered. @param {Record<string, any>} element @returns {(given: Given | undefined) => void} */
function showTyped(element) {
  let shown = "";
  return (given) => {
    const now = String(given?.value ?? "");
    const isTyped = document.activeElement === element && element.value !== shown;
    if (!isTyped) element.value = now;
    shown = now;
  };
}
