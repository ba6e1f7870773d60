// All shapes of a frame, painted once to an off-screen picture, so that the cost of panning does not depend on their number.
//
// The picture is slightly larger than the screen. While the view changes, the last picture is shown moved and scaled, and a new
// one is painted, some shapes per animation frame, which then replaces it. The number of shapes per animation frame adapts to the
// duration of animation frames, because much of the work is done after the drawing calls return.

import { PLAIN, paint } from "./painting.js";

/** Number of shapes painted per animation frame: minimum, maximum and initial value. */
const [FEWEST, MOST, FIRST] = [60, 1200, 400];
/** Target range of the duration of an animation frame, in milliseconds. */
const [SHORT, LONG] = [20, 34];
/** Margin of the picture on each side, relative to the screen's size. */
const MARGIN = 0.25;

export class ShapeLayer {
  /** @type {import("./spatial-index.js").SpatialIndex?} */
  #index = null;
  /** @type {Picture?} */
  #front = null;
  /** @type {Picture?} */
  #back = null;
  /** Canvas of the previous picture, for reuse. @type {HTMLCanvasElement?} */
  #spare = null;
  #fill = PLAIN.fill;
  #portion = FIRST;
  #lastDraw = 0;
  /** @type {(shape: any) => boolean} */
  #isMarked = () => false;

  /** Sets the opacity of fills, 0 to 1. @param {number} fill */
  setFill(fill) {
    if (fill === this.#fill) return;
    this.#fill = fill;
    this.#back = null;
    if (this.#front) this.#front.isStale = true;
  }

  /**
   * Sets the shapes.
   * @param {(shape: any) => boolean} isMarked those that stand out
   * @param {boolean} isSameFrame whether the picture that there is may stay until the new one is complete
   */
  show(index, isMarked, isSameFrame) {
    this.#index = index;
    this.#isMarked = isMarked;
    this.#spare ??= this.#back?.canvas ?? null;
    this.#back = null;
    if (!isSameFrame) this.#front = null;
    else if (this.#front) this.#front.isStale = true;
  }

  /**
   * Paints the layer as far as time permits.
   * @param {CanvasRenderingContext2D} context whose unit is a pixel of the screen
   * @param {import("./viewport.js").Viewport} viewport
   * @param {number} density pixels of the device for each of the screen
   * @returns {boolean} whether there is more to paint in the next animation frame
   */
  draw(context, viewport, density) {
    if (!this.#index) return false;
    if (this.#back) this.#adapt();
    this.#lastDraw = performance.now();
    if (!this.#back && !this.#front?.isOf(viewport)) {
      this.#back = new Picture(this.#index, viewport, density, this.#isMarked, this.#spare, this.#fill);
      this.#spare = null;
    }
    if (this.#back?.paint(this.#portion)) {
      this.#spare = this.#front?.canvas ?? null;
      this.#front = this.#back;
      this.#back = null;
    }
    // For another frame, an incomplete picture is better than none.
    (this.#front ?? this.#back)?.draw(context, viewport);
    return this.#back !== null || !this.#front?.isOf(viewport);
  }

  /** Adapts the number of shapes to the duration of the last frame. */
  #adapt() {
    const took = performance.now() - this.#lastDraw;
    const factor = took < SHORT ? 1.3 : took > LONG ? 0.5 : 1;
    this.#portion = Math.max(FEWEST, Math.min(MOST, Math.round(this.#portion * factor)));
  }
}

/** A picture of the shapes around a view. */
class Picture {
  constructor(index, viewport, density, isMarked, spare, fill) {
    this.fill = fill;
    this.isMarked = isMarked;
    this.view = viewport.view;
    this.isStale = false;
    const [marginX, marginY] = [viewport.width * MARGIN, viewport.height * MARGIN];
    this.width = viewport.width + 2 * marginX;
    this.height = viewport.height + 2 * marginY;
    // The same view, relative to the picture's corner.
    this.own = { scale: this.view.scale, x: this.view.x + marginX, y: this.view.y + marginY };
    this.canvas = spare ?? document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const [across, down] = [Math.ceil(this.width * density), Math.ceil(this.height * density)];
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, across, down);
    this.context.scale(density, density);
    this.context.lineJoin = "round";
    const { scale, x, y } = this.own;
    const box = [-x / scale, -y / scale, (this.width - x) / scale, (this.height - y) / scale];
    this.shapes = index.touching(box);
    this.painted = 0;
    this.screen = [viewport.width, viewport.height];
  }

  /** Returns whether the picture shows exactly this view. */
  isOf({ view, width, height }) {
    return !this.isStale && this.view === view && this.screen[0] === width && this.screen[1] === height;
  }

  /** Paints this number of further shapes. @returns {boolean} whether it is complete */
  paint(portion) {
    // With thousands of shapes only outlines are drawn, because fills would hide the image.
    const style = this.shapes.length > 3000 ? { ...PLAIN, width: 1, fill: 0 } : { ...PLAIN, fill: this.fill };
    const marked = { ...style, width: 2.5, fill: 0.34 };
    const end = Math.min(this.painted + portion, this.shapes.length);
    for (; this.painted < end; this.painted += 1) {
      const shape = this.shapes[this.painted];
      paint(this.context, shape, this.own, this.isMarked(shape) ? marked : style);
    }
    return this.painted === this.shapes.length;
  }

  draw(context, { view }) {
    const factor = view.scale / this.view.scale;
    const [x, y] = [view.x - this.own.x * factor, view.y - this.own.y * factor];
    context.drawImage(this.canvas, x, y, this.width * factor, this.height * factor);
  }
}
