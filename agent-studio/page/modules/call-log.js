// The calls of agents, with request and answer as they went over the wire.

import { sendAgain, sendAnew, showChangesOf } from "./agent-call.js";
import { picturesIn, shortened } from "./answer-pictures.js";
import { copy } from "./clipboard.js";
import { asCurl } from "./curl.js";
import { decisionOf } from "./decision.js";
import { button, el, fill } from "./dom.js";
import { editPayload } from "./edit-payload.js";
import { callInWords, canUndo, duration, elsewhere, saying, succeeded, withLines } from "./outcome.js";
import { undoStep } from "./edits.js";
import { inWords } from "./difference.js";
import { saveAsTest } from "./save-case.js";
import { timingOf } from "./server-timing.js";
import { state } from "./state.js";

/** The calls that are unfolded. */
const open = new Set();
let newest = 0;

/** @param {HTMLElement} panel */
export function showCalls(panel) {
  const { calls } = state;
  if (calls.length === 0) {
    fill(panel, el("p", { class: "empty" }, "No agent was triggered yet. Right-click on the image, or press A."));
    return;
  }
  if (calls[0].number > newest) {
    newest = calls[0].number;
    open.add(newest);
  }
  fill(panel, el("ol", { class: "calls" }, ...calls.map((call) => el("li", null, entry(call)))));
}

function entry(call) {
  const { message, lines, decision } = saying(call);
  const changed = call.difference && !call.difference.isEmpty;
  const details = el("details", { class: succeeded(call) ? "good" : "bad", open: open.has(call.number) },
    el("summary", null,
      el("span", { class: "status" }, call.answer ? String(call.answer.status) : "—"), el("b", null, callInWords(call)),
      el("small", null, [elsewhere(call), duration(call.milliseconds), call.at.toLocaleTimeString()].filter(Boolean).join(" · "))),
    timingOf(call),
    call.silence ? el("p", { class: "message" }, `${call.silence.title}. ${call.silence.text}`) : withLines(message || "No message.", lines),
    succeeded(call) && typeof decision === "string" && decision !== "" && decisionOf(decision, call.target.place),
    el("div", { class: "actions" },
      button("Send again", () => sendAgain(call), { title: "On the same data, frame and objects (Shift+R sends the newest call)" }),
      button("Send for the selection", () => sendAnew(call), { title: "On the frame and the objects that are selected now (R sends the newest call)" }),
      button("Edit and send", () => editPayload(call), { title: "Sends another payload to the agent" })),
    el("div", { class: "actions" },
      button("Copy as curl", () => copy(asCurl(call.request), "The call is in the clipboard, as a line for the shell.")),
      button("Copy the answer", () => copy(call.answer?.body ?? "", "The answer is in the clipboard."), { disabled: !call.answer }),
      changed && button("Show changes", () => showChangesOf(call), { title: inWords(call.difference) }),
      canUndo(call) && button("Undo", () => undoStep())),
    saveAsTest(call),
    el("h3", null, "Request"), raw(`POST ${call.request.url}`, call.request.headers, call.request.body),
    el("h3", null, "Answer"), call.answer ? raw(`HTTP ${call.answer.status}`, call.answer.headers, call.answer.body) : el("p", { class: "soft" }, "None."),
    call.answer && picturesIn(call.answer.body),
    call.answer && call.way !== "signed" && el("p", { class: "soft" }, "A browser shows only the headers that the server exposes to other origins."),
  );
  details.addEventListener("toggle", () => (details.open ? open.add(call.number) : open.delete(call.number)));
  return details;
}

function raw(first, headers, body) {
  const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  return el("pre", { class: "raw", tabindex: "0" }, `${lines}\n\n`, el("span", { class: "body" }, shortened(body) || "(empty)"));
}
