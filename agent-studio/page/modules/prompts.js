// The model tool: points and boxes as prompts of an agent, whose result is shown until it is accepted.

import { callQuietly, isSameRow } from "./agent-call.js";
import { inside } from "./bounds.js";
import { draggedShape, drawnPoint } from "./drawn-shapes.js";
import { edit, saveDryRun, takeBack } from "./edits.js";
import { canPreview, noteRefusedPreview, promptAgent } from "./prompt-agent.js";
import { promptClasses, promptsOf } from "./prompt-classes.js";
import { cancelPrompt } from "./prompt-overlay.js";
import { succeeded } from "./outcome.js";
import { isLocked } from "./shown-objects.js";
import { stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { complain, inform } from "./toasts.js";

export { cancelPrompt, dragPrompt } from "./prompt-overlay.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {{hash: string, sign: "+"|"-"|""}} Prompt an object that exists until the result is accepted or discarded
 * @typedef {import("./agent-call.js").Call} Call
 * @typedef {Object} Prompting the prompts of one object; they belong to one frame of one row
 * @property {number} number of the prompting
 * @property {import("./row.js").OpenRow} row
 * @property {number} frame
 * @property {Prompt[]} prompts
 * @property {string?} refined hash of the mask or polygon that is refined; null for a new object
 * @property {string[]} results hashes of what an agent added that cannot do dry runs
 * @property {number[]} calls numbers of the calls
 * @property {Call?} call the call for these prompts; null until it has ended
 * @property {boolean} isCalling
 */

/** Names of the steps that are no steps of their own in the end. */
const STEPS = { add: "Add a prompt", drop: "Remove a prompt", dropAll: "Remove the prompts", clear: "Remove the earlier result" };
/** Minimum side of a box, in screen pixels. A smaller one is a click. */
const LEAST = 4;

let promptings = 0;
/** True if prompts have changed since the running call began. */
let isOutdated = false;
/** True while calls are made. */
let isAtWork = false;
/** Cancels the running dry run. @type {AbortController?} */
let running = null;
/** The end of the last prompting. @type {Promise<unknown>} */
let ending = Promise.resolve();
/** The selected object for which refining was proposed. @type {string?} */
let proposed = null;

/** Returns the only selected object, if it is a polygon or bitmask on the frame. */
export function refinable() {
  if (state.selection.size !== 1) return null;
  const known = state.labels?.objects.get([...state.selection][0]);
  const canBe = known && ["polygon", "bitmask"].includes(known.shape) && known.on.has(state.frame) && !isLocked(known.hash);
  return canBe ? known : null;
}

/** Adds a point. @param {Point} place @param {boolean} isNegative whether it is not on the object */
export function promptPoint(place, isNegative) {
  const { picture } = stage;
  const { positive, negative } = promptClasses();
  const known = isNegative ? negative : positive;
  if (!picture || !takes("point")) return;
  if (!known) {
    inform(isNegative ? "The ontology has no point class for negative prompts. Add one with \"negative\" in its name." : "The ontology has no point class for prompts.");
    return;
  }
  void add(known.featureHash, drawnPoint(place, picture.width, picture.height), isNegative ? "-" : "+");
}

/** Adds the dragged box. A tiny one is a point. @param {Point} from @param {Point} to */
export function promptBox(from, to) {
  const { picture } = stage;
  const known = promptClasses().box;
  cancelPrompt();
  if (!picture) return;
  const { width, height } = picture;
  const onMedia = ([x, y]) => /** @type {Point} */ ([inside(x / width) * width, inside(y / height) * height]);
  const [[ax, ay], [bx, by]] = [onMedia(from), onMedia(to)];
  if (Math.min(Math.abs(ax - bx), Math.abs(ay - by)) * viewport.view.scale < LEAST) promptPoint(to, state.isNegative);
  else if (!takes("box")) return;
  else if (known) void add(known.featureHash, draggedShape("box", [ax, ay], [bx, by], width, height, known), "");
  else inform("The ontology has no box class for prompts.");
}

/** Returns whether the agent takes such a prompt. Says what it needs otherwise. @param {"point"|"box"} kind */
function takes(kind) {
  const agent = promptAgent()?.agent;
  const taken = agent ? promptsOf(agent) : [];
  if (!agent) inform("Choose the agent that gets the prompts.");
  else if (taken.length === 0) inform(`${agent.name} takes neither points nor boxes. Choose another agent.`);
  else if (!taken.includes(kind)) inform(kind === "point" ? `${agent.name} takes boxes: drag a box around the object.` : `${agent.name} takes points: click a point on the object.`);
  return taken.includes(kind);
}

/** Saves a prompt, and calls the agent. */
async function add(featureHash, coordinates, sign) {
  await ending;
  const { row, shownFrame: frame } = state;
  if (!row || frame === null) return;
  const { number } = state.prompting ?? begin(row, frame);
  const added = await edit(STEPS.add, [{ edit: "addObject", class: featureHash, frame, coordinates }], row);
  const { prompting } = state;
  if (prompting?.number !== number) {
    await remove(row, added ?? [], STEPS.dropAll);
    return;
  }
  if (added) {
    set({ prompts: [...prompting.prompts, { hash: added[0], sign }] });
    await call();
  } else if (prompting.prompts.length === 0) {
    update({ prompting: null });
  }
}

/** @param {import("./row.js").OpenRow} row @param {number} frame @returns {Prompting} */
function begin(row, frame) {
  promptings += 1;
  const refined = state.isRefining ? (refinable()?.hash ?? null) : null;
  const prompting = { number: promptings, row, frame, prompts: [], refined, results: [], calls: [], call: null, isCalling: false };
  update({ prompting });
  return prompting;
}

/** @param {Partial<Prompting>} changes */
const set = (changes) => state.prompting && update({ prompting: { ...state.prompting, ...changes } });

/** Calls the agent, and again as long as prompts change meanwhile. */
async function call() {
  isOutdated = true;
  running?.abort();
  set({ call: null });
  if (isAtWork) return;
  isAtWork = true;
  while (isOutdated && state.prompting) {
    isOutdated = false;
    const { number } = state.prompting;
    set({ isCalling: true });
    await clearResults();
    await callOnce();
    if (state.prompting?.number === number) set({ isCalling: false });
  }
  isAtWork = false;
}

/** Calls the agent as a dry run, if it can do one. */
async function callOnce() {
  const chosen = promptAgent();
  const { prompting } = state;
  if (!chosen || !prompting || isOutdated) return;
  const way = canPreview(chosen) ? "preview" : "editor";
  const objects = [...prompting.prompts.map(({ hash }) => hash), ...(prompting.refined ? [prompting.refined] : [])];
  const canceller = new AbortController();
  // A call that saves is not cancelled: the agent might save nevertheless.
  running = way === "preview" ? canceller : null;
  const done = await callQuietly(chosen.server, chosen.agent, way, objects, canceller.signal);
  running = null;
  // Servers decide who may do dry runs. The next call saves, and what it added is deleted unless it is accepted.
  if (way === "preview" && done?.answer?.status === 403) {
    noteRefusedPreview(chosen);
    isOutdated = true;
  }
  const added = way === "preview" ? [] : (done?.difference?.objects ?? []).filter((one) => one.kind === "added").map((one) => one.hash);
  if (state.prompting?.number !== prompting.number) await forget(prompting.row, added, done);
  else set({ results: added, calls: [...state.prompting.calls, ...(done ? [done.number] : [])], ...(isOutdated ? {} : { call: done }) });
}

/** Deletes what an agent added for prompts that are discarded. @param {import("./row.js").OpenRow} row @param {string[]} added @param {Call?} done */
async function forget(row, added, done) {
  if (!done || added.length === 0) return;
  await remove(row, added, STEPS.clear);
  if (!state.prompting) row.joinLast(isOwn([done.number]), null);
}

/** Deletes what an agent added for earlier prompts. */
async function clearResults() {
  const { prompting } = state;
  if (!prompting || prompting.results.length === 0) return;
  await remove(prompting.row, prompting.results, STEPS.clear);
  set({ results: [] });
}

/** Deletes objects, as far as they still exist. @param {import("./row.js").OpenRow} row @param {string[]} hashes */
function remove(row, hashes, words) {
  return edit(words, (labels) => hashes.filter((hash) => labels.objects.has(hash)).map((objectHash) => ({ edit: "deleteObject", objectHash })), row);
}

/** Returns whether there is a result to accept. @param {Prompting} prompting */
export const hasResult = ({ call: done }) => done?.difference?.isEmpty === false && succeeded(done);

/** Keeps the result, and removes the prompts. @returns {boolean} whether there were prompts */
export function acceptResult() {
  const { prompting } = state;
  if (!prompting) return false;
  if (!prompting.isCalling && hasResult(prompting)) ending = accept(prompting).catch(complain);
  return true;
}

/** @param {Prompting} prompting */
async function accept(prompting) {
  const { row, call: done, number } = prompting;
  if (!done) return;
  if (done.way === "preview") {
    if (!isSameRow(done, row)) await call();
    const ended = state.prompting;
    if (ended?.number !== number || !ended.call || !hasResult(ended)) return;
    // Clicks begin another prompting from here on.
    update({ prompting: null });
    const isSaved = await saveDryRun(row, ended.call, () => ({ text: "The prompts are kept. Compute the result again, and accept it.", actions: [{ text: "Compute again", act: () => void call() }] }));
    if (!isSaved) {
      if (row.isOpen && !state.prompting) update({ prompting: { ...ended, call: null } });
      return;
    }
    await finish(ended, ended.call);
    return;
  }
  update({ prompting: null });
  await finish(prompting, done);
}

/** Removes the prompts of an accepted result, and selects it. @param {Prompting} prompting @param {Call} done */
async function finish({ row, prompts, calls }, done) {
  const kept = (done.difference?.objects ?? []).filter(({ kind, after }) => kind !== "removed" && after).map(({ hash }) => hash);
  await remove(row, prompts.map(({ hash }) => hash), STEPS.dropAll);
  if (row.joinLast(isOwn([...calls, done.number]), { words: `Agent ${done.agent.name}`, call: done.number })) done.after = row.version;
  if (!row.isOpen) return;
  const selection = new Set(kept.filter((hash) => row.labels.objects.has(hash)));
  // The next object is another one, unless the person chooses to refine this one.
  proposed = [...selection][0] ?? null;
  update({ difference: null, selection, isRefining: false, isNegative: false, tab: "labels", calls: [...state.calls] });
}

/** Returns a predicate of the steps that prompts and calls made. @param {number[]} calls @returns {(step: import("./row.js").Step) => boolean} */
const isOwn = (calls) => ({ words, call: number }) => (number === undefined ? Object.values(STEPS).includes(words) : calls.includes(number));

/** Removes the prompts and the result. @returns {boolean} whether there were prompts */
export function discardPrompts() {
  const { prompting } = state;
  if (!prompting) return false;
  running?.abort();
  update({ prompting: null, difference: null, isNegative: false });
  ending = discard(prompting).catch(complain);
  return true;
}

/** Restores the row as it was before the prompts, or else deletes them. @param {Prompting} prompting */
async function discard({ row, prompts, results, calls }) {
  await takeBack(row, isOwn(calls));
  await remove(row, [...prompts.map(({ hash }) => hash), ...results], STEPS.dropAll);
  row.joinLast(isOwn(calls), null);
}

/** Removes the last prompt. @returns {boolean} whether there were prompts */
export function dropPrompt() {
  const { prompting } = state;
  if (!prompting) return false;
  const last = prompting.prompts.at(-1);
  if (!last || prompting.prompts.length === 1) return discardPrompts();
  set({ prompts: prompting.prompts.slice(0, -1), call: null });
  running?.abort();
  void remove(prompting.row, [last.hash], STEPS.drop).then(call);
  return true;
}

/** Chooses between a new object and the selected one. @param {boolean} isRefining */
export const refine = (isRefining) => update({ isRefining });

/** Discards prompts when another frame, row or tool is shown, and calls another agent when it is chosen. */
export function watchPrompts() {
  on(["row", "shownFrame", "tool"], () => {
    const { prompting, row, shownFrame, tool } = state;
    if (prompting && (prompting.row !== row || prompting.frame !== shownFrame || tool !== "model")) discardPrompts();
  });
  on(["promptAgent"], () => state.prompting && void call());
  on(["tool", "selection"], () => {
    const one = state.tool === "model" && state.selection.size === 1 ? [...state.selection][0] : null;
    if (one === proposed || state.prompting) return;
    proposed = one;
    update({ isRefining: one !== null });
  });
  on(["prompting"], () => {
    if (state.prompting) window.addEventListener("beforeunload", confirmLeaving);
    else window.removeEventListener("beforeunload", confirmLeaving);
  });
}

/** Asks before the page is left with prompts, which are objects of the row until they are accepted or discarded. @param {Event} event */
const confirmLeaving = (event) => event.preventDefault();
