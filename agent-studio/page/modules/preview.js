// Dry runs: the label changes of a response, as a difference of the open row that is drawn before it is applied.

import { compareAll } from "./difference.js";
import { Labels } from "./labels.js";

/**
 * @typedef {{space?: string, frame?: number, json: any}} Written an entry of a label row
 * @typedef {Object} Change a change in a dry run (guide: `how-to/dry-run.md`)
 * @property {"objectOnFrame"|"objectEvents"|"objectAnswers"|"objectActions"|"classification"} entry
 * @property {string} [objectHash]
 * @property {string} [classificationHash]
 * @property {number} [frame]
 * @property {Written[]} before
 * @property {Written[]} after
 */

/** Data types whose files have labels without a map of frames. */
const FLAT = ["image", "img_group", "group"];

/**
 * Returns the difference that a dry run would make; null if the response has none.
 * @param {string} body of the response
 * @param {Labels} labels before
 * @param {string} dataType
 */
export function previewOf(body, labels, dataType) {
  const saves = savesIn(body);
  if (saves === null) return null;
  const row = structuredClone(labels.row ?? {});
  for (const change of saves.flatMap((save) => save.changes ?? [])) apply(row, change, dataType);
  return compareAll([[labels, new Labels(row, labels.ontology)]]);
}

/** Returns whether a response is that of a dry run. @param {string} body */
export const isDryRun = (body) => savesIn(body) !== null;

/** @returns {{changes?: Change[]}[]?} */
function savesIn(body) {
  try {
    const saves = JSON.parse(body)?.dryRun?.labels;
    return Array.isArray(saves) ? saves : null;
  } catch {
    return null;
  }
}

/** Applies a change to a copy of a row. @param {any} row @param {Change} change @param {string} dataType */
function apply(row, change, dataType) {
  const { entry, objectHash = "", classificationHash = "", frame = 0, after } = change;
  if (entry === "objectOnFrame") replace(blobAt(row, frame, dataType), "objects", (one) => one.objectHash === objectHash, after);
  if (entry === "objectAnswers") answer(row, "object_answers", objectHash, after);
  if (entry === "objectActions") answer(row, "object_actions", objectHash, after);
  if (entry !== "classification") return;
  answer(row, "classification_answers", classificationHash, after.filter((one) => one.frame === undefined));
  const frames = new Set([...change.before, ...after].map((one) => one.frame).filter((one) => one !== undefined));
  for (const at of frames) {
    replace(blobAt(row, at, dataType), "classifications", (one) => one.classificationHash === classificationHash, after.filter((one) => one.frame === at));
  }
}

/** Replaces an entry of a frame at its position. @param {any} blob @param {Written[]} after */
function replace(blob, member, isEntry, after) {
  const entries = blob[member] ?? [];
  const at = entries.findIndex(isEntry);
  const others = entries.filter((one) => !isEntry(one));
  others.splice(at < 0 ? others.length : at, 0, ...after.map((one) => one.json));
  blob[member] = others;
}

/** @param {any} row @param {Written[]} after */
function answer(row, member, hash, after) {
  row[member] = { ...row[member] };
  if (after.length > 0) row[member][hash] = after[0].json;
  else delete row[member][hash];
}

/**
 * Returns the labels of a frame (contract: `docs/contract/label-format.md#data-units`): those of an image, or an entry of the map of
 * a video.
 * @param {any} row
 * @param {number} frame
 * @param {string} dataType
 */
function blobAt(row, frame, dataType) {
  row.data_units ??= {};
  const units = /** @type {any[]} */ (Object.values(row.data_units));
  const own = units.find((unit) => Number(unit.data_sequence ?? 0) === frame) ?? units[0] ?? (row.data_units.new = {});
  own.labels ??= {};
  if (FLAT.includes(dataType)) return own.labels;
  own.labels[String(frame)] ??= {};
  return own.labels[String(frame)];
}
