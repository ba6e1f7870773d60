// Actions on keyframes of the selected objects of a video: put them on a frame, interpolate between keyframes, go to a keyframe.

import { button } from "./dom.js";
import { edit } from "./edits.js";
import { gapsAround, keyframesOf, nearestFrame } from "./keyframes.js";
import { frameCount, goTo, isRanged } from "./open.js";
import { inWords, merged } from "./ranges.js";
import { state } from "./state.js";
import { inform } from "./toasts.js";

/** @typedef {import("./labels.js").ObjectInstance} ObjectInstance */

/** Returns whether the open data has frames in time. */
const isVideo = () => state.data?.dataType === "video";

const selected = () => [...state.selection].map((hash) => state.labels?.objects.get(hash)).filter((one) => one !== undefined);

/** Buttons for selected objects. @param {ObjectInstance[]} objects */
export function keyframeButtons(objects) {
  if (isRanged() || frameCount() < 2) return [];
  const { frame } = state;
  const absent = objects.filter((one) => !one.on.has(frame));
  const gaps = isVideo() ? merged(objects.flatMap((one) => gapsAround(one, frame))) : [];
  return [
    absent.length > 0 && button("Put on this frame", () => putHere(objects), { title: "Copies the object from its nearest frame (F)", "aria-keyshortcuts": "F" }),
    gaps.length > 0 && button(`Interpolate ${inWords(gaps)}`, () => interpolate(objects), { title: "Moves the object in straight lines between its keyframes (Shift+F)", "aria-keyshortcuts": "Shift+F" }),
  ];
}

/** Copies objects that are not on the displayed frame from their nearest frame. @param {ObjectInstance[]} [objects] */
export function putHere(objects = selected()) {
  const { frame } = state;
  const edits = objects.filter((one) => !one.on.has(frame)).flatMap((one) => {
    const from = nearestFrame(one, frame);
    return from === undefined ? [] : [{ edit: "copyObject", objectHash: one.hash, frame: from, frames: [[frame, frame]] }];
  });
  if (edits.length > 0) void edit(`Put on frame ${frame}`, edits);
  else inform(objects.length > 0 ? "It is on this frame already. Move it to make a keyframe." : "Select an object first.");
}

/** Interpolates objects between the keyframes around the displayed frame. @param {ObjectInstance[]} [objects] */
export function interpolate(objects = selected()) {
  const { frame } = state;
  const gaps = objects.flatMap((one) => gapsAround(one, frame).map(([from, to]) => ({ edit: "interpolate", objectHash: one.hash, from, to })));
  if (gaps.length > 0) void edit(`Interpolate ${inWords(merged(gaps.map(({ from, to }) => [from, to])))}`, gaps);
  else inform("Interpolation needs a selected object with keyframes before and after this frame.");
}

/** Goes to the next keyframe of the selected objects, or of all objects. @param {1|-1} by */
export function walkKeyframes(by) {
  const { frame, labels } = state;
  const objects = state.selection.size > 0 ? selected() : [...(labels?.objects.values() ?? [])];
  const keyframes = objects.flatMap(keyframesOf).filter((each) => (each - frame) * by > 0);
  if (keyframes.length > 0) void goTo(keyframes.reduce((nearest, each) => ((nearest - each) * by > 0 ? each : nearest)));
}
