// Shapes on a canvas.

import { tinted } from "./bitmask.js";

/**
 * @typedef {import("./shape.js").Shape} Shape
 * @typedef {import("./viewport.js").View} View
 * @typedef {Object} Style
 * @property {string} [colour] instead of the shape's own
 * @property {number} width of lines, in pixels of the screen
 * @property {number} fill 0 to 1
 * @property {number[]} [dash]
 * @property {number} [dot] radius of points, in pixels of the screen
 */

/** Style of shapes that are neither selected nor hovered. @type {Style} */
export const PLAIN = { width: 1.5, fill: 0.16, dot: 4 };

/**
 * Paints a shape.
 * @param {CanvasRenderingContext2D} context whose unit is a pixel of the screen
 * @param {Shape} shape
 * @param {View} view
 * @param {Style} style
 */
export function paint(context, shape, view, style) {
  const colour = style.colour ?? shape.colour;
  const [left, top, right, bottom] = shape.box;
  const size = Math.max(right - left, bottom - top) * view.scale;
  context.fillStyle = colour;
  if (size < 2 && !shape.dots.length && !style.dash) {
    // Too small for an outline: draws a dot.
    context.fillRect(left * view.scale + view.x - 0.5, top * view.scale + view.y - 0.5, 2, 2);
    return;
  }
  context.strokeStyle = colour;
  context.lineWidth = style.width;
  context.setLineDash(style.dash ?? NO_DASH);
  if (shape.mask) paintMask(context, shape, view, style, colour);
  if (shape.rings.length > 0) paintRings(context, shape, view, style);
  if (shape.lines.length > 0) {
    context.beginPath();
    for (const line of shape.lines) trace(context, line, view);
    context.stroke();
  }
  if (shape.dots.length > 0) paintDots(context, shape, view, style.dot ?? 4);
}

const NO_DASH = /** @type {number[]} */ ([]);

function paintRings(context, shape, view, style) {
  context.beginPath();
  for (const ring of shape.rings) {
    trace(context, ring, view);
    context.closePath();
  }
  if (style.fill > 0) {
    context.globalAlpha = style.fill;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  context.stroke();
}

/** @param {Float32Array} points */
function trace(context, points, { scale, x, y }) {
  context.moveTo(points[0] * scale + x, points[1] * scale + y);
  for (let i = 2; i + 1 < points.length; i += 2) context.lineTo(points[i] * scale + x, points[i + 1] * scale + y);
}

function paintMask(context, shape, view, style, colour) {
  const [left, top, right, bottom] = shape.box;
  context.globalAlpha = Math.min(0.5, style.fill * 2.6);
  context.imageSmoothingEnabled = false;
  const [x, y] = [left * view.scale + view.x, top * view.scale + view.y];
  const [width, height] = [(right - left) * view.scale, (bottom - top) * view.scale];
  context.drawImage(tinted(shape.mask, colour), x, y, width, height);
  context.globalAlpha = 1;
  if (style.dash) context.strokeRect(x, y, width, height);
}

function paintDots(context, shape, view, radius) {
  const { dots, dotNotes } = shape;
  for (let i = 0; i + 1 < dots.length; i += 2) {
    const note = dotNotes[i / 2];
    const [x, y] = [dots[i] * view.scale + view.x, dots[i + 1] * view.scale + view.y];
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    // Filled if visible, a ring if occluded, a cross if invisible.
    if (note === "invisible") {
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x + radius, y - radius);
      context.lineTo(x - radius, y + radius);
    } else if (note !== "occluded" && note !== "selfOccluded") {
      context.fill();
    }
    context.setLineDash(NO_DASH);
    context.stroke();
  }
}

/**
 * Draws handles: squares at vertices, and discs that turn or resize.
 * @param {{x: number, y: number, kind: string}[]} handles in pixels of the media
 * @param {(handle: any) => boolean} [isMarked] the ones that stand out
 */
export function paintHandles(context, handles, view, colour, isMarked = () => false) {
  context.setLineDash(NO_DASH);
  context.lineWidth = 1.5;
  const half = handles.length > 40 ? 2.5 : 4;
  context.strokeStyle = colour;
  for (const handle of handles) {
    const [x, y] = [handle.x * view.scale + view.x, handle.y * view.scale + view.y];
    const size = isMarked(handle) ? half + 2 : half;
    context.fillStyle = isMarked(handle) ? colour : "#ffffff";
    context.beginPath();
    if (handle.kind === "vertex") context.rect(x - size, y - size, 2 * size, 2 * size);
    else context.arc(x, y, size + 0.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/**
 * Draws a name on a coloured background at the upper left corner of a shape.
 * @param {[number, number, number][]} taken left, top and right of the names so far, which it should not cover
 */
export function paintName(context, shape, view, text, taken) {
  const [x, y] = [shape.box[0] * view.scale + view.x, shape.box[1] * view.scale + view.y];
  context.font = "600 12px system-ui, sans-serif";
  const width = context.measureText(text).width + 10;
  const wanted = y > 22 ? y - 20 : y + 2;
  const isFree = (at) => at >= 0 && taken.every(([left, top, right]) => x >= right || x + width <= left || Math.abs(at - top) >= 18);
  const top = [wanted, wanted - 19, wanted + 19, wanted - 38, wanted + 38].find(isFree) ?? wanted;
  taken.push([x, top, x + width]);
  context.fillStyle = shape.colour;
  context.fillRect(x, top, width, 18);
  context.fillStyle = isDark(shape.colour) ? "#ffffff" : "#10141c";
  context.fillText(text, x + 5, top + 13);
}

/** Returns whether white text has more contrast on a colour than black. @param {string} colour `#rrggbb` */
function isDark(colour) {
  const number = Number.parseInt(colour.slice(1, 7).padEnd(6, "0"), 16);
  const [red, green, blue] = [number >> 16, (number >> 8) & 255, number & 255];
  return red * 0.299 + green * 0.587 + blue * 0.114 < 150;
}
