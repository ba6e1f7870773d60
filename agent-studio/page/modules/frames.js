// Frame controls below the stage: frames of a video, images of a group, pages of a document.

import { button, byId, el, fill } from "./dom.js";
import { frameCount, goTo, isRanged, play, stop } from "./open.js";
import { loopButton } from "./play-loop.js";
import { on, state } from "./state.js";
import { Timeline } from "./timeline.js";

const toggle = button("▶", () => playOrStop(), { class: "quiet icon", "aria-label": "Play" });
const slider = el("input", { type: "range", min: "0", step: "1", value: "0", "aria-label": "Frame", oninput: () => goTo(Number(slider.value)) });
const number = el("input", { type: "number", min: "0", class: "frame-number", "aria-label": "Frame number", onchange: () => goToTyped() });
/** Value of the field while it is not being edited. */
let shown = "0";
const total = el("span", { class: "soft" });
const time = el("span", { class: "soft time" });
const strip = el("div", { class: "strip", role: "listbox", "aria-label": "Images" });
const timeline = new Timeline();

export function placeFrames() {
  byId("frames").append(
    el("div", { class: "frame-control" }, toggle,
      button("‹", () => goTo(state.frame - 1), { class: "quiet icon", "aria-label": "One frame back", title: "One frame back (←)" }),
      button("›", () => goTo(state.frame + 1), { class: "quiet icon", "aria-label": "One frame on", title: "One frame on (→)" }),
      loopButton(), slider, number, total, time),
    strip, timeline.element);
  on(["row", "data"], showData);
  on(["isPlaying"], showPlaying);
  on(["frame"], showFrame);
  on(["labels", "selection", "frame", "data", "loop"], () => timeline.show());
}

/** Plays the video, or stops it. */
export function playOrStop() {
  if (state.isPlaying) stop();
  else if (state.data?.dataType === "video") void play();
}

function showPlaying() {
  toggle.textContent = state.isPlaying ? "⏸" : "▶";
  toggle.setAttribute("aria-label", state.isPlaying ? "Stop" : "Play");
}

/** Goes to the entered frame, or the nearest one, and shows its number in the field. */
function goToTyped() {
  if (number.value.trim() !== "") void goTo(Number(number.value));
  shown = String(state.frame);
  number.value = shown;
}

function showData() {
  const { data } = state;
  const footer = byId("frames");
  footer.hidden = !data || (frameCount() < 2 && !isRanged());
  if (!data) return;
  const control = /** @type {HTMLElement} */ (footer.querySelector(".frame-control"));
  control.hidden = isRanged();
  toggle.hidden = data.dataType !== "video";
  slider.max = String(frameCount() - 1);
  number.max = slider.max;
  total.textContent = `of ${frameCount() - 1}`;
  const isGroup = data.dataType === "img_group";
  strip.hidden = !isGroup;
  fill(strip, ...(isGroup ? state.units.map(thumbnail) : []));
  showFrame();
}

function thumbnail(unit, frame) {
  const image = unit.url ? el("img", { src: unit.url, alt: "", loading: "lazy", decoding: "async" }) : el("span", { class: "no-image" });
  return el("button", { type: "button", role: "option", title: unit.title, "data-frame": String(frame), onclick: () => goTo(frame) }, image, el("small", null, String(frame)));
}

function showFrame() {
  slider.value = String(state.frame);
  // The field is not updated while it is being edited.
  if (document.activeElement !== number || number.value === shown) number.value = String(state.frame);
  shown = String(state.frame);
  const rate = state.data?.framesPerSecond;
  time.textContent = rate ? clock(state.frame / rate) : "";
  for (const one of strip.children) {
    const isShown = Number(/** @type {HTMLElement} */ (one).dataset.frame) === state.frame;
    one.setAttribute("aria-selected", String(isShown));
    if (isShown) one.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** `1:02.40`. @param {number} seconds */
export function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(2).padStart(5, "0")}`;
}
