// Messages at the edge of the stage.

import { button, byId, el, fill, remove } from "./dom.js";

/** Display time of a message, in milliseconds. Errors stay until they are dismissed. */
const STAYS = 8000;
/** Maximum number of messages. */
const MOST = 3;

/**
 * Shows a message.
 * @param {Object} toast
 * @param {"good"|"bad"|"plain"} toast.kind
 * @param {string} toast.title
 * @param {string | HTMLElement} [toast.text]
 * @param {string[]} [toast.facts] small print
 * @param {{text: string, act: () => void}[]} [toast.actions]
 */
export function toast({ kind, title, text, facts = [], actions = [] }) {
  const box = byId("toasts");
  const close = () => remove(item);
  const item = el("article", { class: `toast ${kind}`, role: kind === "bad" ? "alert" : undefined },
    el("header", null, el("strong", null, title), button("×", close, { class: "quiet", "aria-label": "Put the message away" })),
    text && (text instanceof HTMLElement ? text : el("p", { class: "message" }, text)),
    facts.length > 0 && el("p", { class: "facts" }, ...facts.map((fact) => el("span", null, fact))),
    actions.length > 0 && el("footer", null, ...actions.map(({ text: words, act }) => button(words, () => {
      close();
      act();
    }))));
  box.prepend(item);
  while (box.lastElementChild && box.children.length > MOST) remove(/** @type {HTMLElement} */ (box.lastElementChild));
  if (kind === "bad") return;
  let left = setTimeout(close, STAYS);
  item.addEventListener("pointerenter", () => clearTimeout(left));
  item.addEventListener("pointerleave", () => {
    left = setTimeout(close, STAYS / 2);
  });
}

/** Shows an informational message, once. @param {string} title */
export function inform(title) {
  for (const shown of byId("toasts").querySelectorAll(":scope > .plain")) {
    if (shown.querySelector("strong")?.textContent === title) remove(/** @type {HTMLElement} */ (shown));
  }
  toast({ kind: "plain", title });
}

/** Shows an error. @param {unknown} error */
export function complain(error) {
  const { message, status } = /** @type {import("./api.js").Refused} */ (error);
  if (status === undefined) console.error(error);
  toast({ kind: "bad", title: message || "Something went wrong in the page. The browser's console says what." });
}

/** Dismisses all messages. */
export const clearToasts = () => fill(byId("toasts"));

/** Dismisses the newest message. @returns {boolean} whether there was one */
export function dismissToast() {
  const newest = /** @type {HTMLElement?} */ (byId("toasts").firstElementChild);
  if (newest) remove(newest);
  return newest !== null;
}
