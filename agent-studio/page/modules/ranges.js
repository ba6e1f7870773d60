// Inclusive ranges: of frames, of milliseconds, of characters.

/** @typedef {[number, number]} Range both ends inclusive */

/**
 * Sorted, with overlapping and adjacent ranges joined.
 * @param {Range[]} ranges
 * @returns {Range[]}
 */
export function merged(ranges) {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  /** @type {Range[]} */
  const out = [];
  for (const [first, last] of sorted) {
    const end = out.at(-1);
    if (end && first <= end[1] + 1) end[1] = Math.max(end[1], last);
    else out.push([first, last]);
  }
  return out;
}

/** @param {Iterable<number>} frames @returns {Range[]} */
export const ofFrames = (frames) => merged(Array.from(frames, (frame) => /** @type {Range} */ ([frame, frame])));

/** @param {Range[]} ranges @param {number} at */
export const covers = (ranges, at) => ranges.some(([first, last]) => first <= at && at <= last);

/** `0–4, 9`. @param {Range[]} ranges */
export const inWords = (ranges) =>
  ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");

/** Returns ranges without the parts that others cover. @param {Range[]} ranges @param {Range[]} cut @returns {Range[]} */
export function without(ranges, cut) {
  return merged(cut).reduce((left, [first, last]) => left.flatMap(([from, to]) => {
    if (to < first || last < from) return [/** @type {Range} */ ([from, to])];
    const parts = /** @type {Range[]} */ ([[from, first - 1], [last + 1, to]]);
    return parts.filter(([start, end]) => start <= end);
  }), ranges);
}
