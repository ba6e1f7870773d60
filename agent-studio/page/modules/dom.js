// Elements, made in one call.

/**
 * An element with properties and children. `on…` properties are listeners, `class` and `data-…`, `aria-…` attributes.
 * Texts become text nodes: nothing here reads HTML.
 * @param {string} tag
 * @param {Record<string, any>?} [properties]
 * @param {...(Node|string|number|null|undefined|false|(Node|string)[])} children
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
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * A button.
 * @param {string} text
 * @param {(event: Event) => void} action
 * @param {Record<string, any>} [properties]
 */
export function button(text, action, properties = {}) {
  return el("button", { type: "button", onclick: action, ...properties }, text);
}

/** A patch in a class's colour. `setProperty` because the page's policy forbids style attributes. */
export function swatch(colour) {
  const patch = el("i", { class: "swatch", "aria-hidden": "true" });
  patch.style.setProperty("background", colour);
  return patch;
}

/** The element with this id, which the page is known to have. */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
