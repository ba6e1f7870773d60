// The classifications of the frame, and a line to add one.

import { Fields } from "./attributes.js";
import { button, el, fill } from "./dom.js";
import { edit } from "./edits.js";
import { Kept } from "./kept.js";
import { frameCount, isRanged } from "./open.js";
import { inWords } from "./ranges.js";
import { state } from "./state.js";

const fields = new Fields();
/** The elements that hold the fields. @type {Kept<HTMLElement>} */
const articles = new Kept();

/** @param {HTMLElement} section */
export function showClassifications(section) {
  const { frame, labels, ontology } = state;
  if (!labels || !ontology) return;
  const there = labels.classificationsOn(frame);
  section.hidden = ontology.classifications.length === 0 && there.length === 0;
  fields.begin();
  articles.begin();
  // In the order of the ontology, so that answering a class does not move it.
  const known = ontology.classifications.flatMap((one) => {
    const own = there.filter((other) => other.featureHash === one.featureHash);
    return own.length > 0 ? own.map((other, number) => classification(other, labels, number)) : [empty(one)];
  });
  const others = there.filter((one) => !ontology.classification(one.featureHash));
  fill(section,
    el("h2", null, "Classifications", el("small", null, String(there.length))),
    ...known, ...others.map((one, number) => classification(one, labels, number)),
  );
}

/** The first of a class has the fields that the class had before it was answered, so that they keep the focus. */
const ownerOf = (featureHash, number) => `${state.data?.dataHash}/${featureHash}/${number}`;

function article(owner, properties, ...children) {
  const element = articles.of(owner, () => el("article", null));
  element.className = properties.class ?? "";
  element.dataset.hash = properties.hash ?? "";
  fill(element, ...children);
  return element;
}

function classification(one, labels, number) {
  const { frame, ontology } = state;
  const known = ontology?.classification(one.featureHash);
  const answers = labels.classificationAnswers(one.hash);
  const give = (attribute, answer) => edit(`Answer ${attribute.name}`, [{ edit: "answerClassification", classificationHash: one.hash, attribute: attribute.featureHash, answer }]);
  const remove = () => edit(`Remove ${one.name}`, [one.everywhere || isRanged()
    ? { edit: "deleteClassification", classificationHash: one.hash }
    : { edit: "removeClassification", classificationHash: one.hash, frames: [[frame, frame]] }]);
  const owner = ownerOf(one.featureHash, number);
  const where = one.everywhere ? "whole file" : frameCount() > 1 ? inWords(one.ranges) : "";
  return article(owner, { hash: one.hash },
    !known && el("p", null, one.name),
    ...fields.of({ owner, answers, give }, known?.attributes ?? []),
    el("p", { class: "foot" }, el("small", null, where),
      one.everywhere || frameCount() < 2 ? null : button(state.data?.dataType === "video" ? "Whole video" : "All frames", () => edit(`${one.name} everywhere`, [{ edit: "placeClassification", classificationHash: one.hash, frames: [[0, frameCount() - 1]] }]), { class: "link", title: "Put it on every frame" }),
      button("Remove", remove, { class: "link" })));
}

/** A class that is not answered here yet: answering its first attribute adds it. @param {import("./ontology.js").ClassificationClass} known */
function empty(known) {
  const [first] = known.attributes;
  if (!first) return null;
  const { frame } = state;
  const owner = ownerOf(known.featureHash, 0);
  const frames = known.global || isRanged() ? null : [[frame, frame]];
  const give = (attribute, answer) => edit(`Classify ${known.name}`, (labels) => {
    // An answer that was given a moment ago may have added it meanwhile.
    const there = labels.classificationsOn(frame).find((one) => one.featureHash === known.featureHash);
    if (there) return [{ edit: "answerClassification", classificationHash: there.hash, attribute: attribute.featureHash, answer }];
    return answer === null ? [] : [{ edit: "classify", class: known.featureHash, answer, frames }];
  });
  return article(owner, { class: "unanswered" }, ...fields.of({ owner, answers: new Map(), give }, [first]));
}
