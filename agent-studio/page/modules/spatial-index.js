// Spatial index of shapes: a grid over the media, so that drawing and hit tests do not visit all shapes.

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

export class SpatialIndex {
  /**
   * @param {Shape[]} shapes from the bottom to the top
   * @param {number} width of the media
   * @param {number} height
   */
  constructor(shapes, width, height) {
    this.shapes = shapes;
    this.#columns = Math.max(1, Math.min(128, Math.ceil(Math.sqrt(shapes.length))));
    this.#cellWidth = Math.max(1e-6, width / this.#columns);
    this.#cellHeight = Math.max(1e-6, height / this.#columns);
    this.#stamps = new Uint32Array(shapes.length);
    /** @type {number[][]} */
    this.#cells = Array.from({ length: this.#columns ** 2 }, () => []);
    shapes.forEach((shape, index) => {
      for (const cell of this.#cellsOf(shape.box)) this.#cells[cell].push(index);
    });
  }

  #columns;
  #cellWidth;
  #cellHeight;
  #cells;
  #stamps;
  #stamp = 0;

  /** Returns the cells of a box. Boxes outside the media belong to the cells at its edge. @param {Box} box */
  *#cellsOf([left, top, right, bottom]) {
    const clamp = (value) => Math.max(0, Math.min(this.#columns - 1, Math.floor(value)));
    const [firstColumn, lastColumn] = [clamp(left / this.#cellWidth), clamp(right / this.#cellWidth)];
    const [firstRow, lastRow] = [clamp(top / this.#cellHeight), clamp(bottom / this.#cellHeight)];
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) yield row * this.#columns + column;
    }
  }

  /** Returns the shapes whose boxes intersect this one, from bottom to top. @param {Box} box @returns {Shape[]} */
  touching(box) {
    this.#stamp += 1;
    const found = [];
    for (const cell of this.#cellsOf(box)) {
      for (const index of this.#cells[cell]) {
        if (this.#stamps[index] === this.#stamp) continue;
        this.#stamps[index] = this.#stamp;
        const other = this.shapes[index].box;
        if (other[0] <= box[2] && other[2] >= box[0] && other[1] <= box[3] && other[3] >= box[1]) found.push(index);
      }
    }
    found.sort((a, b) => a - b);
    return found.map((index) => this.shapes[index]);
  }
}
