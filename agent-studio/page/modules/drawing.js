// Drawing: the selected tool and class, and the shape that is being drawn.

import { inside } from "./bounds.js";
import { clickedShape, draggedShape, drawnEntry, drawnPoint } from "./drawn-shapes.js";
import { edit } from "./edits.js";
import { paintMask } from "./mask-tool.js";
import { pointerMarks } from "./overlay.js";
import { paint } from "./painting.js";
import { rememberedClass, rememberClass } from "./remembered-classes.js";
import { shapeOf } from "./shape.js";
import { addOverlay, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { inform } from "./toasts.js";
import { toolFor, toolKind, withArticle } from "./tools.js";
import { saveDrawn } from "./unsaved.js";
import { withHole, withPart } from "./vertices.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {Object} Draft the shape that is being drawn; it belongs to one frame of one row
 * @property {import("./tools.js").DrawingTool} tool
 * @property {import("./row.js").OpenRow} row
 * @property {number} frame
 * @property {Point[]} points where a drag began and is now, or the vertices
 * @property {Point} tip where the pointer is
 * @property {{objectHash: string, as: "hole"|"part"}?} target the polygon that gets the outline, instead of a new one
 */

/** Distance to the first vertex at which a click closes a polygon, in screen pixels. */
const CLOSE = 9;
/** Minimum size of a dragged shape, in screen pixels. */
const LEAST = 4;

export const isDrawing = () => state.draft !== null;

/** Returns the gesture of the selected tool. A mask is painted by strokes, or by the vertices of a polygon. */
export function gestureOf(tool = state.tool) {
  if (tool === "bitmask" && state.mask.by === "polygon") return "vertices";
  return toolKind(tool)?.gesture ?? null;
}

/** Selects a tool, and the class that was drawn with it last. @param {import("./tools.js").Tool} tool */
export function takeTool(tool) {
  cancelDrawing();
  const kind = toolKind(tool);
  const classes = kind ? (state.ontology?.drawnWith(kind.tool) ?? []) : [];
  if (kind && classes.length === 0) {
    update({ tool: "select" });
    inform(`The ontology has no class that is drawn as ${withArticle(kind.noun)}.`);
    return;
  }
  const wanted = [state.drawClass, rememberedClass(tool)];
  const known = wanted.find((hash) => classes.some((one) => one.featureHash === hash));
  update({ tool, drawClass: kind ? (known ?? classes[0].featureHash) : state.drawClass, outlineAs: "new" });
}

/** Selects a class, and the tool that draws it. @param {string} featureHash */
export function takeClass(featureHash) {
  const known = state.ontology?.object(featureHash);
  const kind = known && toolFor(known.shape);
  if (!kind) return;
  rememberClass(kind.tool, featureHash);
  update({ drawClass: featureHash });
  if (state.tool !== kind.tool) takeTool(kind.tool);
}

/** Selects the class of a number key. @param {number} number from 1 */
export function takeNumberedClass(number) {
  const known = state.ontology?.drawable()[number - 1];
  if (known) takeClass(known.featureHash);
  else inform(`The ontology has no class number ${number} that can be drawn.`);
}

/** Selects what an outline becomes: a new polygon, or a hole or a part of the selected one. @param {"new"|"hole"|"part"} outlineAs */
export function drawOutlineAs(outlineAs) {
  if (outlineAs !== "new" && !selectedPolygon()) {
    inform(`Select one polygon first: the ${outlineAs} is added to it.`);
    return;
  }
  if (state.tool !== "polygon") takeTool("polygon");
  update({ outlineAs });
}

/** Returns the entry of the only selected object on the frame, if it is a polygon. */
export function selectedPolygon() {
  if (state.selection.size !== 1) return null;
  const entry = stage.shape([...state.selection][0])?.entry;
  return entry?.polygons || entry?.polygon ? entry : null;
}

/** Clamps a place to the media. @param {Point} at @returns {Point} */
function onMedia([x, y]) {
  const { width = 1, height = 1 } = stage.picture ?? {};
  return [inside(x / width) * width, inside(y / height) * height];
}

/** Begins a shape on the displayed frame. @param {Point[]} points */
function begin(points) {
  const { picture } = stage;
  const { outlineAs, row, tool } = state;
  if (!picture || !row || tool === "select" || tool === "model") return;
  const entry = tool === "polygon" && outlineAs !== "new" ? selectedPolygon() : null;
  const target = entry && outlineAs !== "new" ? { objectHash: entry.objectHash, as: outlineAs } : null;
  update({ draft: { tool, row, frame: picture.frame, points, tip: points[0], target } });
}

/** Begins a dragged shape. @param {Point} place */
export function startShape(place) {
  const at = onMedia(place);
  begin(gestureOf() === "stroke" ? [place] : [at, at]);
}

/** @param {Point} place */
export function dragShape(place) {
  const { draft } = state;
  if (!draft) return;
  const points = gestureOf(draft.tool) === "stroke" ? [...draft.points, place] : [draft.points[0], onMedia(place)];
  update({ draft: { ...draft, points, tip: points[points.length - 1] } });
}

/** Completes a dragged shape, and saves it if it is large enough. */
export function endShape() {
  const { draft } = state;
  cancelDrawing();
  if (!draft || !stage.picture) return;
  if (draft.tool === "bitmask") {
    addStrokes(draft);
    return;
  }
  const [[ax, ay], [bx, by]] = draft.points;
  const sides = [Math.abs(ax - bx), Math.abs(ay - by)].map((side) => side * viewport.view.scale);
  // A circle needs only a radius.
  if ((draft.tool === "circle" ? Math.max(...sides) : Math.min(...sides)) < LEAST) return;
  const known = classOf(draft);
  const { width, height } = stage.picture;
  if (known) addDrawn(draft, draggedShape(draft.tool, draft.points[0], draft.points[1], width, height, known));
}

/** Draws a point, or adds a vertex, or closes a polygon at its first vertex. @param {Point} place */
export function clickShape(place) {
  const at = onMedia(place);
  const { draft } = state;
  if (gestureOf() === "click") {
    begin([at]);
    finishPoint();
    return;
  }
  if (!draft) {
    begin([at]);
    return;
  }
  const distance = (point) => Math.hypot(point[0] - at[0], point[1] - at[1]) * viewport.view.scale;
  const { points } = draft;
  if (draft.tool === "polygon" && points.length >= 3 && distance(points[0]) <= CLOSE) {
    finishOutline();
    return;
  }
  // The second click of a double click is at the same place.
  if (distance(points[points.length - 1]) >= 2) update({ draft: { ...draft, points: [...points, at], tip: at } });
}

function finishPoint() {
  const { draft } = state;
  cancelDrawing();
  if (draft && stage.picture) addDrawn(draft, drawnPoint(draft.points[0], stage.picture.width, stage.picture.height));
}

/** @param {Point} at */
export function moveDraft(at) {
  const { draft } = state;
  if (draft) update({ draft: { ...draft, tip: onMedia(at) } });
}

/** Removes the last vertex. */
export function dropVertex() {
  const { draft } = state;
  if (!draft) return;
  const isLast = gestureOf(draft.tool) !== "vertices" || draft.points.length < 2;
  update({ draft: isLast ? null : { ...draft, points: draft.points.slice(0, -1) } });
}

/** Returns whether the outline that is drawn has enough vertices. */
export const closesOutline = () => (state.draft?.points.length ?? 0) >= (state.draft?.tool === "polyline" ? 2 : 3);

/** Completes a polygon or polyline, and saves it. @returns {boolean} whether one was drawn */
export function finishOutline() {
  const { draft } = state;
  if (!draft || gestureOf(draft.tool) !== "vertices" || !stage.picture) return false;
  const isLine = draft.tool === "polyline";
  if (!closesOutline()) return true;
  if (!isLine && areaOf(draft.points) < 1) {
    inform("The polygon has no area inside the image. Add a vertex, or take one back.");
    return true;
  }
  cancelDrawing();
  const coordinates = clickedShape(isLine ? "polyline" : "polygon", draft.points, stage.picture.width, stage.picture.height);
  if (draft.tool === "bitmask") addStrokes(draft);
  else if (draft.target) extendPolygon(draft, coordinates.polygons?.[0][0] ?? []);
  else addDrawn(draft, coordinates);
  return true;
}

/** Returns the area of a polygon, in square pixels of the media. @param {Point[]} points */
function areaOf(points) {
  const twice = points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Adds an outline to a polygon as a hole or a part. @param {Draft} draft @param {number[]} ring */
function extendPolygon({ row, frame, target }, ring) {
  const { objectHash = "", as } = target ?? {};
  void edit(as === "hole" ? "Cut a hole" : "Add a part", (labels) => {
    const entry = labels.objects.get(objectHash)?.on.get(frame);
    const coordinates = entry && (as === "hole" ? withHole(entry, ring) : withPart(entry, ring));
    if (!coordinates) inform("The hole begins outside the polygon, so it was not cut.");
    return coordinates ? [{ edit: "setCoordinates", objectHash, frame, coordinates }] : [];
  }, row);
  update({ outlineAs: "new" });
}

/** Discards the shape that is being drawn. @returns {boolean} whether there was one */
export function cancelDrawing() {
  const was = isDrawing();
  update({ draft: null });
  return was;
}

/** @param {Draft} draft */
const classOf = (draft) => draft.row.ontology.object(state.drawClass ?? "");

/** Paints a mask along a stroke or inside an outline. @param {Draft} draft */
function addStrokes(draft) {
  void paintMask(draft, async (bitmask) => addDrawn(draft, { bitmask }));
}

/** Saves a drawn shape. @param {Draft} draft */
function addDrawn(draft, coordinates) {
  const known = classOf(draft);
  const kind = toolKind(draft.tool);
  if (!known || !kind) return undefined;
  const { row, frame } = draft;
  rememberClass(draft.tool, known.featureHash);
  return saveDrawn({ words: `Draw ${known.name}`, kind: kind.noun, row, frame, featureHash: known.featureHash, coordinates });
}

/** Paints the draft, and discards it when another frame or row is shown. */
export function placeDrawing() {
  addOverlay((context) => {
    const { draft } = state;
    if (state.tool === "bitmask") paintBrush(context, draft);
    if (draft && gestureOf(draft.tool) === "vertices") paintOutline(context, draft);
    else if (draft) paintDragged(context, draft);
  });
  on(["row", "shownFrame"], () => {
    const { draft, row, shownFrame } = state;
    if (!draft || (draft.row === row && draft.frame === shownFrame)) return;
    cancelDrawing();
    const noun = toolKind(draft.tool)?.noun;
    inform(`The unfinished ${noun} was discarded, because another ${draft.row === row ? "frame" : "file"} is shown now.`);
  });
  on(["selection"], () => state.outlineAs !== "new" && !state.draft && !selectedPolygon() && update({ outlineAs: "new" }));
  on(["ontology"], () => state.tool === "select" || takeTool(state.tool));
}

/** @param {Draft} draft */
function paintDragged(context, draft) {
  const { labels } = state;
  const { picture } = stage;
  const known = classOf(draft);
  if (!labels || !picture || !known || draft.tool === "bitmask" || draft.points.length < 2) return;
  const { width, height } = picture;
  const coordinates = draggedShape(draft.tool, draft.points[0], draft.points[1], width, height, known);
  const shape = shapeOf(drawnEntry(known.featureHash, coordinates, known), labels, width, height);
  if (shape) paint(context, shape, viewport.view, { width: 2, fill: 0.2 });
}

/** Paints the brush at the pointer, and its stroke. @param {Draft?} draft */
function paintBrush(context, draft) {
  const { by, isErasing, size } = state.mask;
  if (by !== "brush") return;
  const diameter = size * viewport.view.scale;
  const colour = state.ontology?.object(state.drawClass ?? "")?.colour ?? "#4b46c8";
  if (draft) {
    context.globalAlpha = 0.5;
    context.strokeStyle = isErasing ? "#ffffff" : colour;
    [context.lineWidth, context.lineCap] = [diameter, "round"];
    context.beginPath();
    const points = draft.points.map(([x, y]) => viewport.toScreen(x, y));
    for (const [x, y] of [points[0], ...points]) context.lineTo(x, y);
    context.stroke();
    context.globalAlpha = 1;
  }
  const place = pointerMarks.place;
  if (!place) return;
  for (const [line, width] of /** @type {const} */ ([["#10141c", 2.5], [isErasing ? "#ffffff" : colour, 1.2]])) {
    [context.strokeStyle, context.lineWidth] = [line, width];
    context.beginPath();
    context.arc(place[0], place[1], Math.max(1, diameter / 2), 0, 2 * Math.PI);
    context.stroke();
  }
}

/** @param {Draft} draft */
function paintOutline(context, draft) {
  const colour = classOf(draft)?.colour ?? "#4b46c8";
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  const points = draft.points.map(([x, y]) => viewport.toScreen(x, y));
  context.beginPath();
  points.forEach(([x, y], number) => (number === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.lineTo(...viewport.toScreen(draft.tip[0], draft.tip[1]));
  context.stroke();
  points.forEach(([x, y], number) => {
    context.beginPath();
    context.arc(x, y, number === 0 && draft.tool === "polygon" ? 5 : 3, 0, 2 * Math.PI);
    context.fill();
  });
}
