// The Rust path of a class or attribute in the types of `ontology!`.

import { copy } from "./clipboard.js";
import { el } from "./dom.js";

/** A button with the path, which copies it; null for an item without a type. @param {string | undefined} path */
export function rustPath(path) {
  if (!path) return null;
  const press = (event) => {
    // Inside a label, the press would go to its field, too.
    event.preventDefault();
    void copy(path, `${path} is in the clipboard.`);
  };
  // Out of the tab order, so that Tab goes from field to field.
  return el("button", { type: "button", tabindex: "-1", class: "rust-path", title: `Copy the Rust path ${path}`, "aria-label": `Copy ${path}`, onclick: press }, el("code", null, path));
}
