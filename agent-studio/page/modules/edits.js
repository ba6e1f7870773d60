// Edits, undo and redo. One after the other: each is made on the row that the one before left.

import * as api from "./api.js";
import { place, reload, take } from "./open.js";
import { during } from "./progress.js";
import { on, state, update } from "./state.js";
import { clearToasts, complain, inform } from "./toasts.js";

/** @typedef {{words: string, before: string?}} Step what was done, and the version before it */

/** @type {Step[]} */
let done = [];
/** @type {Step[]} */
let undone = [];
/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/** How many steps can be undone. */
const MOST = 100;

/** Other data, or somebody else's save: what was done before cannot be undone over it. */
export function forgetSteps() {
  done = [];
  undone = [];
  publish();
}

function publish() {
  const words = (steps) => steps.map((step) => step.words);
  update({ history: { at: state.history.at, undo: words(done), redo: words(undone) } });
}

/** Notes that the row became another, so that this can be undone. */
export function noteStep(words, before) {
  done = [...done.slice(1 - MOST), { words, before }];
  undone = [];
  publish();
}

/**
 * Makes edits and saves them.
 * @param {string} words what is done: "Draw Car"
 * @param {object[]} edits as `/page/api/edits` takes them
 * @returns {Promise<string[]?>} the hashes of what was added; null if it was refused
 */
export function edit(words, edits) {
  return inTurn(async () => {
    const before = state.version;
    const answer = await save(() => api.edit(place(), before, edits));
    if (!answer) return null;
    take(answer);
    update({ difference: null });
    if (answer.version !== before) noteStep(words, before);
    return answer.added;
  });
}

/** Undoes the last step. */
export const undo = () => turnBack(() => done, () => undone, "Undone");

/** Does again what was undone last. */
export const redo = () => turnBack(() => undone, () => done, "Done again");

function turnBack(from, to, words) {
  return inTurn(async () => {
    const step = from().at(-1);
    if (!step) return false;
    const now = state.version;
    const answer = await save(() => api.restore(place(), now, step.before));
    if (!answer) return false;
    from().pop();
    to().push({ words: step.words, before: now });
    renameVersion(step.before, answer.version);
    take(answer);
    update({ difference: null, tab: "labels" });
    publish();
    clearToasts();
    inform(`${words}: ${step.words}`);
    return true;
  });
}

/** A text that was put back is the same labels under another version. */
function renameVersion(old, now) {
  for (const step of [...done, ...undone]) if (step.before === old) step.before = now;
}

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(work) {
  const turn = queue.then(work);
  queue = turn.catch(() => undefined);
  return turn;
}

/** @template T @param {() => Promise<T>} request @returns {Promise<T?>} */
async function save(request) {
  update({ saveState: "saving", saveProblem: "" });
  try {
    return await during("Saving…", request);
  } catch (error) {
    const problem = /** @type {api.Refused} */ (error);
    if (problem.reason === "changed") {
      forgetSteps();
      await reload().catch(complain);
      complain(new api.Refused(409, `${problem.message} The page shows what is there now.`));
    } else {
      update({ saveState: "failed", saveProblem: problem.message });
      complain(problem);
    }
    return null;
  }
}

/** Takes note of other data being opened. */
export function watchSteps() {
  let at = state.history.at;
  on(["history"], () => {
    if (state.history.at === at) return;
    at = state.history.at;
    forgetSteps();
  });
}

/** Until everything that was begun is saved or refused. */
export const settled = () => queue;
