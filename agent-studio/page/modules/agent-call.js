// Calling an agent as the label editor does, and taking in what it did.

import * as api from "./api.js";
import { compare } from "./difference.js";
import { noteStep, settled } from "./edits.js";
import { withoutLooking } from "./freshness.js";
import { listProjects, place, reload, stop } from "./open.js";
import { during } from "./progress.js";
import { whySilent } from "./reach.js";
import { state, update } from "./state.js";
import { reportCall } from "./outcome.js";
import { clearToasts, complain } from "./toasts.js";

/**
 * @typedef {"editor"|"test"|"signed"} Way from the page; from the page with the test header; from the backend, signed
 *
 * @typedef {Object} Call
 * @property {number} number
 * @property {import("./agents.js").Agent} agent
 * @property {Way} way
 * @property {Date} at
 * @property {string} trace trace id
 * @property {{url: string, headers: [string, string][], body: string}} request
 * @property {{status: number, headers: [string, string][], body: string}?} answer
 * @property {import("./reach.js").Silence?} silence why there is no answer
 * @property {number} milliseconds
 * @property {import("./difference.js").Difference?} difference what it changed
 * @property {string?} before version of the row before the call
 * @property {string?} after and after it
 */

/** How many calls are kept. */
const KEPT = 50;
let calls = 0;

/**
 * Triggers an agent on the frame and the objects that are selected.
 * @param {import("./agents.js").AgentServer} server
 * @param {import("./agents.js").Agent} agent
 * @param {Way} way
 */
export function trigger(server, agent, way) {
  stop();
  clearToasts();
  return withoutLooking(async () => {
    try {
      await settled();
      const before = await newest();
      const call = await make(server, agent, way);
      await takeIn(call, before);
    } catch (error) {
      complain(error);
    }
  });
}

/** The labels as they are stored now, so that nothing else counts as what the agent did. */
async function newest() {
  const { version } = await api.version(place());
  const labels = version === state.version ? state.labels : await reload();
  return { labels, version: state.version };
}

/** @returns {Promise<Call>} */
async function make(server, agent, way) {
  const { project, data } = place();
  const trace = newTrace();
  const payload = { projectHash: project, dataHash: data, frame: state.frame, objectHashes: [...state.selection] };
  /** @type {[string, string][]} */
  const headers = [["Content-Type", "application/json"], ["X-Cloud-Trace-Context", `${trace}/1;o=1`]];
  if (way === "test") headers.push(["X-Encord-Editor-Agent", "test-payload"]);
  const request = { url: server.url + agent.path, headers, body: JSON.stringify(payload) };
  calls += 1;
  const call = {
    number: calls, agent, way, at: new Date(), trace, request, answer: null, silence: null, milliseconds: 0,
    difference: null, before: null, after: null,
  };
  const giveUp = new AbortController();
  const send = way === "signed" ? () => fromBackend(server, agent, call) : () => fromPage(call, giveUp.signal);
  await during(`Calling ${agent.name}…`, send, way === "signed" ? undefined : () => giveUp.abort());
  if (!call.answer && !call.silence) call.silence = giveUp.signal.aborted ? CANCELLED : await whySilent(server.url);
  return call;
}

/** @type {import("./reach.js").Silence} */
const CANCELLED = {
  kind: "cancelled", title: "You cancelled the call", text: "The agent may have been at work already: the labels are shown as they are now.",
};

/** The browser sends it, cross-origin: it asks the server for permission first. @param {Call} call */
async function fromPage(call, signal) {
  const { url, headers, body } = call.request;
  const began = performance.now();
  try {
    const response = await fetch(url, { method: "POST", headers, body, mode: "cors", credentials: "omit", cache: "no-store", signal });
    const text = await response.text();
    call.answer = { status: response.status, headers: [...response.headers], body: text };
  } catch {
    // Why is found out afterwards.
  }
  call.milliseconds = performance.now() - began;
}

/** @param {Call} call */
async function fromBackend(server, agent, call) {
  const [, [, trace]] = call.request.headers;
  const report = await api.signedCall({ server: server.url, path: agent.path, body: call.request.body, trace });
  call.request = report.request;
  call.answer = report.answer;
  call.milliseconds = report.milliseconds;
  if (report.problem) call.silence = { kind: "broken", title: "The backend got no answer", text: report.problem };
}

/** Takes in the labels as the agent left them, and says what became of the call. */
async function takeIn(call, before) {
  const after = await reload();
  [call.before, call.after] = [before.version, state.version];
  call.difference = before.labels ? compare(before.labels, after) : null;
  update({ calls: [call, ...state.calls].slice(0, KEPT) });
  const changed = call.difference !== null && !call.difference.isEmpty;
  if (call.after !== call.before) noteStep(`Agent ${call.agent.name}`, call.before);
  if (changed) update({ difference: call.difference, showDifference: true, tab: "changes" });
  reportCall(call);
  await listProjects().catch(complain);
}

/** 32 hex digits. */
function newTrace() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
