// Detects saves of the displayed labels by others.

import * as api from "./api.js";
import { isAgentAtWork } from "./attribution.js";
import { reload } from "./edits.js";
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
  try {
    ({ version } = await api.version(row.place));
  } catch {
    return; // The next thing that the person does will say so.
  }
  if (isBusy() || row.version !== known || version === known) return;
  row.forgetSteps();
  await reload(row).then(() => inform("These labels were saved elsewhere. The page shows what is there now.")).catch(complain);
}
