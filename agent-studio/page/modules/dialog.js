// Modal dialogs. Escape and a click beside a dialog close it; a closed dialog is removed.

import { el } from "./dom.js";

/**
 * Opens a dialog, and returns its element.
 * @param {string} name its accessible name
 * @param {string} className
 * @param {(close: () => void) => HTMLElement[]} content
 */
export function openDialog(name, className, content) {
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: className, "aria-label": name }));
  dialog.append(...content(() => dialog.close()));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
