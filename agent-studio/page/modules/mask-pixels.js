// Pixels of masks: painted, filled, and encoded as run lengths.

import { encodedRuns, runsOf } from "./bitmask.js";

/** @typedef {[number, number]} Point in pixels of the mask */

/** A mask as it is saved, decoded to one byte for each pixel. */
export class MaskPixels {
  /** @param {number} width in pixels @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.bits = new Uint8Array(width * height);
  }

  /** @param {{width: number, height: number, rleString: string}} bitmask */
  static of(bitmask) {
    const mask = new MaskPixels(bitmask.width, bitmask.height);
    let at = 0;
    runsOf(bitmask.rleString).forEach((run, index) => {
      if (index % 2 === 1) mask.bits.fill(1, at, at + run);
      at += run;
    });
    return mask;
  }

  /** Sets or clears the pixels along a stroke of a round brush. @param {Point[]} points @param {number} radius @param {0|1} value */
  stroke(points, radius, value) {
    const ends = points.length === 1 ? [points[0], points[0]] : points;
    for (let i = 0; i + 1 < ends.length; i += 1) this.#segment(ends[i], ends[i + 1], Math.max(radius, 0.5), value);
  }

  #segment([ax, ay], [bx, by], radius, value) {
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const [top, bottom] = [Math.max(0, Math.floor(Math.min(ay, by) - radius)), Math.min(this.height - 1, Math.ceil(Math.max(ay, by) + radius))];
    const [left, right] = [Math.max(0, Math.floor(Math.min(ax, bx) - radius)), Math.min(this.width - 1, Math.ceil(Math.max(ax, bx) + radius))];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const [x, y] = [column + 0.5 - ax, row + 0.5 - ay];
        const along = length === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / length));
        const [awayX, awayY] = [x - along * dx, y - along * dy];
        if (awayX * awayX + awayY * awayY <= radius * radius) this.bits[row * this.width + column] = value;
      }
    }
  }

  /** Sets or clears the pixels whose centres are inside a polygon. @param {Point[]} points @param {0|1} value */
  polygon(points, value) {
    for (let row = 0; row < this.height; row += 1) {
      const crossings = crossingsOf(points, row + 0.5);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const [first, last] = [Math.max(0, Math.ceil(crossings[i] - 0.5)), Math.min(this.width - 1, Math.floor(crossings[i + 1] - 0.5))];
        if (last >= first) this.bits.fill(value, row * this.width + first, row * this.width + last + 1);
      }
    }
  }

  /** Returns the mask as it is saved; null if no pixel is set. */
  toBitmask() {
    if (!this.bits.includes(1)) return null;
    const runs = [];
    let [value, start] = [0, 0];
    for (let at = 0; at < this.bits.length; at += 1) {
      if (this.bits[at] === value) continue;
      runs.push(at - start);
      [value, start] = [this.bits[at], at];
    }
    runs.push(this.bits.length - start);
    return { width: this.width, height: this.height, rleString: encodedRuns(runs) };
  }
}

/** Returns where a row crosses the edges of a polygon, from left to right. @param {Point[]} points @param {number} y */
function crossingsOf(points, y) {
  const crossings = [];
  points.forEach(([ax, ay], index) => {
    const [bx, by] = points[(index + 1) % points.length];
    if (ay > y !== by > y) crossings.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  });
  return crossings.sort((a, b) => a - b);
}
