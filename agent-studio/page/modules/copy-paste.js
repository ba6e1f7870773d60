// Copying objects, and pasting them on another frame or on other data.

import { extentOf, limited, roomAround } from "./bounds.js";
import { edit } from "./edits.js";
import { canMove, changed, moved } from "./reshape.js";
import { verticesOf, visibilityOf } from "./shape.js";
import { stage } from "./stage.js";
import { state, update } from "./state.js";
import { inform } from "./toasts.js";

/**
 * @typedef {Object} Copied
 * @property {string} objectHash
 * @property {string} featureHash
 * @property {any} entry
 * @property {{attribute: string, answer: string|number|string[]}[]} answers to static attributes
 */

/** Shift of an object that is pasted where it was copied, relative to the media. */
const SHIFT = 0.02;

/** @type {{place: import("./api.js").Place, frame: number, objects: Copied[]}?} */
let copied = null;

/** Copies the selected objects of the frame. @returns {boolean} whether there were any */
export function copySelected() {
  const { labels, row, shownFrame: frame } = state;
  if (!labels || !row || frame === null) return false;
  const objects = [...state.selection].flatMap((objectHash) => {
    const known = labels.objects.get(objectHash);
    const entry = known?.on.get(frame);
    return known && entry ? [{ objectHash, featureHash: known.featureHash, entry, answers: answersOf(labels, objectHash) }] : [];
  });
  if (objects.length === 0) return false;
  copied = { place: row.place, frame, objects };
  inform(`Copied ${inWords(objects.length)}. Ctrl+V pastes on this or another frame, or on other data.`);
  return true;
}

/** Pastes the copied objects: on another frame the same objects, and elsewhere new ones. */
export async function paste() {
  const { row, shownFrame: frame } = state;
  if (!row || !copied || frame === null) {
    inform("Nothing was copied. Select objects and press Ctrl+C.");
    return;
  }
  const source = copied;
  const isSameData = source.place.project === row.place.project && source.place.data === row.place.data;
  const problems = new Set();
  const continued = [];
  const edits = source.objects.flatMap((object) => {
    const on = row.labels.objects.get(object.objectHash)?.on;
    if (isSameData && frame !== source.frame && on?.has(source.frame) && !on.has(frame)) {
      continued.push(object.objectHash);
      return [{ edit: "copyObject", objectHash: object.objectHash, frame: source.frame, frames: [[frame, frame]] }];
    }
    return newObject(object, frame, isSameData && frame === source.frame, problems);
  });
  const words = `Paste ${inWords(edits.length)}`;
  const added = edits.length > 0 ? await edit(words, edits, row) : [];
  if (problems.size > 0) inform([...problems].join(" "));
  if (added && row.isOpen && edits.length > 0) update({ selection: new Set([...continued, ...added]), tab: "labels" });
}

/** @param {Copied} object @param {boolean} isInPlace whether the original is on this frame @param {Set<string>} problems */
function newObject({ featureHash, entry, answers }, frame, isInPlace, problems) {
  const { picture } = stage;
  const known = state.ontology?.object(featureHash);
  if (!picture || !known) {
    problems.add(`This project has no class ${entry.name ?? featureHash}.`);
    return [];
  }
  const { width, height } = picture;
  if (entry.bitmask && (entry.bitmask.width !== width || entry.bitmask.height !== height)) {
    problems.add("A bitmask can be pasted only on data of the same size.");
    return [];
  }
  if (!canMove(entry)) {
    problems.add("This page cannot paste three-dimensional objects.");
    return [];
  }
  return [{ edit: "addObject", class: featureHash, frame, coordinates: coordinatesOf(entry, isInPlace, width, height), answers }];
}

/** Returns the coordinates of an entry, a little aside if the original is there. */
function coordinatesOf(entry, isInPlace, width, height) {
  if (entry.bitmask && !isInPlace) return { bitmask: entry.bitmask };
  const room = isInPlace ? roomAround([extentOf(entry, width, height)]) : null;
  const coordinates = room ? moved(entry, limited(SHIFT, room.x), limited(SHIFT, room.y)) : changed(entry, (x, y) => [x, y]);
  return coordinates.skeleton ? { skeletonPoints: pointsOf(entry, coordinates.skeleton) } : coordinates;
}

/** Returns the points of a skeleton at other places, with their visibilities. @param {any} entry @param {[number, number][]} places */
function pointsOf(entry, places) {
  return verticesOf(entry.skeleton).map((vertex, number) => {
    const { name, featureHash } = vertex;
    const [x, y] = places[number];
    return { name, featureHash, x, y, visibility: visibilityOf(vertex) ?? null };
  });
}

/** Returns the answers to static attributes of an object. @param {import("./labels.js").Labels} labels */
function answersOf(labels, objectHash) {
  const given = labels.row?.object_answers?.[objectHash]?.classifications ?? [];
  const attributes = new Set(given.map((one) => one.featureHash));
  return [...labels.answersOf(objectHash, -1).values()].filter((one) => attributes.has(one.attribute))
    .map(({ attribute, value }) => ({ attribute, answer: value }));
}

const inWords = (count) => (count === 1 ? "1 object" : `${count} objects`);
