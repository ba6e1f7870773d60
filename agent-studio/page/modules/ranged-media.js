// Audio, texts and documents, as far as the browser can display them, with their labels.

import { button, byId, el, fill, swatch } from "./dom.js";
import { edit } from "./edits.js";
import { on, state } from "./state.js";
import { complain } from "./toasts.js";

/** Maximum length of the displayed text, in characters. */
const SHOWN = 200_000;

/** @type {HTMLAudioElement?} */
let audio = null;
let text = "";

export function placeRangedMedia() {
  const box = el("section", { class: "ranged", hidden: true });
  byId("stage").append(box);
  on(["row"], () => void open(box));
  on(["labels", "selection"], () => showText(box));
}

/** Goes to a time of the audio or a character of the text. @param {number} at */
export function seekTo(at) {
  if (audio) audio.currentTime = at / 1000;
  document.querySelector(`.text [data-from="${at}"]`)?.scrollIntoView({ block: "center" });
}

async function open(box) {
  const { data, units } = state;
  audio = null;
  text = "";
  fill(box);
  const kind = data?.dataType ?? "";
  box.hidden = !["audio", "plain_text", "time_series", "pdf", "dicom", "nifti", "group", "scene"].includes(kind);
  box.classList.toggle("beside", kind === "pdf");
  if (box.hidden || !data) return;
  const url = units[0]?.url;
  if (kind === "audio") {
    audio = /** @type {HTMLAudioElement} */ (el("audio", { controls: true, src: url ?? undefined, preload: "metadata" }));
    fill(box, el("h2", null, data.title), url ? audio : noFile(), newRange("Speech"));
  } else if (kind === "plain_text" && url) {
    fill(box, el("h2", null, data.title), el("pre", { class: "text", tabindex: "0" }), newRange("text"));
    const { row } = state;
    try {
      const read = await (await fetch(url)).text();
      if (!row?.isOpen) return;
      text = read;
    } catch {
      complain(new Error("The text could not be read."));
    }
    showText(box);
  } else {
    const link = url && el("a", { href: url, target: "_blank", rel: "noopener" }, "Open the file in a new tab");
    const hint = kind === "pdf" ? "Labels are drawn on an empty page." : "This page does not show such data. Its labels are listed beside it, and agents can be triggered on it.";
    fill(box, el("h2", null, data.title), el("p", { class: "soft" }, hint), link ? el("p", null, link) : noFile());
  }
}

const noFile = () => el("p", { class: "soft" }, "This project has no file for it.");

/** Renders the form that labels a range. */
function newRange(kind) {
  const shape = state.data?.dataType === "audio" ? "audio" : "text";
  const classes = (state.ontology?.objects ?? []).filter((one) => one.shape === shape);
  if (classes.length === 0) return null;
  const choice = el("select", { "aria-label": "Class" }, ...classes.map((one) => el("option", { value: one.featureHash }, one.name)));
  const [first, last] = ["From", "To"].map((name) => el("input", { type: "number", min: "0", max: String((state.data?.frames ?? 1) - 1), "aria-label": name, placeholder: name }));
  const add = () => edit(`Label ${kind}`, [{ edit: "addRange", class: choice.value, ranges: [[Number(first.value), Number(last.value)]] }]);
  const unit = shape === "audio" ? "milliseconds" : "characters";
  return el("div", { class: "new-range" }, choice, first, last, el("span", { class: "soft" }, unit), button("Add", add));
}

/** Renders the text with its labelled ranges. */
function showText(box) {
  const place = box.querySelector(".text");
  if (!place || !state.labels) return;
  const letters = Array.from(text.slice(0, SHOWN));
  const objects = [...state.labels.objects.values()].filter((one) => one.on.size === 0);
  const cuts = new Set([0, letters.length]);
  for (const { ranges } of objects) {
    for (const [first, last] of ranges) {
      cuts.add(Math.min(first, letters.length));
      cuts.add(Math.min(last + 1, letters.length));
    }
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  const parts = sorted.slice(0, -1).map((from, number) => {
    const words = letters.slice(from, sorted[number + 1]).join("");
    const over = objects.filter((one) => one.ranges.some(([first, last]) => first <= from && from <= last));
    if (over.length === 0) return words;
    const mark = el("mark", { "data-from": String(from), title: over.map((one) => one.name).join(", ") }, swatch(over[0].colour), words);
    mark.style.setProperty("border-color", over[0].colour);
    mark.classList.toggle("selected", over.some((one) => state.selection.has(one.hash)));
    return mark;
  });
  place.replaceChildren(...parts);
}
