// Masks: run lengths decoded, tinted and hit.

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
