// The visible part of the media: zoom and pan.

/** @typedef {{scale: number, x: number, y: number}} View screen = media × scale + (x, y), in CSS pixels */

const [LEAST, MOST] = [0.02, 64];

export class Viewport {
  /** @param {() => void} moved is called after every change */
  constructor(moved) {
    this.#moved = moved;
  }

  /** @type {View} */
  view = { scale: 1, x: 0, y: 0 };
  /** Size of the canvas, in CSS pixels. */
  width = 1;
  height = 1;
  /** Size of the media, in its pixels. */
  mediaWidth = 1;
  mediaHeight = 1;
  /** True if the whole media is fitted to the canvas, also after a resize. */
  fitted = true;
  #moved;

  /** True if there is an area to paint on. */
  get hasArea() {
    return this.width >= 1 && this.height >= 1;
  }

  resize(width, height) {
    if (width === this.width && height === this.height) return;
    [this.width, this.height] = [width, height];
    if (this.fitted) this.fit();
    else this.#moved();
  }

  /** Sets the media size, and fits the media if the size has changed. */
  show(width, height) {
    if (width === this.mediaWidth && height === this.mediaHeight) return;
    [this.mediaWidth, this.mediaHeight] = [width, height];
    this.fit();
  }

  /** Shows the whole media. */
  fit() {
    const margin = 16;
    const [width, height] = [Math.max(1, this.width - 2 * margin), Math.max(1, this.height - 2 * margin)];
    const scale = Math.min(width / this.mediaWidth, height / this.mediaHeight);
    this.#centre(clamp(scale), this.mediaWidth / 2, this.mediaHeight / 2);
    this.fitted = true;
  }

  /** Shows a box of the media with a margin. @param {[number, number, number, number]} box */
  reveal([left, top, right, bottom]) {
    const room = 3;
    // The surroundings of a small box, such as that of a point, stay in sight.
    const [across, down] = [Math.max(right - left, this.mediaWidth / 12), Math.max(bottom - top, this.mediaHeight / 12)];
    const scale = Math.min(this.width / (room * across), this.height / (room * down));
    this.#centre(clamp(Math.min(scale, 8)), (left + right) / 2, (top + bottom) / 2);
  }

  /** Zooms about a screen position. */
  zoomAt(x, y, factor) {
    const scale = clamp(this.view.scale * factor);
    const real = scale / this.view.scale;
    this.view = { scale, x: x - (x - this.view.x) * real, y: y - (y - this.view.y) * real };
    this.fitted = false;
    this.#moved();
  }

  /** Zooms about the middle. */
  zoom(factor) {
    this.zoomAt(this.width / 2, this.height / 2, factor);
  }

  /** Sets the zoom to one media pixel per screen pixel. */
  actualSize() {
    this.zoom(1 / this.view.scale);
  }

  pan(dx, dy) {
    this.view = { ...this.view, x: this.view.x + dx, y: this.view.y + dy };
    this.fitted = false;
    this.#moved();
  }

  /** Converts screen to media coordinates. @returns {[number, number]} */
  toMedia(x, y) {
    return [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale];
  }

  /** Converts media to screen coordinates. @returns {[number, number]} */
  toScreen(x, y) {
    return [x * this.view.scale + this.view.x, y * this.view.scale + this.view.y];
  }

  #centre(scale, x, y) {
    this.view = { scale, x: this.width / 2 - x * scale, y: this.height / 2 - y * scale };
    this.fitted = false;
    this.#moved();
  }
}

const clamp = (scale) => Math.max(LEAST, Math.min(MOST, scale));
