// Detects what others do with the open data: saves of the displayed labels, and moves of the task.

import * as api from "./api.js";
import { isAgentAtWork } from "./attribution.js";
import { reload } from "./edits.js";
import { listProjects } from "./open.js";
import { state } from "./state.js";
import { complain, inform } from "./toasts.js";

/** Interval between checks, in milliseconds. */
const OFTEN = 4000;

/** Checks at intervals, and when the window gets the focus. */
export function watchFreshness() {
  setInterval(look, OFTEN);
  window.addEventListener("focus", look);
}

async function look() {
  const { row } = state;
  // The changes of a running agent are read when it has responded.
  const isBusy = () => !row?.isOpen || document.hidden || row.saving.state === "saving" || isAgentAtWork(row.place);
  if (!row || isBusy()) return;
  const known = row.version;
  let version;
  let stage;
  try {
    ({ version, stage } = await api.version(row.place));
  } catch {
    return; // The next thing that the person does will say so.
  }
  await noteStage(row, stage).catch(complain);
  if (isBusy() || row.version !== known || version === known) return;
  row.forgetSteps();
  await reload(row).then(() => inform("These labels were saved elsewhere. The page shows what is there now.")).catch(complain);
}

/** Shows the stage of the open task, if somebody else moved it. @param {import("./row.js").OpenRow} row @param {string?} stage */
async function noteStage(row, stage) {
  const known = state.data?.stage ?? null;
  if (!row.isOpen || stage === known) return;
  await listProjects();
  if (row.isOpen && known !== state.data?.stage) inform(`The task is in stage ${state.data?.stage} now`);
}
