// The canvas: media, shapes above it, and overlays on top.

import { adjusted } from "./adjusted-picture.js";
import { el } from "./dom.js";
import { ShapeLayer } from "./shape-layer.js";
import { shapeOf } from "./shape.js";
import { SpatialIndex } from "./spatial-index.js";
import { isShown } from "./shown-objects.js";
import { on, state, update } from "./state.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./media.js").Picture} Picture */

/** Canvas of media and shapes, which change rarely. */
const canvas = el("canvas", { tabindex: "0", role: "application", "aria-label": "The frame with its labels. Enter shows a cursor for the arrow keys. A triggers an agent." });
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** The painted picture; null for data without pictures. @type {Picture?} */
let picture = null;
/** True while another picture is loading. */
let isWaiting = true;
/** What the index was made of. @type {{labels: any, frame: number, width: number, height: number, shown: any[], data?: string}?} */
let indexed = null;
let index = new SpatialIndex([], 1, 1);
let scheduled = false;
/** Maximum number of selected objects that are painted above the others. */
export const FEW_SELECTED = 200;
/** @type {Set<string>} */
const NONE = new Set();
let marked = NONE;
/** @type {((context: CanvasRenderingContext2D) => void)[]} */
const overlays = [];
const layer = new ShapeLayer();

export const viewport = new Viewport(redraw);

/** The canvas element, and access to the labels of the displayed picture. */
export const stage = {
  canvas,
  /** The shapes of the frame that is shown. */
  get index() {
    return index;
  },
  /** @returns {Picture?} */
  get picture() {
    return picture;
  },
  /** The shape of an object on the frame that is shown. @param {string} hash */
  shape(hash) {
    return byHash.get(hash);
  },
};

/** @type {Map<string, import("./shape.js").Shape>} */
let byHash = new Map();

/** Inserts the canvas into the page. @param {HTMLElement} parent */
export function placeStage(parent) {
  parent.append(canvas);
  new ResizeObserver(() => {
    const density = devicePixelRatio;
    canvas.width = Math.round(parent.clientWidth * density);
    canvas.height = Math.round(parent.clientHeight * density);
    viewport.resize(parent.clientWidth, parent.clientHeight);
    redraw();
  }).observe(parent);
  on(["labels", "selection", "hovered", "difference", "showDifference", "tool", "draft", "unsaved", "drawClass", "vertex", "cursor", "mask", "hidden", "locked", "solo"], redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/** Registers an overlay, which is painted on top of the shapes. @param {(context: CanvasRenderingContext2D) => void} overlay */
export function addOverlay(overlay) {
  overlays.push(overlay);
}

/** Announces another picture. The current one stays until the other is loaded. */
export function awaitPicture() {
  isWaiting = true;
  canvas.dataset.complete = "false";
}

/** Shows a picture together with the labels of its frame. @param {Picture?} next */
export function showPicture(next) {
  if (picture !== next) picture?.close?.();
  picture = next;
  isWaiting = false;
  if (next) viewport.show(next.width, next.height);
  update({ shownFrame: next?.frame ?? null });
  redraw();
}

/** Paints in the next animation frame. */
export function redraw() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    paintAll();
  });
}

function paintAll() {
  const density = devicePixelRatio;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, viewport.width, viewport.height);
  canvas.dataset.complete = String(!isWaiting && !picture);
  // In a small window the stage may have no area.
  if (!picture || !viewport.hasArea) return;
  reindex(picture);
  paintMedia(picture);
  layer.setFill(state.view.fill);
  const more = layer.draw(context, viewport, density);
  context.lineJoin = "round";
  for (const overlay of overlays) {
    context.save();
    overlay(context);
    context.restore();
  }
  canvas.dataset.frame = String(picture.frame);
  canvas.dataset.complete = String(!more && !isWaiting);
  if (more) redraw();
}

function paintMedia({ source, width, height }) {
  const { scale, x, y } = viewport.view;
  context.imageSmoothingEnabled = scale < 4;
  if (source) {
    context.drawImage(adjusted(source, width, height, state.view), x, y, width * scale, height * scale);
    return;
  }
  const style = getComputedStyle(canvas);
  context.fillStyle = style.getPropertyValue("--card");
  context.fillRect(x, y, width * scale, height * scale);
  context.strokeStyle = style.getPropertyValue("--line");
  context.strokeRect(x, y, width * scale, height * scale);
}

/** Updates the shapes to the displayed picture, not to the requested frame. */
function reindex({ frame, width, height }) {
  const { labels, selection } = state;
  const crowd = selection.size > FEW_SELECTED ? selection : NONE;
  // Objects that are shown alone include the selected ones.
  const shown = [state.hidden, state.solo, state.solo ? selection : null];
  const isSameSource = indexed?.labels === labels && indexed?.frame === frame && indexed.width === width && indexed.height === height;
  const same = isSameSource && shown.every((one, number) => one === indexed?.shown[number]);
  if (same && crowd === marked) return;
  marked = crowd;
  const isMarked = (shape) => crowd.has(shape.entry.objectHash);
  if (same) return layer.show(index, isMarked, true);
  const isSameFrame = indexed?.frame === frame && indexed.data === state.data?.dataHash;
  indexed = { labels, frame, width, height, shown, data: state.data?.dataHash };
  const entries = (labels?.on(frame) ?? []).filter((entry) => isShown(entry.objectHash));
  const shapes = entries.map((entry) => labels && shapeOf(entry, labels, width, height)).filter((shape) => shape !== null);
  index = new SpatialIndex(shapes, width, height);
  byHash = new Map(shapes.map((shape) => [shape.entry.objectHash, shape]));
  layer.show(index, isMarked, isSameFrame);
}
