// Whether somebody else saved the labels that are shown.

import * as api from "./api.js";
import { forgetSteps } from "./edits.js";
import { place, reload } from "./open.js";
import { state } from "./state.js";
import { complain, inform } from "./toasts.js";

/** How often is asked, in milliseconds. */
const OFTEN = 4000;

/** Whether an agent is at work: what it saves is taken in when it has answered. */
let isPaused = 0;

/** Does not look while the work goes on. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export async function withoutLooking(work) {
  isPaused += 1;
  try {
    return await work();
  } finally {
    isPaused -= 1;
  }
}

/** Looks now and then, and when the window is looked at again. */
export function watchFreshness() {
  setInterval(look, OFTEN);
  window.addEventListener("focus", look);
}

async function look() {
  if (!state.data || document.hidden || isPaused > 0 || state.saveState === "saving") return;
  const [data, known] = [state.data.dataHash, state.version];
  let version;
  try {
    ({ version } = await api.version(place()));
  } catch {
    return; // The next thing that the person does will say so.
  }
  const isStill = state.data?.dataHash === data && state.version === known && isPaused === 0 && state.saveState !== "saving";
  if (!isStill || version === known) return;
  forgetSteps();
  await reload().then(() => inform("These labels were saved elsewhere. The page shows what is there now.")).catch(complain);
}
