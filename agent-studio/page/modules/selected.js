// Properties, attributes and actions of the selected objects.

import { Fields } from "./attributes.js";
import { button, el, fill, swatch } from "./dom.js";
import { edit } from "./edits.js";
import { keyframeButtons } from "./keyframe-actions.js";
import { isKeyframe } from "./keyframes.js";
import { shapeInWords } from "./ontology.js";
import { frameCount, isRanged } from "./open.js";
import { inWords } from "./ranges.js";
import { rustPath } from "./rust-path.js";
import { isLocked, toggleHidden, toggleLocked, toggleSolo } from "./shown-objects.js";
import { skeletonPoints } from "./skeleton-points.js";
import { cuboidFields } from "./spatial-cuboid.js";
import { on, state, update } from "./state.js";
import { inform } from "./toasts.js";
import { hasEdges, withoutVertex } from "./vertices.js";

const fields = new Fields();

/** @param {HTMLElement} section */
export function showSelected(section) {
  const { labels, selection } = state;
  const objects = [...selection].map((hash) => labels?.objects.get(hash)).filter((one) => one !== undefined);
  const [only] = objects;
  fields.begin();
  fill(section, !labels || !only ? [] : objects.length === 1 ? ofOne(only, labels) : ofSeveral(objects));
  section.hidden = !labels || !only;
}

function ofSeveral(objects) {
  const classes = new Map();
  for (const one of objects) classes.set(one.name, (classes.get(one.name) ?? 0) + 1);
  const words = [...classes].slice(0, 6).map(([name, count]) => `${count} × ${name}`).join(", ");
  return [el("div", { class: "head" }, el("h2", null, `${objects.length} selected`), actions(objects)), el("p", { class: "soft" }, words)];
}

function ofOne(one, labels) {
  const { frame } = state;
  const known = state.ontology?.object(one.featureHash);
  const title = one.number === null ? one.name : `${one.name} ${one.number}`;
  const entry = one.on.get(frame);
  const give = (attribute, answer, frames) => edit(`Answer ${attribute.name}`, [{
    edit: "answerObject", objectHash: one.hash, attribute: attribute.featureHash, answer,
    ...(attribute.dynamic && !isRanged() ? { frames: [frames ?? [frame, frame]] } : {}),
  }]);
  const hasFrames = !isRanged() && frameCount() > 1 && one.ranges.length > 0;
  const dynamic = hasFrames ? { extent: [one.ranges[0][0], one.ranges[one.ranges.length - 1][1]], held: (attribute) => labels.heldAnswers(one.hash, attribute) } : undefined;
  const subject = { owner: one.hash, answers: labels.answersOf(one.hash, frame), give, dynamic };
  return [
    el("div", { class: "head" }, el("h2", null, swatch(one.colour), title), actions([one])),
    el("dl", null, ...facts(one, entry, frame).flatMap(([name, value]) => [el("dt", null, name), el("dd", null, value)])),
    ...skeletonPoints(entry, frame),
    ...cuboidFields(entry, frame),
    ...(entry || isRanged() ? fields.of(subject, known?.attributes ?? []) : []),
  ];
}

function facts(one, entry, frame) {
  const facts = [["Shape", shapeInWords(one.shape)]];
  const unit = isRanged() ? "Range" : "Frames";
  if (isRanged() || frameCount() > 1) facts.push([unit, inWords(one.ranges)]);
  if (!entry && !isRanged()) facts.push(["Here", `not on frame ${frame}`]);
  else if (state.data?.dataType === "video") facts.push(["Here", isKeyframe(entry) ? "keyframe" : "between keyframes"]);
  const by = entry?.lastEditedBy ?? entry?.createdBy;
  if (by) facts.push(["By", entry.manualAnnotation === false ? `${by}, automatic` : by]);
  if (entry?.confidence !== undefined && entry.confidence !== 1) facts.push(["Confidence", String(entry.confidence)]);
  facts.push(["Hash", el("code", null, one.hash)]);
  const path = state.ontology?.object(one.featureHash)?.rustPath;
  if (path) facts.push(["Rust", rustPath(path)]);
  return facts;
}

function actions(objects) {
  const { frame } = state;
  const hashes = objects.map((one) => one.hash);
  const here = objects.filter((one) => one.on.has(frame));
  const several = !isRanged() && frameCount() > 1;
  const next = frame + 1;
  const onlyHere = here.filter((one) => !one.on.has(next));
  return el("div", { class: "actions" },
    button("Delete", () => deleteObjects(hashes), { title: "Delete from every frame (Delete)" }),
    !isRanged() && button(hashes.every((hash) => state.hidden.has(hash)) ? "Show" : "Hide", toggleHidden, { title: "H; Shift+H shows all" }),
    !isRanged() && button(hashes.every(isLocked) ? "Unlock" : "Lock", toggleLocked, { title: "Q: it cannot be selected or changed on the image" }),
    !isRanged() && button(state.solo ? "Show all" : "Show alone", toggleSolo, { title: "Y" }),
    several && here.length > 0 && button("Take off this frame", () => removeFromFrame(here.map((one) => one.hash))),
    several && next < frameCount() && onlyHere.length > 0 && button("Copy to next frame", () => edit("Copy to the next frame", onlyHere.map(({ hash }) => ({ edit: "copyObject", objectHash: hash, frame, frames: [[next, next]] })))),
    ...keyframeButtons(objects));
}

/** Deletes objects from every frame. @param {string[]} hashes */
export function deleteObjects(hashes) {
  if (hashes.length === 0) return undefined;
  if (hashes.some(isLocked)) {
    inform("A locked object is not deleted. Unlock it first (Q).");
    return undefined;
  }
  const words = hashes.length === 1 ? `Delete ${state.labels?.objects.get(hashes[0])?.name ?? "object"}` : `Delete ${hashes.length} objects`;
  return edit(words, hashes.map((objectHash) => ({ edit: "deleteObject", objectHash })));
}

/** Deletes the selected vertex. @returns {boolean} whether one was selected that can be deleted */
export function deleteVertex() {
  const { shownFrame: frame, vertex } = state;
  if (!vertex || frame === null || !hasEdges(state.labels?.objects.get(vertex.hash)?.on.get(frame) ?? {})) return false;
  update({ vertex: null });
  void edit("Delete a vertex", (labels) => {
    const entry = labels.objects.get(vertex.hash)?.on.get(frame);
    const coordinates = entry && withoutVertex(entry, vertex.at);
    if (entry && !coordinates) inform("A polygon needs three vertices, and a polyline two. Delete the object instead.");
    return coordinates ? [{ edit: "setCoordinates", objectHash: vertex.hash, frame, coordinates }] : [];
  });
  return true;
}

/** Deselects the vertex when its object is no longer selected, or the frame changes. */
export function watchVertex() {
  on(["shownFrame", "row", "tool"], () => update({ vertex: null }));
  on(["selection"], () => state.vertex && !state.selection.has(state.vertex.hash) && update({ vertex: null }));
}

function removeFromFrame(hashes) {
  const frames = [[state.frame, state.frame]];
  return edit(`Take off frame ${state.frame}`, hashes.map((objectHash) => ({ edit: "removeObject", objectHash, frames })));
}
