// The objects of the list: those of the frame that match the filter.

import { isRanged } from "./open.js";
import { shapeInWords } from "./ontology.js";
import { state } from "./state.js";

/** Returns all objects of the frame; of audio and text, all objects. @returns {import("./labels.js").ObjectInstance[]} */
export function objectsHere() {
  const { frame, labels } = state;
  if (!labels) return [];
  const all = isRanged() ? [...labels.objects.values()] : labels.on(frame).map((entry) => labels.objects.get(entry.objectHash));
  return all.filter((one) => one !== undefined);
}

/** Returns the objects of the frame whose class, number, shape or hash matches the filter. */
export function listedObjects() {
  const words = state.filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const here = objectsHere();
  if (words.length === 0) return here;
  const textOf = ({ name, number, shape, hash }) => `${name} ${number ?? ""} ${shapeInWords(shape)} ${hash}`.toLowerCase();
  return here.filter((one) => words.every((word) => textOf(one).includes(word)));
}
