// Keyframes of an object of a video: frames that a person labelled. The frames between them were computed (contract:
// `docs/contract/label-format.md#object-entries`, `manualAnnotation`).

/**
 * @typedef {import("./labels.js").ObjectInstance} ObjectInstance
 * @typedef {{first: number, last: number, isManual: boolean}} Stretch frames without a gap, all keyframes or all others
 */

/** Returns whether a person labelled an entry. @param {any} entry */
export const isKeyframe = (entry) => entry.manualAnnotation !== false;

/** Returns the frames of an object, joined to stretches. @param {ObjectInstance} one @returns {Stretch[]} */
export function stretchesOf(one) {
  /** @type {Stretch[]} */
  const stretches = [];
  for (const [frame, entry] of one.on) {
    const isManual = isKeyframe(entry);
    const end = stretches.at(-1);
    if (end && end.isManual === isManual && end.last === frame - 1) end.last = frame;
    else stretches.push({ first: frame, last: frame, isManual });
  }
  return stretches;
}

/** Returns the keyframes of an object, in order. @param {ObjectInstance} one */
export const keyframesOf = (one) => [...one.on].filter(([, entry]) => isKeyframe(entry)).map(([frame]) => frame);

/**
 * Returns the frames around a frame that can be interpolated: from the keyframe before it to the one after it. On a keyframe, both
 * stretches that end there.
 * @param {ObjectInstance} one
 * @param {number} frame
 * @returns {[number, number][]}
 */
export function gapsAround(one, frame) {
  const keyframes = keyframesOf(one);
  const before = keyframes.filter((each) => each < frame).at(-1);
  const after = keyframes.find((each) => each > frame);
  const ends = [before, keyframes.includes(frame) ? frame : undefined, after].filter((end) => end !== undefined);
  return ends.slice(1).map((end, at) => /** @type {[number, number]} */ ([ends[at], end])).filter(([from, to]) => to - from > 1);
}

/** Returns the frame of an object that is nearest to a frame. @param {ObjectInstance} one @param {number} frame @returns {number | undefined} */
export function nearestFrame(one, frame) {
  let nearest;
  for (const each of one.on.keys()) if (nearest === undefined || Math.abs(each - frame) < Math.abs(nearest - frame)) nearest = each;
  return nearest;
}
