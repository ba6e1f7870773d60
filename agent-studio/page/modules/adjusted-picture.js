// The picture with adjusted brightness and contrast, computed once for each picture.

/** @type {{source: CanvasImageSource, key: string, canvas: HTMLCanvasElement}?} */
let last = null;

/**
 * Returns what is painted for a picture.
 * @param {CanvasImageSource} source
 * @param {number} width in pixels
 * @param {number} height
 * @param {{brightness: number, contrast: number}} view factors
 * @returns {CanvasImageSource}
 */
export function adjusted(source, width, height, { brightness, contrast }) {
  if (brightness === 1 && contrast === 1) {
    last = null;
    return source;
  }
  const key = `${brightness} ${contrast}`;
  // A video element that is painted itself shows other pictures later.
  if (last?.source === source && last.key === key && !(source instanceof HTMLVideoElement)) return last.canvas;
  const canvas = last?.canvas ?? document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.filter = `brightness(${brightness}) contrast(${contrast})`;
  context.drawImage(source, 0, 0, width, height);
  last = { source, key, canvas };
  return canvas;
}
