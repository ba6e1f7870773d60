// Creation of elements.

/**
 * Creates an element with properties and children. `on…` properties are listeners, `class` and `data-…`, `aria-…` attributes.
 * Texts become text nodes; HTML is never parsed.
 * @param {string} tag
 * @param {Record<string, any>?} [properties]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodesOf(children));
  return element;
}

/** @typedef {Node|string|number|null|undefined|false} Child a missing value is left out */

/** @param {(Child|Child[])[]} children @returns {Node[]} */
function nodesOf(children) {
  const there = children.flat().filter((child) => child !== undefined && child !== null && child !== false && child !== "");
  return there.map((child) => (child instanceof Node ? child : new Text(String(child))));
}

/**
 * Replaces the children of an element. A child that it has already stays in the document, with its
 * focus and what was typed. If the focus was in a child that goes, the new element of the same name gets it, or else the stage.
 * @param {HTMLElement} parent
 * @param {...(Child|Child[])} children
 */
export function fill(parent, ...children) {
  const nodes = nodesOf(children);
  const focused = /** @type {HTMLElement?} */ (parent.contains(document.activeElement) && document.activeElement !== parent ? document.activeElement : null);
  const name = focused && nameOf(focused);
  const at = focused ? namesakes(parent, focused, name).indexOf(focused) : 0;
  const kept = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!kept.has(node)) node.remove();
  nodes.forEach((node, number) => {
    if (parent.childNodes[number] !== node) parent.insertBefore(node, parent.childNodes[number] ?? null);
  });
  if (!focused || document.activeElement === focused) return;
  // A moved element loses the focus.
  if (focused.isConnected) {
    focused.focus({ preventScroll: true });
    return;
  }
  const same = namesakes(parent, focused, name);
  const next = same[Math.min(at, same.length - 1)];
  if (next) next.focus({ preventScroll: true });
  else focusStage();
}

/** Returns the accessible name of an element. @param {HTMLElement} element */
const nameOf = (element) => element.getAttribute("aria-label") ?? element.dataset.hash ?? element.dataset.frame ?? element.textContent;

/** @returns {HTMLElement[]} */
const namesakes = (parent, { tagName }, name) => [...parent.querySelectorAll(tagName)].filter((one) => nameOf(one) === name && !one.disabled);

/** Moves the focus to the stage. */
export function focusStage() {
  /** @type {HTMLElement?} */ (document.querySelector("#stage canvas"))?.focus({ preventScroll: true });
}

/** Removes an element. If it had the focus, the stage gets it. @param {HTMLElement} element */
export function remove(element) {
  const had = element.contains(document.activeElement);
  element.remove();
  if (had) focusStage();
}

/**
 * Creates a button.
 * @param {string} text
 * @param {(event: Event) => void} action
 * @param {Record<string, any>} [properties]
 */
export function button(text, action, properties = {}) {
  return el("button", { type: "button", onclick: action, ...properties }, text);
}

/** Creates a colour swatch of a class. `setProperty` because the page's policy forbids style attributes. */
export function swatch(colour) {
  const patch = el("i", { class: "swatch", "aria-hidden": "true" });
  patch.style.setProperty("background", colour);
  return patch;
}

/** Returns the existing element with this id. */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
