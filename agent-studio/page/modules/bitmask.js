// Masks: run lengths decoded, encoded, tinted, moved and hit.

/**
 * @typedef {Object} Pixels a decoded mask
 * @property {number} width in pixels
 * @property {number} height
 * @property {number[]} runs lengths of unset and set pixels in turn, row by row, beginning with unset ones
 * @property {[number, number, number, number]} bounds around the set pixels, in pixels of the mask
 * @property {Map<string, HTMLCanvasElement>} tinted pictures of it by colour
 *
 * @typedef {Object} Mask a mask on media of one size
 * @property {Pixels} pixels
 * @property {number} scaleX pixels of the media for each of the mask
 * @property {number} scaleY
 * @property {[number, number, number, number]} box around the set pixels, in pixels of the media
 */

/** Decoding takes long, so it is done once for each entry. @type {WeakMap<object, Pixels>} */
const decoded = new WeakMap();

/**
 * The mask of an object entry on media of a size.
 * @param {{width: number, height: number, rleString: string}} bitmask
 * @param {number} width of the media, in pixels
 * @param {number} height
 * @returns {Mask}
 */
export function maskOf(bitmask, width, height) {
  let pixels = decoded.get(bitmask);
  if (!pixels) {
    const runs = runsOf(bitmask.rleString);
    pixels = { width: bitmask.width, height: bitmask.height, runs, bounds: boundsOf(runs, bitmask.width), tinted: new Map() };
    decoded.set(bitmask, pixels);
  }
  const [scaleX, scaleY] = [width / Math.max(1, bitmask.width), height / Math.max(1, bitmask.height)];
  const [left, top, right, bottom] = pixels.bounds;
  return { pixels, scaleX, scaleY, box: [left * scaleX, top * scaleY, right * scaleX, bottom * scaleY] };
}

/**
 * Decodes a run-length string (contract: `docs/contract/label-format.md#run-length-string`): five bits a character,
 * lowest first, and from the fourth number on only the difference to the one before the last.
 * @param {string} text
 * @returns {number[]}
 */
export function runsOf(text) {
  const runs = [];
  let [value, shift] = [0, 0];
  for (let i = 0; i < text.length; i += 1) {
    const group = text.charCodeAt(i) - 48;
    value += (group & 31) * 2 ** shift;
    shift += 5;
    if (group & 32) continue;
    if (group & 16) value -= 2 ** shift;
    runs.push(runs.length >= 3 ? value + runs[runs.length - 2] : value);
    [value, shift] = [0, 0];
  }
  return runs;
}

/** Calls `visit` with row, first and last column of every stretch of set pixels. */
function eachStretch({ runs, width }, visit) {
  let at = 0;
  runs.forEach((run, index) => {
    if (index % 2 === 1) {
      let [from, left] = [at, run];
      while (left > 0) {
        const column = from % width;
        const length = Math.min(left, width - column);
        visit(Math.floor(from / width), column, column + length - 1);
        from += length;
        left -= length;
      }
    }
    at += run;
  });
}

/**
 * Returns a mask whose set pixels are moved by whole pixels; those that would leave it are dropped.
 * @param {{width: number, height: number, rleString: string}} bitmask
 * @param {number} dx in pixels of the mask
 * @param {number} dy
 */
export function movedMask(bitmask, dx, dy) {
  if (dx === 0 && dy === 0) return bitmask;
  const { width, height } = bitmask;
  const before = maskOf(bitmask, width, height).pixels;
  const runs = [];
  // Where the last run ended, and where the last set pixels ended.
  let [at, end] = [0, -1];
  eachStretch(before, (row, first, last) => {
    const [y, left, right] = [row + dy, Math.max(0, first + dx), Math.min(width - 1, last + dx)];
    if (y < 0 || y >= height || right < left) return;
    const start = y * width + left;
    if (start === end) runs[runs.length - 1] += right - left + 1;
    else runs.push(start - at, right - left + 1);
    at = y * width + right + 1;
    end = at;
  });
  if (at < width * height || runs.length === 0) runs.push(width * height - at);
  const moved = { width, height, rleString: encodedRuns(runs) };
  const [left, top, right, bottom] = before.bounds;
  const bounds = /** @type {[number, number, number, number]} */ ([left + dx, top + dy, right + dx, bottom + dy]);
  const isWhole = bounds[0] >= 0 && bounds[1] >= 0 && bounds[2] <= width && bounds[3] <= height;
  // A mask that is inside has the same pictures, elsewhere.
  if (isWhole) decoded.set(moved, { width, height, runs, bounds, tinted: before.tinted });
  return moved;
}

/** Encodes run lengths (contract: `docs/contract/label-format.md#run-length-string`). @param {number[]} runs */
export function encodedRuns(runs) {
  let text = "";
  runs.forEach((run, index) => {
    let rest = index >= 3 ? run - runs[index - 2] : run;
    for (;;) {
      const group = rest & 31;
      rest >>= 5;
      const isLast = (rest === 0 && (group & 16) === 0) || (rest === -1 && (group & 16) !== 0);
      text += String.fromCharCode(48 + group + (isLast ? 0 : 32));
      if (isLast) break;
    }
  });
  return text;
}

/** @returns {[number, number, number, number]} */
function boundsOf(runs, width) {
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  if (!(width > 0)) return box;
  eachStretch({ runs, width }, (row, first, last) => {
    box[0] = Math.min(box[0], first);
    box[1] = Math.min(box[1], row);
    box[2] = Math.max(box[2], last + 1);
    box[3] = Math.max(box[3], row + 1);
  });
  return box;
}

/** A picture of the mask's box in a colour, opaque where it is set. @param {Mask} mask @param {string} colour */
export function tinted({ pixels }, colour) {
  const ready = pixels.tinted.get(colour);
  if (ready) return ready;
  const [left, top, right, bottom] = pixels.bounds;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, right - left);
  canvas.height = Math.max(1, bottom - top);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = colour;
  eachStretch(pixels, (row, first, last) => context.fillRect(first - left, row - top, last - first + 1, 1));
  pixels.tinted.set(colour, canvas);
  return canvas;
}

/** Returns whether the mask is set at a point of the media. @param {Mask} mask */
export function isSet({ pixels, scaleX, scaleY }, x, y) {
  const { width, height, runs } = pixels;
  const [column, row] = [Math.floor(x / scaleX), Math.floor(y / scaleY)];
  if (column < 0 || row < 0 || column >= width || row >= height) return false;
  const pixel = row * width + column;
  let at = 0;
  for (let index = 0; index < runs.length; index += 1) {
    at += runs[index];
    if (pixel < at) return index % 2 === 1;
  }
  return false;
}
