// The model tool: points and boxes as prompts of an agent, whose result is shown until it is accepted.

import { callQuietly } from "./agent-call.js";
import { inside } from "./bounds.js";
import { draggedShape, drawnPoint } from "./drawn-shapes.js";
import { edit } from "./edits.js";
import { promptAgent } from "./prompt-agent.js";
import { addOverlay, redraw, stage, viewport } from "./stage.js";
import { on, state, update } from "./state.js";
import { inform } from "./toasts.js";

/**
 * @typedef {[number, number]} Point in pixels of the media
 * @typedef {{hash: string, sign: "+"|"-"|""}} Prompt an object that exists until the result is accepted or discarded
 * @typedef {Object} Prompting the prompts of one object; they belong to one frame of one row
 * @property {import("./row.js").OpenRow} row
 * @property {number} frame
 * @property {Prompt[]} prompts
 * @property {string[]} results hashes that an agent added which cannot do dry runs
 * @property {boolean} isCalling
 */

/** True if prompts have changed since the running call began. */
let isOutdated = false;
/** A box that is being dragged. @type {[Point, Point]?} */
let box = null;

/** Returns the classes of the prompts, if the ontology has them. */
export function promptClasses(ontology = state.ontology) {
  const points = ontology?.drawnWith("point") ?? [];
  const boxes = ontology?.drawnWith("box") ?? [];
  const negative = points.find(({ name }) => /negative|background/i.test(name));
  const wanted = (classes) => classes.find(({ name }) => /prompt|positive/i.test(name)) ?? classes[0];
  return { positive: wanted(points.filter((one) => one !== negative)), negative, box: wanted(boxes) };
}

/** Adds a point. @param {Point} place @param {boolean} isNegative whether it is not on the object */
export function promptPoint(place, isNegative) {
  const { picture } = stage;
  const { positive, negative } = promptClasses();
  const known = isNegative ? negative : positive;
  if (!picture) return;
  if (!known) {
    inform(isNegative ? "The ontology has no point class for negative prompts. Add one with \"negative\" in its name." : "The ontology has no point class for prompts.");
    return;
  }
  void add(known.featureHash, drawnPoint(place, picture.width, picture.height), isNegative ? "-" : "+");
}

/** Shows a box that is being dragged. @param {Point} from @param {Point} to */
export function dragPrompt(from, to) {
  box = [from, to];
  redraw();
}

/** Adds the dragged box. @param {Point} from @param {Point} to */
export function promptBox(from, to) {
  const { picture } = stage;
  const known = promptClasses().box;
  box = null;
  if (!picture) return;
  const { width, height } = picture;
  const onMedia = ([x, y]) => /** @type {Point} */ ([inside(x / width) * width, inside(y / height) * height]);
  if (known) void add(known.featureHash, draggedShape("box", onMedia(from), onMedia(to), width, height, known), "");
  else inform("The ontology has no box class for prompts.");
}

/** Discards a box that is being dragged. @returns {boolean} whether there was one */
export function cancelPrompt() {
  const was = box !== null;
  box = null;
  redraw();
  return was;
}

/** Saves a prompt, and calls the agent. */
async function add(featureHash, coordinates, sign) {
  const { row, shownFrame: frame } = state;
  if (!row || frame === null) return;
  if (!promptAgent()) {
    inform("Choose the agent that gets the prompts.");
    return;
  }
  const before = /** @type {Prompting} */ (state.prompting ?? { row, frame, prompts: [], results: [], isCalling: false });
  if (!state.prompting) update({ prompting: before });
  const added = await edit("Add a prompt", [{ edit: "addObject", class: featureHash, frame, coordinates }], row);
  const prompting = state.prompting;
  if (!added || prompting?.row !== row) return;
  update({ prompting: { ...prompting, prompts: [...prompting.prompts, { hash: added[0], sign }] } });
  await call();
}

/** Calls the agent, and again as long as prompts change meanwhile. */
async function call() {
  isOutdated = true;
  if (state.prompting?.isCalling) return;
  while (isOutdated && state.prompting) {
    isOutdated = false;
    set({ isCalling: true });
    await removeResults();
    await callOnce(promptAgent()?.agent.isDryRunnable ? "preview" : "editor");
    set({ isCalling: false });
  }
}

/** @param {import("./agent-call.js").Way} way @returns {Promise<boolean>} whether the agent succeeded */
async function callOnce(way) {
  const chosen = promptAgent();
  const { prompting } = state;
  if (!chosen || !prompting) return false;
  const own = prompting.prompts.map(({ hash }) => hash);
  const refined = [...state.selection].filter((hash) => !own.includes(hash));
  const done = await callQuietly(chosen.server, chosen.agent, way, [...own, ...refined]);
  const added = (done?.difference?.objects ?? []).filter((one) => one.kind === "added").map((one) => one.hash);
  if (way === "editor" && state.prompting) set({ results: added });
  return done?.answer !== null && (done?.answer?.status ?? 500) < 300;
}

/** @param {Partial<Prompting>} changes */
const set = (changes) => state.prompting && update({ prompting: { ...state.prompting, ...changes } });

/** Deletes what an agent added for earlier prompts. */
async function removeResults() {
  const { prompting } = state;
  if (!prompting || prompting.results.length === 0) return;
  await remove(prompting.row, prompting.results, "Remove the earlier result");
  set({ results: [] });
}

/** Deletes objects, as far as they still exist. @param {import("./row.js").OpenRow} row @param {string[]} hashes */
function remove(row, hashes, words) {
  return edit(words, (labels) => hashes.filter((hash) => labels.objects.has(hash)).map((objectHash) => ({ edit: "deleteObject", objectHash })), row);
}

/** Keeps the result, and removes the prompts. @returns {boolean} whether there were prompts */
export function acceptResult() {
  const { prompting } = state;
  if (!prompting) return false;
  if (!prompting.isCalling) void accept(prompting);
  return true;
}

/** @param {Prompting} prompting */
async function accept(prompting) {
  // A dry run saved nothing.
  const isSaved = prompting.results.length > 0;
  set({ isCalling: true });
  const isDone = isSaved || (await callOnce("editor"));
  set({ isCalling: false });
  if (!isDone) return;
  const results = state.prompting?.results ?? [];
  update({ prompting: null });
  await remove(prompting.row, prompting.prompts.map(({ hash }) => hash), "Remove the prompts");
  if (prompting.row.isOpen) update({ difference: null, selection: new Set(results.filter((hash) => prompting.row.labels.objects.has(hash))), tab: "labels" });
}

/** Removes the prompts and the result. @returns {boolean} whether there were prompts */
export function discardPrompts() {
  const { prompting } = state;
  if (!prompting) return false;
  update({ prompting: null, difference: null });
  void remove(prompting.row, [...prompting.prompts.map(({ hash }) => hash), ...prompting.results], "Remove the prompts");
  return true;
}

/** Removes the last prompt. @returns {boolean} whether there were prompts */
export function dropPrompt() {
  const { prompting } = state;
  if (!prompting) return false;
  const last = prompting.prompts.at(-1);
  if (!last || prompting.prompts.length === 1) return discardPrompts();
  set({ prompts: prompting.prompts.slice(0, -1) });
  void remove(prompting.row, [last.hash], "Remove a prompt").then(call);
  return true;
}

/** Paints signs of points and the dragged box, and discards prompts when another frame or row is shown. */
export function placePrompts() {
  addOverlay((context) => {
    for (const { hash, sign } of state.prompting?.prompts ?? []) {
      const shape = stage.shape(hash);
      if (shape && sign) paintSign(context, viewport.toScreen(shape.box[0], shape.box[1]), sign);
    }
    if (box) paintBox(context, box.map(([x, y]) => viewport.toScreen(x, y)));
  });
  on(["row", "shownFrame", "tool"], () => {
    const { prompting, row, shownFrame, tool } = state;
    if (prompting && (prompting.row !== row || prompting.frame !== shownFrame || tool !== "model")) discardPrompts();
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

/** @param {Point[]} corners */
function paintBox(context, [[ax, ay], [bx, by]]) {
  context.strokeStyle = "#18794e";
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.strokeRect(ax, ay, bx - ax, by - ay);
}
