// Findings in responses of agents: the open list, its state, and walking through it.

import { frameCount, goTo, openData } from "./open.js";
import { reveal } from "./selection.js";
import { stage, viewport } from "./stage.js";
import { state, update } from "./state.js";

/**
 * @typedef {Object} Finding a finding of a response (contract: `docs/contract/agent-protocol.md#findings`)
 * @property {string} key text and place
 * @property {"error"|"warning"|"info"} severity
 * @property {string} text
 * @property {string?} object hash
 * @property {string?} name of the object, which may be deleted later
 * @property {import("./ranges.js").Range[]} frames
 * @property {[number, number]?} point relative to the frame
 * @property {boolean} isResolved marked by the user, or gone since the last call
 *
 * @typedef {Object} Report the findings of an agent on a data unit
 * @property {string} agent address of the agent
 * @property {string} name of the agent
 * @property {import("./api.js").Place} place
 * @property {string} title of the data
 * @property {Finding[]} list
 * @property {number} current index of the selected finding; -1 without one
 */

/** The last report of each agent on each data unit. @type {Map<string, Report>} */
const reports = new Map();

/** Reads the findings of a response; null if it has none. @param {any} body @returns {Finding[]?} */
export function findingsIn(body) {
  if (!Array.isArray(body?.findings)) return null;
  return body.findings.filter((one) => typeof one?.text === "string").map(read);
}

/** @returns {Finding} */
function read(one) {
  const isNumber = Number.isFinite;
  const spans = Array.isArray(one.frames) ? one.frames.filter((span) => isNumber(span?.start) && isNumber(span?.end)) : [];
  const severity = ["error", "warning", "info"].includes(one.severity) ? one.severity : "info";
  const frames = isNumber(one.frame) ? [[one.frame, one.frame]] : spans.map(({ start, end }) => [start, end]);
  const object = typeof one.objectHash === "string" ? one.objectHash : null;
  const point = isNumber(one.x) && isNumber(one.y) ? /** @type {[number, number]} */ ([one.x, one.y]) : null;
  return { key: JSON.stringify([one.text, object, frames, point]), severity, text: one.text, object, name: object === null ? null : nameOf(object), frames, point, isResolved: false };
}

/**
 * Makes the findings of a call the open list. Findings of the agent's last call on the data that are gone are resolved.
 * @param {import("./agent-call.js").Call} call
 * @returns {Report?} null if the response has no findings
 */
export function takeFindings(call) {
  const list = findingsIn(parsed(call.answer?.body ?? ""));
  if (!list) return null;
  const { place, title } = call.target;
  const agent = call.request.url;
  const id = JSON.stringify([agent, place.project, place.data]);
  const keys = new Set(list.map((one) => one.key));
  const gone = (reports.get(id)?.list ?? []).filter((one) => !keys.has(one.key));
  const report = { agent, name: call.agent.name, place, title, list: [...list, ...gone.map((one) => ({ ...one, isResolved: true }))], current: -1 };
  reports.set(id, report);
  update({ findings: report });
  return report;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns whether the data of the open list is open. */
export const isHere = (report = state.findings) =>
  report !== null && report.place.project === state.projectHash && report.place.data === state.data?.dataHash;

/** Returns the number of open findings. @param {Report?} report */
export const openCount = (report) => report?.list.filter((one) => !one.isResolved).length ?? 0;

/** Marks a finding as resolved, or as open again. @param {number} at @param {boolean} isResolved */
export function resolve(at, isResolved) {
  change((report) => ({ ...report, list: report.list.map((one, number) => (number === at ? { ...one, isResolved } : one)) }));
}

/** Closes the list. */
export const closeFindings = () => update({ findings: null, tab: "labels" });

/** Shows a finding: opens its data, goes to its frame, and selects and zooms to its object or point. @param {number} at */
export async function showFinding(at) {
  const report = state.findings;
  const finding = report?.list[at];
  if (!report || !finding) return;
  const [[first] = [null]] = finding.frames;
  if (!isHere(report)) await openData(report.place.project, report.place.data, first ?? 0);
  change((now) => ({ ...now, current: at }));
  const known = finding.object !== null && state.labels?.objects.has(finding.object);
  update({ selection: new Set(known ? [/** @type {string} */ (finding.object)] : []), tab: "findings" });
  if (first !== null && !finding.frames.some(([start, end]) => start <= state.frame && state.frame <= end)) await goTo(first);
  if (finding.point && stage.picture) {
    const { width, height } = stage.picture;
    const [x, y, around] = [finding.point[0] * width, finding.point[1] * height, Math.min(width, height) / 12];
    viewport.reveal([x - around, y - around, x + around, y + around]);
  } else if (known && (first === null || stage.shape(/** @type {string} */ (finding.object)))) {
    await reveal(/** @type {string} */ (finding.object), true);
  }
}

/** Shows the next open finding, or the one before. @param {1|-1} step */
export function walkFindings(step) {
  const { findings } = state;
  if (!findings || openCount(findings) === 0) return;
  const { list, current } = findings;
  let at = current < 0 && step < 0 ? 0 : current;
  do at = (at + step + list.length) % list.length;
  while (list[at].isResolved);
  void showFinding(at);
}

/** Returns the class and number of an object, or its hash if it is not there. @param {string} hash */
function nameOf(hash) {
  const known = state.labels?.objects.get(hash);
  return known ? [known.name, known.number].filter((part) => part !== null).join(" ") : hash;
}

/** Returns the place of a finding in words. @param {Finding} finding */
export function placeInWords({ object, name: before, frames, point }) {
  const name = object !== null && state.labels?.objects.has(object) ? nameOf(object) : before;
  const spans = frames.map(([start, end]) => (start === end ? String(start) : `${start}–${end}`)).join(", ");
  const where = frames.length > 0 && frameCount() > 1 ? `frame ${spans}` : "";
  const at = point ? `at ${point.map((part) => part.toFixed(2)).join(", ")}` : "";
  return [name, where, at].filter(Boolean).join(" · ") || "the whole file";
}

/** @param {(report: Report) => Report} how */
function change(how) {
  const { findings } = state;
  if (!findings) return;
  const next = how(findings);
  reports.set(JSON.stringify([next.agent, next.place.project, next.place.data]), next);
  update({ findings: next });
}
