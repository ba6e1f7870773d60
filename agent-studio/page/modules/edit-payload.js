// A dialog that sends an edited payload: further members, a missing frame, an unknown object, or no JSON at all.

import { sendAgain } from "./agent-call.js";
import { button, el } from "./dom.js";

/** @typedef {import("./agent-call.js").Call} Call */

/** Opens the dialog with the payload of a call. @param {Call} call */
export function editPayload(call) {
  const text = el("textarea", { "aria-label": "Payload", rows: 12, spellcheck: "false", value: indented(call.request.body), oninput: () => show() });
  const note = el("p", { class: "soft", role: "status" });
  const show = () => {
    note.textContent = isJson(text.value) ? "Sent exactly as written." : "This is not JSON. It is sent exactly as written.";
  };
  const send = (event) => {
    event.preventDefault();
    dialog.close();
    void sendAgain(call, { body: text.value });
  };
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "help edit-payload", "aria-label": `Payload for ${call.agent.name}` },
    el("form", { onsubmit: send },
      el("h2", null, `Payload for ${call.agent.name}`), text, note,
      el("div", { class: "actions" }, button("Send", () => {}, { type: "submit", class: "main" }), button("Cancel", () => dialog.close())))));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  show();
  dialog.showModal();
  text.focus();
}

function indented(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
