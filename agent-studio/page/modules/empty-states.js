// Messages on the stage when there is nothing to show.

import { button, byId, el, fill } from "./dom.js";
import { addOverlay, stage } from "./stage.js";
import { on, state } from "./state.js";

/** @type {HTMLElement} */
const box = el("div", { class: "nothing", hidden: true });
let shown = "";

export function placeEmptyStates() {
  byId("stage").append(box);
  on(["projects", "data", "unknown"], show);
  addOverlay(show);
}

/** Shows that the studio does not respond. @param {Error} error */
export function showBroken(error) {
  say("The page has nothing to show", error.message, () => location.reload());
}

function show() {
  if (!state.projects) return;
  const problem = state.data ? stage.picture?.problem : undefined;
  if (state.projects.length === 0) say("No project", "Start the studio with a project's folder, and reload this page.");
  else if (state.unknown) say("Unknown data", state.unknown);
  else if (!state.data && hasData()) say("", "");
  else if (!state.data) say("No data", "Put images or videos into the project's data folder, and reload this page.");
  else if (problem) say("", `${problem} Its labels can be seen and edited all the same.`);
  else say("", "");
}

/** Returns whether there is data to open. */
const hasData = () => (state.projects ?? []).some((project) => project.data.length > 0);

function say(title, text, retry) {
  if (`${title}${text}` === shown) return;
  shown = `${title}${text}`;
  box.hidden = text === "";
  // Next to labels it is a hint instead of a full page.
  box.classList.toggle("hint", title === "");
  fill(box, title && el("h2", null, title), el("p", null, text), retry && button("Try again", retry));
}
