// Progress bar at the top for work that takes noticeably long.

import { byId } from "./dom.js";

/** Delay before the bar is shown, in milliseconds. */
const PATIENCE = 300;

/** @type {{text: string, cancel?: () => void, since: number}[]} */
const running = [];
/** @type {number | undefined} */
let timer;

/**
 * Shows `text` while the work is running, after the delay.
 * @template T
 * @param {string} text what is going on, in words
 * @param {() => Promise<T>} work
 * @param {() => void} [cancel] offered to the person
 * @returns {Promise<T>}
 */
export async function during(text, work, cancel) {
  const entry = { text, cancel, since: performance.now() };
  running.push(entry);
  schedule();
  try {
    return await work();
  } finally {
    running.splice(running.indexOf(entry), 1);
    show();
  }
}

function schedule() {
  if (timer === undefined) timer = setInterval(show, 100);
}

function show() {
  const bar = byId("progress");
  const now = performance.now();
  const entry = running.find((one) => now - one.since >= PATIENCE);
  bar.hidden = !entry;
  if (running.length === 0) {
    clearInterval(timer);
    timer = undefined;
  }
  if (!entry) return;
  const seconds = ((now - entry.since) / 1000).toFixed(1);
  const [text, cancel] = [bar.querySelector("span"), bar.querySelector("button")];
  if (text) text.textContent = `${entry.text} ${seconds} s`;
  if (cancel) {
    cancel.hidden = !entry.cancel;
    cancel.onclick = () => entry.cancel?.();
  }
}
