// Pins of findings on the image.

import { isHere } from "./findings.js";
import { addOverlay, redraw, stage, viewport } from "./stage.js";
import { on, state } from "./state.js";

const COLOURS = { error: "#e5484d", warning: "#f5a524", info: "#3b82f6" };

/** Maximum number of pins. */
const MOST = 300;

export function placeFindingPins() {
  addOverlay(paintPins);
  on(["findings", "labels"], redraw);
}

/** Returns the position of a finding on the displayed frame, in pixels of the screen. */
function positionOf({ object, frames, point }, picture) {
  const isOn = frames.length === 0 || frames.some(([start, end]) => start <= picture.frame && picture.frame <= end);
  if (!isOn) return null;
  if (point) return viewport.toScreen(point[0] * picture.width, point[1] * picture.height);
  const shape = object === null ? undefined : stage.shape(object);
  return shape ? viewport.toScreen(shape.box[2], shape.box[1]) : null;
}

function paintPins(context) {
  const { picture } = stage;
  const { findings } = state;
  if (!findings || !isHere() || !picture) return;
  /** Number of pins at a position, so that they stand side by side. @type {Map<string, number>} */
  const taken = new Map();
  findings.list.slice(0, MOST).forEach((finding, at) => {
    const position = finding.isResolved ? null : positionOf(finding, picture);
    if (!position) return;
    const place = position.map(Math.round).join(" ");
    const before = taken.get(place) ?? 0;
    taken.set(place, before + 1);
    paintPin(context, position[0] + before * 20, position[1], at, finding.severity, at === findings.current);
  });
}

/** Paints a pin whose tip is at a position, with the number of its finding. */
function paintPin(context, x, y, at, severity, isCurrent) {
  const radius = isCurrent ? 12 : 9;
  const centre = y - radius - 6;
  context.beginPath();
  context.arc(x, centre, radius, 0.75 * Math.PI, 0.25 * Math.PI);
  context.lineTo(x, y);
  context.closePath();
  context.fillStyle = COLOURS[severity];
  context.fill();
  context.lineWidth = isCurrent ? 2.5 : 1.5;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = severity === "warning" ? "#10141c" : "#ffffff";
  context.font = `600 ${isCurrent ? 12 : 10}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(at + 1), x, centre + 0.5);
}
