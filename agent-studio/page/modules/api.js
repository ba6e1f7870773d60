// Client of the page's JSON API.

/**
 * @typedef {{user: string, agentServers: {url: string, title: string, secretFrom: string?, canSign: boolean}[],
 *   version: string, hasDevStatus: boolean, canSaveCases: boolean, recordsModels: boolean}} Session
 * @typedef {Object} Data data unit in the listing
 * @property {string} dataHash
 * @property {string} title
 * @property {string} dataType as a label row writes it: `img_group`
 * @property {string?} mime
 * @property {number} frames frames, pages, milliseconds or characters
 * @property {number?} framesPerSecond
 * @property {number?} duration seconds
 * @property {number?} width pixels
 * @property {number?} height pixels
 * @property {number?} size bytes
 * @property {string?} stage title of the workflow stage
 * @property {string} labelStatus
 * @property {boolean} labelled whether there is an object or a classification
 * @property {string?} lastEditedAt
 * @property {string[]} branches
 * @typedef {Object} Stage stage of a workflow
 * @property {string} title
 * @property {"ANNOTATION"|"REVIEW"|"CONSENSUS_ANNOTATION"|"CONSENSUS_REVIEW"|"AGENT"|"DONE"} kind
 * @property {string[]} pathways titles; of an agent stage
 * @property {boolean} hasNext whether tasks can be submitted or approved
 * @property {boolean} hasRejected whether tasks can be rejected
 * @typedef {{projectHash: string, title: string, description: string, stages: Stage[], data: Data[]}} Project
 * @typedef {{dataHash: string, title: string, mime: string?, width: number?, height: number?, url: string?}} MediaUnit
 * @typedef {{data: Data, units: MediaUnit[], labelHash: string?, version: string?, row: any}} Opened
 * @typedef {{project: string, data: string, branch?: string}} Place
 * @typedef {Object} DevState state of `agent-studio dev`
 * @property {number} revision
 * @property {{state: "running"} | {state: "succeeded", seconds: number} |
 *   {state: "failed", seconds: number, errors: import("./dev-status.js").CompilerError[]}} build
 * @property {{state: "waiting"|"starting"|"running"|"draining"|"stopped"} |
 *   {state: "exited", reason: string, output: string[], retrySeconds: number}} server
 * @property {number} starts number of times that the agents became ready
 */

/** An error response of the page's server. */
export class Refused extends Error {
  /**
   * @param {number} status 0 without a response
   * @param {string} message
   * @param {string} [reason] "changed": somebody saved meanwhile
   */
  constructor(status, message, reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/**
 * @param {string} path below `/page/api/`
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(`/page/api/${path}`, options);
  } catch {
    throw new Refused(0, "The studio does not answer. Is it still running?");
  }
  const text = await response.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refused(response.status, `The studio answered ${response.status} with something that is no JSON.`);
  }
  if (!response.ok) throw new Refused(response.status, body.message ?? `The studio answered ${response.status}.`, body.reason);
  return body;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** @param {Place} place */
const query = (place) => new URLSearchParams(/** @type {Record<string, string>} */ (place)).toString();

/** @returns {Promise<Session>} */
export const session = () => ask("session");

/** Waits for the next state of `agent-studio dev`. @param {number?} known revision of the last one @returns {Promise<DevState>} */
export const devStatus = (known) => ask(known === null ? "dev-status" : `dev-status?after=${known}`);

/** @returns {Promise<{projects: Project[]}>} */
export const projects = () => ask("projects");

/** The structure of a project's ontology. @param {string} project */
export const ontology = (project) => ask(`ontology?${new URLSearchParams({ project })}`);

/** The Rust paths of the ontology's items by feature hash. @param {string} project */
export const rustPaths = (project) => ask(`rust-paths?${new URLSearchParams({ project })}`);

/** Opens data: media, label row and version. @param {Place} place @returns {Promise<Opened>} */
export const open = (place) => ask(`data?${query(place)}`);

/** Returns the current version of the label row, and the stage of the task. @param {Place} place @returns {Promise<{version: string?, stage: string?, models: number[]?}>} */
export const version = (place) => ask(`version?${query(place)}`);

/**
 * Applies edits to the row of this version, and saves it.
 * @param {Place} place
 * @param {string?} known the version that the page knows
 * @param {object[]} edits
 * @returns {Promise<{added: string[], version: string, row: any}>}
 */
export const edit = (place, known, edits) => post("edits", { ...place, version: known, edits });

/**
 * Restores an earlier document of the row.
 * @param {Place} place
 * @param {string?} known the version that the page knows
 * @param {string?} to the version to go back to; null for the time before there was a row
 * @returns {Promise<{version: string, row: any}>}
 */
export const restore = (place, known, to) => post("restore", { ...place, version: known, to });

/**
 * Saves the changes of a dry run.
 * @param {Place} place
 * @param {string?} known the version that the agent read
 * @param {string} response body of the agent's response, as text
 * @returns {Promise<{version: string, row: any}>}
 */
export const applyPreview = (place, known, response) => post("preview", { ...place, version: known, response });

/**
 * Lets the backend call an agent, signed.
 * @param {{server: string, path: string, body: string, trace: string}} call
 */
export const signedCall = (call) => post("signed-call", call);

/**
 * Saves a call as a test.
 * @param {Place} place
 * @param {{name: string, agent: string, payload: string, status: number, body: string, before: string?, after: string?}} call with
 *   the versions of the label row before and after
 * @returns {Promise<{folder: string}>}
 */
export const saveCase = (place, call) => post("cases", { ...place, ...call });

/**
 * Moves the task of data to another stage.
 * @param {Place} place
 * @param {"follow"|"submit"|"approve"|"reject"} action
 * @param {string} [pathway] title of the pathway to follow
 * @returns {Promise<{stage: string}>}
 */
export const moveTask = (place, action, pathway) => post("task", { ...place, action, pathway });
