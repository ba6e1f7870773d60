// The difference between states of a label row, object by object.

import { inWords as rangesInWords, ofFrames } from "./ranges.js";
import { pointsOf, ringsOf, verticesOf } from "./shape.js";

/**
 * @typedef {import("./labels.js").Labels} Labels
 *
 * @typedef {Object} Change
 * @property {"added"|"removed"|"changed"} kind
 * @property {string} hash
 * @property {string} name
 * @property {string} colour
 * @property {number[]} frames where it is different
 * @property {string[]} details in words
 * @property {import("./labels.js").ObjectInstance} [before] of objects
 * @property {import("./labels.js").ObjectInstance} [after]
 *
 * @typedef {{objects: Change[], classifications: Change[], isEmpty: boolean}} Difference
 */

/**
 * Compares a row over several changes, between which others may have changed it: only what differs within one of the
 * changes counts, and is compared from the first of these to the last.
 * @param {[Labels, Labels][]} changes the row before and after each change, in order
 * @returns {Difference}
 */
export function compareAll(changes) {
  const objects = along(changes, (labels) => labels.objects, objectChange);
  const classifications = along(changes, (labels) => labels.classifications, classificationChange);
  return { objects, classifications, isEmpty: objects.length + classifications.length === 0 };
}

/** @returns {Change[]} */
function along(changes, instances, change) {
  const hashes = new Set(changes.flatMap(([before, after]) => [...union(instances(before), instances(after))]));
  const found = [...hashes].map((hash) => {
    const own = changes.filter(([before, after]) => isIn(hash, before, after) && change(hash, before, after) !== null);
    if (own.length === 0) return null;
    const [first, last] = [own[0][0], own[own.length - 1][1]];
    return isIn(hash, first, last) ? change(hash, first, last) : null;
  });
  return found.filter((one) => one !== null);

  function isIn(hash, before, after) {
    return instances(before).has(hash) || instances(after).has(hash);
  }
}

/** `2 changed, 1 removed`. @param {Difference} difference */
export function inWords({ objects, classifications }) {
  const all = [...objects, ...classifications];
  const parts = ["added", "changed", "removed"].map((kind) => [all.filter((one) => one.kind === kind).length, kind]);
  return parts.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`).join(", ") || "nothing changed";
}

const union = (a, b) => new Set([...a.keys(), ...b.keys()]);

/** @returns {Change?} */
function objectChange(hash, before, after) {
  const [old, now] = [before.objects.get(hash), after.objects.get(hash)];
  const known = now ?? old;
  const title = known.number === null ? known.name : `${known.name} ${known.number}`;
  const change = { hash, name: title, colour: known.colour, before: old, after: now };
  if (!old || !now) {
    const words = known.on.size > 0 ? [] : [`over ${rangesInWords(known.ranges)}`];
    return { ...change, kind: now ? "added" : "removed", frames: [...known.on.keys()], details: [...words, ...vertexCount(old, now)] };
  }
  const frames = [...union(old.on, now.on)].filter((frame) => isOther(old.on.get(frame), now.on.get(frame))).sort((a, b) => a - b);
  const details = [...shapeDetails(old, now, frames), ...answerDetails(hash, before, after)];
  return details.length === 0 ? null : { ...change, kind: "changed", frames, details };
}

/** Returns whether two entries differ in more than their editor and time. */
function isOther(old, now) {
  if (!old || !now) return true;
  return geometry(old) !== geometry(now) || old.featureHash !== now.featureHash || (old.confidence ?? 1) !== (now.confidence ?? 1);
}

/** Entries whose geometry is the same have the same text, whatever generation wrote them. */
function geometry(entry) {
  if (entry.polygons || entry.polygon) return JSON.stringify(ringsOf(entry));
  if (entry.polyline ?? entry.point) return JSON.stringify(pointsOf(entry.polyline ?? entry.point));
  if (entry.skeleton) return JSON.stringify(verticesOf(entry.skeleton).map(({ x, y, visibility }) => [x, y, visibility]));
  const value = entry.boundingBox ?? entry.rotatableBoundingBox ?? entry.ellipse ?? entry.circle ?? entry.bitmask ?? entry.cuboid_2d ?? entry.cuboid ?? entry.segmentation;
  return value && typeof value === "object" ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : JSON.stringify(value ?? null);
}

function shapeDetails(old, now, frames) {
  const details = [];
  const came = frames.filter((frame) => !old.on.has(frame));
  const went = frames.filter((frame) => !now.on.has(frame));
  const other = frames.filter((frame) => old.on.has(frame) && now.on.has(frame));
  if (came.length > 0) details.push(`put on ${framesInWords(came)}`);
  if (went.length > 0) details.push(`taken off ${framesInWords(went)}`);
  if (other.some((frame) => geometry(old.on.get(frame)) !== geometry(now.on.get(frame)))) {
    const [count] = vertexCount({ on: pick(old.on, other) }, { on: pick(now.on, other) });
    details.push(count ?? "moved");
  }
  if (other.some((frame) => (old.on.get(frame).confidence ?? 1) !== (now.on.get(frame).confidence ?? 1))) details.push("confidence");
  if (old.featureHash !== now.featureHash) details.push(`class ${old.name} → ${now.name}`);
  if (JSON.stringify(old.ranges) !== JSON.stringify(now.ranges) && old.on.size === 0) details.push(`range ${rangesInWords(old.ranges)} → ${rangesInWords(now.ranges)}`);
  return details;
}

const pick = (map, keys) => new Map(keys.map((key) => [key, map.get(key)]));

const framesInWords = (frames) => `${frames.length === 1 ? "frame" : "frames"} ${rangesInWords(ofFrames(frames))}`;

/** Counts the vertices of shapes that are made of vertices. */
function vertexCount(old, now) {
  const count = (one) => [...(one?.on.values() ?? [])].reduce((sum, entry) => sum + verticesIn(entry), 0);
  const [before, after] = [count(old), count(now)];
  if (old && now) return before === after ? [] : [`${before} → ${after} vertices`];
  return before + after === 0 ? [] : [`${before + after} vertices`];
}

function verticesIn(entry) {
  if (entry.polygons || entry.polygon) return ringsOf(entry).reduce((sum, ring) => sum + ring.length / 2, 0);
  return entry.polyline ? Object.keys(entry.polyline).length : 0;
}

function answerDetails(hash, before, after) {
  const details = [];
  const [old, now] = [statics(before, hash), statics(after, hash)];
  for (const key of union(old, now)) {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.text !== is?.text) details.push(`${(is ?? was).name}: ${was?.text || "no answer"} → ${is?.text || "no answer"}`);
  }
  if (dynamics(before, hash) !== dynamics(after, hash)) details.push("answers that vary by frame");
  return details;
}

/** Answers by attribute that hold on every frame. No frame is before the first, so none that varies is among them. */
function statics(labels, hash) {
  return new Map([...labels.answersOf(hash, -1)].map(([key, one]) => [key, { name: one.name, text: [...one.labels].sort().join(", ") }]));
}

function dynamics(labels, hash) {
  return JSON.stringify(labels.dynamicAnswers(hash).map((one) => [one.attribute, one.text, one.range]).sort());
}

/** @returns {Change?} */
function classificationChange(hash, before, after) {
  const [old, now] = [before.classifications.get(hash), after.classifications.get(hash)];
  const known = now ?? old;
  const text = (labels, one) => one && [...labels.classificationAnswers(hash).values()].map((given) => given.labels.join(", ")).join(" · ");
  const [was, is] = [text(before, old), text(after, now)];
  const change = { hash, name: known.name, colour: "#8b8d98", frames: known.ranges.flatMap(([first]) => [first]) };
  if (!old || !now) return { ...change, kind: now ? "added" : "removed", details: [is ?? was ?? ""].filter(Boolean) };
  const details = [];
  if (was !== is) details.push(`${was || "no answer"} → ${is || "no answer"}`);
  if (JSON.stringify(old.ranges) !== JSON.stringify(now.ranges)) details.push(`frames ${rangesInWords(old.ranges)} → ${rangesInWords(now.ranges)}`);
  return details.length === 0 ? null : { ...change, kind: "changed", details };
}
