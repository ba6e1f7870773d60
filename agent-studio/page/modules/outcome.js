// The outcome of a call, in words.

import { inWords as differenceInWords } from "./difference.js";
import { decisionOf } from "./decision.js";
import { el } from "./dom.js";
import { undoStep } from "./edits.js";
import { findingsIn } from "./findings.js";
import { messageOf } from "./message.js";
import { state, update } from "./state.js";
import { toast } from "./toasts.js";

/** @typedef {import("./agent-call.js").Call} Call */

/** Parses the response: message, decision, and errors of single fields. @param {Call} call */
export function saying(call) {
  const body = parsed(call.answer?.body ?? "");
  const details = Array.isArray(body?.errors) ? body.errors : Array.isArray(body?.detail) ? body.detail : [];
  const lines = details.map((one) => (typeof one === "string" ? one : [one.field ?? one.loc?.join("."), one.message ?? one.msg].filter(Boolean).join(": ")));
  const plain = typeof body?.detail === "string" ? body.detail : "";
  const text = body === undefined ? (call.answer?.body ?? "").slice(0, 500) : "";
  return { message: String(body?.message ?? "") || plain || text, lines, decision: body?.decision, trace: body?.traceId ?? call.trace };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {number} milliseconds */
export const duration = (milliseconds) => (milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`);

/** Returns whether the agent succeeded. @param {Call} call */
export const succeeded = (call) => call.answer !== null && call.answer.status < 300;

const WAYS = { editor: "", preview: " (preview)", test: " (test payload)", signed: " (signed, from the backend)" };

/** Names a call. @param {Call} call */
export const callInWords = (call) => call.agent.name + WAYS[call.way];

/** Returns whether the changes of a call can be undone: its data is open, and nothing was saved since. @param {Call} call */
export const canUndo = (call) =>
  call.after !== null && state.version === call.after && state.history.undo.at(-1)?.call === call.number;

/** Returns the title of a call's data if other data is open now, or else an empty text. @param {Call} call */
export function elsewhere({ target: { place, title } }) {
  return place.project === state.projectHash && place.data === state.data?.dataHash ? "" : title;
}

/** Shows the outcome of a call as a message. @param {Call} call @param {() => void} showChanges */
export function reportCall(call, showChanges) {
  const actions = [];
  const changed = call.difference && !call.difference.isEmpty;
  if (canUndo(call)) actions.push({ text: "Undo", act: () => canUndo(call) && undoStep() });
  if (changed && elsewhere(call)) actions.push({ text: "Show changes", act: showChanges });
  const found = call.answer ? findingsIn(parsed(call.answer.body)) : null;
  if (found && found.length > 0) actions.push({ text: "Show findings", act: () => update({ tab: "findings" }) });
  actions.push({ text: "Raw request and answer", act: () => update({ tab: "calls" }) });
  const where = elsewhere(call) ? [`on ${elsewhere(call)}`] : [];
  if (call.silence) {
    const { title, text, kind } = call.silence;
    toast({ kind: kind === "cancelled" ? "plain" : "bad", title, text, facts: [callInWords(call), ...where, duration(call.milliseconds), `trace ${call.trace}`], actions });
    return;
  }
  const { message, lines, decision, trace } = saying(call);
  const facts = [`HTTP ${call.answer?.status}`, ...where, duration(call.milliseconds)];
  if (succeeded(call)) {
    facts.push(changed ? differenceInWords(/** @type {any} */ (call.difference)) : "nothing changed");
    if (call.way === "preview") facts.push("nothing saved");
    toast({ kind: "good", title: callInWords(call), text: withDecision(message ? messageOf(message) : null, call, decision), facts, actions });
  } else {
    facts.push(`trace ${trace}`);
    if (changed) facts.push(differenceInWords(/** @type {any} */ (call.difference)));
    toast({ kind: "bad", title: callInWords(call), text: withLines(message || "The agent gives no reason.", lines), facts, actions });
  }
}

/** Renders a message with the decision below it. @param {HTMLElement?} message @param {Call} call @param {unknown} decision */
function withDecision(message, call, decision) {
  if (typeof decision !== "string" || decision === "") return message ?? undefined;
  return el("div", null, message, decisionOf(decision, call.target.place));
}

/** Renders a message with the errors of single fields below it. @param {string} message @param {string[]} lines */
export function withLines(message, lines) {
  const text = messageOf(message);
  return lines.length === 0 ? text : el("div", null, text, ...lines.map((line) => el("p", { class: "message" }, line)));
}
