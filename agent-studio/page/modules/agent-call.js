// Calls of agents as by the label editor, and loading of their changes.

import * as api from "./api.js";
import { Attribution } from "./attribution.js";
import { reload, saveDryRun } from "./edits.js";
import { takeFindings } from "./findings.js";
import { goTo, listProjects, openData, stop } from "./open.js";
import { reportCall, succeeded } from "./outcome.js";
import { during } from "./progress.js";
import { whySilent } from "./reach.js";
import { isDryRun, previewOf } from "./preview.js";
import { OpenRow } from "./row.js";
import { state, update } from "./state.js";
import { clearToasts, complain } from "./toasts.js";

/**
 * @typedef {"editor"|"preview"|"test"|"signed"} Way from the page; as a dry run; with the test header; from the backend, signed
 *
 * @typedef {Object} Target target of a call
 * @property {api.Place} place
 * @property {string} title of the data
 * @property {number} frame
 * @property {string[]} objects hashes of the selected ones
 *
 * @typedef {Object} Call
 * @property {number} number
 * @property {import("./agents.js").Agent} agent
 * @property {string} server origin of the agent's server
 * @property {Way} way
 * @property {Target} target
 * @property {Date} at
 * @property {string} trace trace id
 * @property {{url: string, headers: [string, string][], body: string}} request
 * @property {{status: number, headers: [string, string][], body: string}?} answer
 * @property {import("./reach.js").Silence?} silence reason for a missing response
 * @property {number} milliseconds
 * @property {import("./difference.js").Difference?} difference changes by the call
 * @property {string?} after version of the row after the call, if the call made a step of its own
 * @property {{before: string?, after: string?}?} versions of the row around the call; null until it has ended
 * @property {{before: number[], after: number[]}?} models positions of the recorders of model servers around the call
 */

/** Maximum number of calls in the log. */
const KEPT = 50;
let calls = 0;

/**
 * Triggers an agent on the frame and the objects that are selected. Other data may be opened while it runs.
 * @param {import("./agents.js").AgentServer} server
 * @param {import("./agents.js").Agent} agent
 * @param {Way} way
 */
export async function trigger(server, agent, way) {
  stop();
  clearToasts();
  const { row } = state;
  if (!row) return;
  const target = { place: row.place, title: row.title, frame: state.frame, objects: [...state.selection] };
  await run(row, server, newCall(server, agent, way, target));
}

/**
 * Calls an agent on the frame and some objects. Its changes are drawn, and only a failure is reported.
 * @param {import("./agents.js").AgentServer} server
 * @param {import("./agents.js").Agent} agent
 * @param {Way} way
 * @param {string[]} objects hashes
 * @param {AbortSignal} signal cancels the call, of which only the log knows then
 * @returns {Promise<Call?>} null if no data is open
 */
export async function callQuietly(server, agent, way, objects, signal) {
  stop();
  clearToasts();
  const { row } = state;
  if (!row) return null;
  const call = newCall(server, agent, way, { place: row.place, title: row.title, frame: state.frame, objects });
  await run(row, server, call, signal);
  return call;
}

/** Sends the newest call again, on the frame and the objects that are selected now. */
export async function repeatLast() {
  const [last] = state.calls;
  if (last) await sendAnew(last);
  else complain(new api.Refused(0, "No agent was triggered yet."));
}

/** Calls the agent of an earlier call on the frame and the objects that are selected now. @param {Call} earlier */
export async function sendAnew(earlier) {
  const found = agentOf(earlier);
  if (found) await trigger(found.server, found.agent, earlier.way);
}

/** Returns whether a row is as the agent of a call read it. @param {Call} call @param {OpenRow} row */
export const isSameRow = (call, row) => call.versions?.before === row.version;

/** Returns whether the changes of a call can be applied: they are those of a dry run, and were not applied yet. @param {Call} call */
export const canApply = (call) => call.way === "preview" && call.after === null && isDryRun(call.answer?.body ?? "");

/**
 * Saves the changes of a preview as they are shown, if the row is as the agent read it. Otherwise offers another preview.
 * @param {Call} call
 */
export async function applyPreview(call) {
  const row = openAt(call.target.place);
  if (!row) return;
  const isSaved = await saveDryRun(row, call, () => ({
    text: "The preview shows what the agent would have changed before.", actions: [{ text: "Preview again", act: () => void sendAgain(call) }],
  }));
  if (isSaved) update({ calls: [...state.calls], difference: call.difference, tab: "changes" });
}

/**
 * Sends a call of the log again, on the same data, frame and objects.
 * @param {Call} earlier
 * @param {{way?: Way, body?: string}} [other] another way, or another payload
 */
export async function sendAgain(earlier, { way = earlier.way, body } = {}) {
  const { place, frame, objects } = earlier.target;
  const found = agentOf(earlier);
  if (!found) return;
  const { server, agent } = found;
  stop();
  clearToasts();
  if (!openAt(place)) await openData(place.project, place.data, frame);
  const row = openAt(place);
  if (!row) return;
  await goTo(frame);
  update({ selection: new Set(objects) });
  const call = newCall(server, agent, way, earlier.target);
  if (body !== undefined) call.request.body = body;
  await run(row, server, call);
}

/** Returns server and agent of an earlier call, if the server still has it. @param {Call} earlier */
function agentOf(earlier) {
  const server = state.servers.find((one) => one.url === earlier.server);
  const agent = server?.agents.find((one) => one.path === earlier.agent.path);
  if (server && agent) return { server, agent };
  complain(new api.Refused(0, `The server no longer has the agent ${earlier.agent.name}.`));
  return null;
}

/**
 * Sends a call, reads the labels after it, and shows the outcome.
 * @param {OpenRow} row
 * @param {Call} call
 * @param {AbortSignal} [quiet] cancels the call. With a signal, a success is only drawn
 */
async function run(row, server, call, quiet) {
  try {
    const models = await readBefore(row);
    const attribution = new Attribution(call.number, row);
    const before = row.version;
    try {
      await send(server, call, quiet);
      if (models) call.models = { before: models, after: (await api.version(row.place)).models ?? models };
      call.versions = { before, after: await readAfter(call, row) };
    } finally {
      call.difference = attribution.end();
    }
    if (call.way === "preview") call.difference = previewed(call, row);
    if (quiet?.aborted) log(call);
    else if (quiet && succeeded(call)) drawChanges(call);
    else report(call);
  } catch (error) {
    complain(error);
  }
  await listProjects().catch(complain);
}

/** Returns the changes that a dry run would make. An agent that ignores the dry run has made its own. @param {Call} call @param {OpenRow} row */
function previewed(call, row) {
  return previewOf(call.answer?.body ?? "", row.labels, row.dataType) ?? call.difference;
}

/**
 * Reads the row if somebody else saved it, so that these changes are not attributed to the agent.
 * @param {OpenRow} row
 * @returns {Promise<number[]?>} the position of the recorders of model servers
 */
async function readBefore(row) {
  await row.settled();
  const { version, models } = await api.version(row.place);
  if (version === row.version) return models ?? null;
  row.forgetSteps();
  await reload(row);
  return models ?? null;
}

/** @returns {Call} */
function newCall(server, agent, way, target) {
  const { place, frame, objects } = target;
  const trace = newTrace();
  const payload = { projectHash: place.project, dataHash: place.data, frame, objectHashes: objects };
  /** @type {[string, string][]} */
  const headers = [["Content-Type", "application/json"], ["X-Cloud-Trace-Context", `${trace}/1;o=1`]];
  if (way === "test") headers.push(["X-Encord-Editor-Agent", "test-payload"]);
  if (way === "preview") headers.push(["X-Agent-Dry-Run", "true"]);
  calls += 1;
  return {
    number: calls, agent, server: server.url, way, target, at: new Date(), trace, request: { url: server.url + agent.path, headers, body: JSON.stringify(payload) },
    answer: null, silence: null, milliseconds: 0, difference: null, after: null, versions: null, models: null,
  };
}

/** Sends the call, and diagnoses a missing response. @param {Call} call @param {AbortSignal} [signal] */
async function send(server, call, signal) {
  const { agent, way } = call;
  const giveUp = new AbortController();
  if (signal?.aborted) giveUp.abort();
  signal?.addEventListener("abort", () => giveUp.abort());
  const work = way === "signed" ? () => fromBackend(server, agent, call) : () => fromPage(call, giveUp.signal);
  await during(`Calling ${agent.name}…`, work, way === "signed" ? undefined : () => giveUp.abort());
  if (!call.answer && !call.silence) call.silence = giveUp.signal.aborted ? CANCELLED : await whySilent(server.url);
}

/** @type {import("./reach.js").Silence} */
const CANCELLED = {
  kind: "cancelled", title: "You cancelled the call", text: "The agent may have been at work already: the labels are shown as they are now.",
};

/** Sends the call from the browser, cross-origin, with a preflight. @param {Call} call */
async function fromPage(call, signal) {
  const { url, headers, body } = call.request;
  const began = performance.now();
  try {
    const response = await fetch(url, { method: "POST", headers, body, mode: "cors", credentials: "omit", cache: "no-store", signal });
    const text = await response.text();
    call.answer = { status: response.status, headers: [...response.headers], body: text };
  } catch {
    // The reason is diagnosed later.
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

/** Returns the row at a place, if it is open. @param {api.Place} place */
const openAt = ({ project, data }) => (state.row?.place.project === project && state.row.place.data === data ? state.row : null);

/**
 * Reads the labels after a call, and shows them if they are still open.
 * @param {Call} call
 * @param {OpenRow} row before it
 * @returns {Promise<string?>} the version after it
 */
async function readAfter(call, row) {
  const open = openAt(row.place);
  if (!open) {
    // Edits that were begun before other data was opened are not attributed to the agent.
    await row.settled();
    const opened = await during("Reading the labels…", () => api.open(row.place));
    const later = new OpenRow(row.place, row.ontology, opened, call.number);
    if (later.version !== row.version) {
      later.done = row.done;
      later.noteStep({ words: `Agent ${call.agent.name}`, before: row.version, call: call.number });
      call.after = later.version;
    }
    return opened.version;
  }
  await open.settled();
  const before = open.version;
  await reload(open, call.number);
  if (open.version === before) return open.version;
  open.noteStep({ words: `Agent ${call.agent.name}`, before, call: call.number });
  call.after = open.version;
  return open.version;
}

/** @param {Call} call */
const log = (call) => update({ calls: [call, ...state.calls].slice(0, KEPT) });

/** Draws the changes of a call, and leaves the panels as they are. @param {Call} call */
function drawChanges(call) {
  log(call);
  if (openAt(call.target.place)) update({ difference: hasChanges(call) ? call.difference : null, showDifference: true });
}

/** Shows the outcome of a call. @param {Call} call */
function report(call) {
  log(call);
  const findings = takeFindings(call);
  if (openAt(call.target.place)) {
    if (hasChanges(call)) showDifference(call);
    else update({ difference: null, ...(state.tab === "changes" ? { tab: "labels" } : {}) });
    if (findings && findings.list.length > 0 && !hasChanges(call)) update({ tab: "findings" });
  }
  reportCall(call, () => showChangesOf(call));
}

/** @param {Call} call */
const hasChanges = (call) => call.difference !== null && !call.difference.isEmpty;

/** @param {Call} call */
const showDifference = (call) => update({ difference: call.difference, showDifference: true, tab: "changes" });

/** Shows the changes of a call, on its own data. @param {Call} call */
export async function showChangesOf(call) {
  const { place, frame } = call.target;
  if (!openAt(place)) await openData(place.project, place.data, frame);
  if (openAt(place)) showDifference(call);
}

/** 32 hex digits. */
function newTrace() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
