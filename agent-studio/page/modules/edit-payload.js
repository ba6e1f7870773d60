// A dialog that sends an edited payload: further members, a missing frame, an unknown object, or no JSON at all.

import { sendAgain } from "./agent-call.js";
import { openDialog } from "./dialog.js";
import { button, el } from "./dom.js";

/** @typedef {import("./agent-call.js").Call} Call */

/** Opens the dialog with the payload of a call. @param {Call} call */
export function editPayload(call) {
  const text = el("textarea", { "aria-label": "Payload", rows: 12, spellcheck: "false", value: indented(call.request.body), oninput: () => show() });
  const note = el("p", { class: "soft", role: "status" });
  const show = () => {
    note.textContent = isJson(text.value) ? "Sent exactly as written." : "This is not JSON. It is sent exactly as written.";
  };
  const title = `Payload for ${call.agent.name}`;
  openDialog(title, "help edit-payload", (close) => {
    const send = (event) => {
      event.preventDefault();
      close();
      void sendAgain(call, { body: text.value });
    };
    return [el("form", { onsubmit: send },
      el("h2", null, title), text, note,
      el("div", { class: "actions" }, button("Send", () => {}, { type: "submit", class: "main" }), button("Cancel", close)))];
  });
  show();
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
