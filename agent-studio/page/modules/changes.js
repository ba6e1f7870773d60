// The changes of an agent, object by object.

import { applyPreview, canApply } from "./agent-call.js";
import { button, el, fill, swatch } from "./dom.js";
import { inWords } from "./difference.js";
import { undoStep } from "./edits.js";
import { frameCount, goTo } from "./open.js";
import { callInWords, canUndo, duration } from "./outcome.js";
import { acceptResult, discardPrompts } from "./prompts.js";
import { ofFrames, inWords as rangesInWords } from "./ranges.js";
import { reveal, selectObject } from "./selection.js";
import { state, update } from "./state.js";

/** Maximum number of listed changes. */
const MOST = 300;

/** @param {HTMLElement} panel */
export function showChanges(panel) {
  const { difference, calls, showDifference } = state;
  if (!difference) {
    fill(panel, el("p", { class: "empty" }, "When an agent changes labels, this lists what it added, removed and moved."));
    return;
  }
  const call = calls.find((one) => one.difference === difference);
  const all = [...difference.objects, ...difference.classifications];
  const shown = el("label", { class: "switch" },
    el("input", { type: "checkbox", checked: showDifference, onchange: (event) => update({ showDifference: event.target.checked }) }), "Draw on the image",
    el("span", { class: "legend" }, el("i", { class: "before" }), "before", el("i", { class: "after" }), "after"));
  fill(panel,
    el("header", { class: "panel-head" },
      el("h2", null, call ? callInWords(call) : "Changes"),
      el("p", { class: "soft" }, [inWords(difference), call && canApply(call) && "nothing saved", call && duration(call.milliseconds)].filter(Boolean).join(" · ")),
      el("div", { class: "actions" }, ...(call && canApply(call) ? previewButtons(call) : [call && undoButton(call), button("Done", close, { title: "Take the outlines off the image" })])), shown),
    el("ul", { class: "changes" }, ...all.slice(0, MOST).map((change) => entry(change))),
    all.length > MOST && el("p", { class: "empty" }, `${all.length - MOST} more.`),
  );
}

const close = () => update({ difference: null, tab: "labels" });

function previewButtons(call) {
  const isPrompted = () => state.prompting?.call === call;
  return [
    button("Apply", () => void (isPrompted() ? acceptResult() : applyPreview(call)), { class: "main", title: "Saves exactly these changes. The agent does not run again" }),
    button("Discard", () => void (isPrompted() ? discardPrompts() : close()), { title: "Takes the outlines off the image. Nothing was saved" }),
  ];
}

function undoButton(call) {
  const can = canUndo(call);
  const isUndone = call.after !== null && !can;
  return button("Undo what the agent did", () => undoStep(), {
    class: "main", disabled: !can,
    title: isUndone ? "The labels were changed since: undo that first." : "Puts the labels back as they were before the call (Ctrl+Z)",
  });
}

function entry(change) {
  const frames = change.frames.length > 0 && frameCount() > 1 ? `frame ${rangesInWords(ofFrames(change.frames))}` : "";
  const open = async () => {
    if (change.frames.length > 0 && !change.frames.includes(state.frame)) await goTo(change.frames[0]);
    if (!change.after) return;
    selectObject(change.hash, false);
    update({ tab: "changes" });
    await reveal(change.hash);
  };
  return el("li", { class: change.kind }, el("button", { type: "button", onclick: open, "data-hash": change.hash },
    el("span", { class: "title" }, swatch(change.colour), el("b", null, change.name), el("em", null, change.kind)),
    el("small", null, [...change.details, frames].filter(Boolean).join(" · "))));
}
