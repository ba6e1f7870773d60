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
