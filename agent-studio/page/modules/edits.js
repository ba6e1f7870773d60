// Edits, undo and redo, serialized: each applies to the result of the one before.

import * as api from "./api.js";
import { stop } from "./open.js";
import { during } from "./progress.js";
import { state, update } from "./state.js";
import { clearToasts, complain, inform, toast } from "./toasts.js";

/**
 * @typedef {import("./row.js").OpenRow} OpenRow
 * @typedef {{text: string, actions: {text: string, act: () => void}[]}} Advice shown with a refusal
 */

/**
 * Applies edits and saves them. A playing video stops, so that the edited frame stays in sight.
 * @param {string} words the name of the step: "Draw Car"
 * @param {object[] | ((labels: import("./labels.js").Labels) => object[])} edits as `/page/api/edits` takes them; a function
 *   gets the labels that the edits before left
 * @param {OpenRow?} [row] the one that is open, unless the edits belong to another
 * @param {() => Advice} [advice] is asked after a refusal
 * @returns {Promise<string[]?>} the hashes of what was added; null if it was refused
 */
export async function edit(words, edits, row = state.row, advice) {
  if (!row) return null;
  if (row.isOpen) stop();
  return row.inTurn(async () => {
    const before = row.version;
    const list = typeof edits === "function" ? edits(row.labels) : edits;
    if (list.length === 0) return [];
    const answer = await save(row, () => api.edit(row.place, before, list), advice);
    if (!answer) return null;
    row.take(answer, "edit");
    if (row.isOpen) update({ difference: null });
    if (answer.version !== before) row.noteStep({ words, before });
    return answer.added;
  });
}

/**
 * Saves the changes of a dry run as one step.
 * @param {OpenRow} row
 * @param {import("./agent-call.js").Call} call
 * @param {() => Advice} advice is asked after a refusal
 * @returns {Promise<boolean>} whether they are saved
 */
export function saveDryRun(row, call, advice) {
  stop();
  return row.inTurn(async () => {
    const before = row.version;
    const known = call.versions?.before ?? null;
    const answer = await save(row, () => api.applyPreview(row.place, known, call.answer?.body ?? ""), advice);
    if (!answer) return false;
    row.take(answer, call.number);
    row.noteStep({ words: `Agent ${call.agent.name}`, before, call: call.number });
    call.after = row.version;
    return true;
  });
}

/** Undoes the last saved step of the open row. */
export const undoStep = () => turnBack("done", "undone", "Undone");

/** Redoes the last undone step of the open row. */
export const redoStep = () => turnBack("undone", "done", "Redone");

/** @param {"done"|"undone"} from @param {"done"|"undone"} to */
async function turnBack(from, to, words) {
  const { row } = state;
  if (!row) return;
  stop();
  await row.inTurn(async () => {
    const step = row[from].at(-1);
    if (!step) return;
    const now = row.version;
    const answer = await save(row, () => api.restore(row.place, now, step.before));
    if (!answer) return;
    row[from] = row[from].slice(0, -1);
    row[to] = [...row[to], { ...step, before: now }];
    renameVersion(row, step.before, answer.version);
    row.take(answer, "edit");
    if (row.isOpen) update({ difference: null, tab: "labels" });
    clearToasts();
    inform(`${words}: ${step.words}`);
  });
}

/**
 * Takes the last steps of a row back, if they are all that the predicate selects. They cannot be redone.
 * @param {OpenRow} row
 * @param {(step: import("./row.js").Step) => boolean} isOwn
 * @returns {Promise<boolean>} whether they are taken back
 */
export function takeBack(row, isOwn) {
  return row.inTurn(async () => {
    if (!row.joinLast(isOwn, { words: "Prompts" })) return false;
    const [step] = row.done.slice(-1);
    const answer = await save(row, () => api.restore(row.place, row.version, step.before));
    if (!answer) return false;
    row.done = row.done.slice(0, -1);
    renameVersion(row, step.before, answer.version);
    row.take(answer, "edit");
    return true;
  });
}

/** Renames a version in the undo history: restored labels have a new version. @param {OpenRow} row */
function renameVersion(row, old, now) {
  const renamed = (steps) => steps.map((step) => (step.before === old ? { ...step, before: now } : step));
  [row.done, row.undone] = [renamed(row.done), renamed(row.undone)];
}

/** Reads a row again. @param {OpenRow} row @param {import("./row.js").Cause} [cause] of its changes */
export const reload = (row, cause = "elsewhere") => row.inTurn(() => read(row, cause));

async function read(row, cause) {
  row.take(await during("Reading the labels…", () => api.open(row.place)), cause);
}

/**
 * @template T
 * @param {OpenRow} row
 * @param {() => Promise<T>} request
 * @param {() => Advice} [advice]
 * @returns {Promise<T?>}
 */
async function save(row, request, advice) {
  row.setSaving("saving");
  try {
    return await during("Saving…", request);
  } catch (error) {
    const problem = /** @type {api.Refused} */ (error);
    row.setSaving("failed", problem.message);
    let message = row.isOpen ? problem.message : `${row.title}: ${problem.message}`;
    if (problem.reason === "changed") {
      row.forgetSteps();
      await read(row, "elsewhere").catch(complain);
      message += " The page shows what is there now.";
    }
    if (advice) toast({ kind: "bad", title: message, ...advice() });
    else complain(new api.Refused(problem.status, message));
    return null;
  }
}
