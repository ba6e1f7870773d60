// The classifications of the frame, and a line to add one.

import { fields } from "./attributes.js";
import { button, el } from "./dom.js";
import { edit } from "./edits.js";
import { frameCount, isRanged } from "./open.js";
import { inWords } from "./ranges.js";
import { state } from "./state.js";

/** @param {HTMLElement} section */
export function showClassifications(section) {
  const { frame, labels, ontology } = state;
  if (!labels || !ontology) return;
  const there = labels.classificationsOn(frame);
  const free = ontology.classifications.filter((one) => !there.some((other) => other.featureHash === one.featureHash));
  section.hidden = ontology.classifications.length === 0 && there.length === 0;
  section.replaceChildren(
    el("h2", null, "Classifications", el("small", null, String(there.length))),
    ...there.map((one) => classification(one, labels)),
    ...free.map((known) => empty(known)),
  );
}

function classification(one, labels) {
  const { frame, ontology } = state;
  const known = ontology?.classification(one.featureHash);
  const answers = labels.classificationAnswers(one.hash);
  const give = (attribute, answer) => edit(`Answer ${attribute.name}`, [{ edit: "answerClassification", classificationHash: one.hash, attribute: attribute.featureHash, answer }]);
  const remove = () => edit(`Remove ${one.name}`, [one.everywhere || isRanged()
    ? { edit: "deleteClassification", classificationHash: one.hash }
    : { edit: "removeClassification", classificationHash: one.hash, frames: [[frame, frame]] }]);
  const where = one.everywhere ? "whole file" : frameCount() > 1 ? inWords(one.ranges) : "";
  return el("article", { "data-hash": one.hash },
    ...(known ? fields(known.attributes, answers, give) : [el("p", null, one.name)]),
    el("p", { class: "foot" }, el("small", null, where),
      one.everywhere || frameCount() < 2 ? null : button(state.data?.dataType === "video" ? "Whole video" : "All frames", () => edit(`${one.name} everywhere`, [{ edit: "placeClassification", classificationHash: one.hash, frames: [[0, frameCount() - 1]] }]), { class: "link", title: "Put it on every frame" }),
      button("Remove", remove, { class: "link" })));
}

/** A class that is not answered here yet: answering its first attribute adds it. @param {import("./ontology.js").ClassificationClass} known */
function empty(known) {
  const [first] = known.attributes;
  if (!first) return null;
  const { frame } = state;
  const frames = known.global || isRanged() ? null : [[frame, frame]];
  const give = (_attribute, answer) => answer !== null && edit(`Classify ${known.name}`, [{ edit: "classify", class: known.featureHash, answer, frames }]);
  return el("article", { class: "unanswered" }, ...fields([first], new Map(), give));
}
