// All shapes of a frame, painted once and moved as a picture: panning over thousands of them costs what it costs over none.
//
// The picture is a little larger than the screen. While the view changes, the last picture is shown moved and scaled, and a
// new one is painted beside it, a few milliseconds in each animation frame; when it is complete, it takes the other's place.

import { PLAIN, paint } from "./painting.js";

/** How long a picture is painted in one animation frame, in milliseconds. */
const SLICE = 8;
/** How much of the screen's size the picture has beyond it on each side. */
const MARGIN = 0.25;
/** How many shapes are painted between two looks at the clock. */
const BATCH = 40;

export class ShapeLayer {
  /** @type {import("./spatial-index.js").SpatialIndex?} */
  #index = null;
  /** @type {Picture?} */
  #front = null;
  /** @type {Picture?} */
  #back = null;
  #isHidden = (shape) => false;

  /** The shapes from now on. @param {(shape: any) => boolean} isHidden those that are painted elsewhere */
  show(index, isHidden) {
    this.#index = index;
    this.#isHidden = isHidden;
    this.#back = null;
    if (this.#front) this.#front.isStale = true;
  }

  /**
   * Paints the layer as far as there is time.
   * @param {CanvasRenderingContext2D} context whose unit is a pixel of the screen
   * @param {import("./viewport.js").Viewport} viewport
   * @param {number} density pixels of the device for each of the screen
   * @returns {boolean} whether there is more to paint in the next animation frame
   */
  draw(context, viewport, density) {
    if (!this.#index) return false;
    const deadline = performance.now() + SLICE;
    if (!this.#back && !this.#front?.isOf(viewport)) this.#back = new Picture(this.#index, viewport, density, this.#isHidden);
    if (this.#back?.paint(deadline)) {
      this.#front = this.#back;
      this.#back = null;
    }
    this.#front?.draw(context, viewport);
    return this.#back !== null || !this.#front?.isOf(viewport);
  }
}

/** A picture of the shapes around a view. */
class Picture {
  constructor(index, viewport, density, isHidden) {
    this.view = viewport.view;
    this.isStale = false;
    const [marginX, marginY] = [viewport.width * MARGIN, viewport.height * MARGIN];
    this.width = viewport.width + 2 * marginX;
    this.height = viewport.height + 2 * marginY;
    // The same view, seen from the picture's corner.
    this.own = { scale: this.view.scale, x: this.view.x + marginX, y: this.view.y + marginY };
    this.canvas = document.createElement("canvas");
    this.canvas.width = Math.ceil(this.width * density);
    this.canvas.height = Math.ceil(this.height * density);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.context.scale(density, density);
    this.context.lineJoin = "round";
    const { scale, x, y } = this.own;
    const box = [-x / scale, -y / scale, (this.width - x) / scale, (this.height - y) / scale];
    this.shapes = index.touching(box).filter((shape) => !isHidden(shape));
    this.painted = 0;
    this.screen = [viewport.width, viewport.height];
  }

  /** Whether it shows just this view. */
  isOf({ view, width, height }) {
    return !this.isStale && this.view === view && this.screen[0] === width && this.screen[1] === height;
  }

  /** Paints until the deadline. @returns {boolean} whether it is complete */
  paint(deadline) {
    // Outlines say enough where there are thousands, and fills would hide the image.
    const style = this.shapes.length > 3000 ? { ...PLAIN, width: 1, fill: 0 } : PLAIN;
    while (this.painted < this.shapes.length) {
      const end = Math.min(this.painted + BATCH, this.shapes.length);
      for (; this.painted < end; this.painted += 1) paint(this.context, this.shapes[this.painted], this.own, style);
      if (performance.now() > deadline) break;
    }
    return this.painted === this.shapes.length;
  }

  draw(context, { view }) {
    const factor = view.scale / this.view.scale;
    const [x, y] = [view.x - this.own.x * factor, view.y - this.own.y * factor];
    context.drawImage(this.canvas, x, y, this.width * factor, this.height * factor);
  }
}
