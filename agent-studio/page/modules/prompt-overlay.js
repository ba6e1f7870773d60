// The signs of prompts on the image, and the box that is being dragged.

import { redraw, addOverlay, stage, viewport } from "./stage.js";
import { state } from "./state.js";

/** @typedef {[number, number]} Point in pixels of the media */

/** The corners of the dragged box. @type {[Point, Point]?} */
let box = null;

/** Shows a box that is being dragged. @param {Point} from @param {Point} to */
export function dragPrompt(from, to) {
  box = [from, to];
  redraw();
}

/** Removes a box that is being dragged. @returns {boolean} whether there was one */
export function cancelPrompt() {
  const was = box !== null;
  box = null;
  redraw();
  return was;
}

/** Paints signs of points, and the dragged box. */
export function placePromptSigns() {
  addOverlay((context) => {
    for (const { hash, sign } of state.prompting?.prompts ?? []) {
      const shape = stage.shape(hash);
      if (shape && sign) paintSign(context, viewport.toScreen(shape.box[0], shape.box[1]), sign);
    }
    if (box) paintBox(context, box.map(([x, y]) => viewport.toScreen(x, y)));
  });
}

function paintSign(context, [x, y], sign) {
  context.fillStyle = sign === "+" ? "#18794e" : "#b42318";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(x - 4, y);
  context.lineTo(x + 4, y);
  if (sign === "+") {
    context.moveTo(x, y - 4);
    context.lineTo(x, y + 4);
  }
  context.stroke();
}

/** Paints a dashed line on a light one, which is visible on every picture. @param {Point[]} corners */
function paintBox(context, [[ax, ay], [bx, by]]) {
  const corners = /** @type {const} */ ([ax, ay, bx - ax, by - ay]);
  context.lineWidth = 3;
  context.strokeStyle = "#ffffff";
  context.strokeRect(...corners);
  context.lineWidth = 2;
  context.strokeStyle = "#18794e";
  context.setLineDash([6, 4]);
  context.strokeRect(...corners);
}
