// Announcements of keyboard input on the image: shown on the stage, and read out by screen readers.

import { byId, el } from "./dom.js";
import { state } from "./state.js";

/** Delay of announcements, so that a screen reader says where a held arrow key ended, in milliseconds. */
const DELAY = 150;
/** Display time of an announcement without a cursor, in milliseconds. */
const STAYS = 6000;

const text = el("p", { id: "announcement", role: "status" });
let waiting = 0;

/** Inserts the announcements into the stage. */
export function placeAnnouncements() {
  byId("stage").append(text);
}

/** Announces a text; an empty one hides the last. Without a cursor it disappears after a while. @param {string} words */
export function announce(words) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    text.textContent = words;
    if (words !== "" && !state.cursor) waiting = setTimeout(() => (text.textContent = ""), STAYS);
  }, words === "" ? 0 : DELAY);
}
