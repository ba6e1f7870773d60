// Opening projects and data, and going from frame to frame.

import * as api from "./api.js";
import { Labels } from "./labels.js";
import { Blank, Images, Video } from "./media.js";
import { Ontology } from "./ontology.js";
import { during } from "./progress.js";
import { awaitPicture, showPicture } from "./stage.js";
import { state, update } from "./state.js";
import { complain } from "./toasts.js";

/** The media of the open data. @type {Images | Video | Blank | null} */
let media = null;
/** Counts what was opened, so that what arrives late is not shown. */
let opening = 0;

/** Data without frames: labels lie over ranges of it. */
const RANGED = ["audio", "plain_text", "time_series"];

/** Whether the labels of this data lie over ranges. */
export const isRanged = (data = state.data) => RANGED.includes(data?.dataType ?? "");

/** How many frames the open data has; 1 for a sound or text. */
export const frameCount = () => (state.data && !isRanged() ? Math.max(1, state.data.frames) : 1);

/** The open data, as the interface names it. @returns {api.Place} */
export const place = () => ({ project: state.projectHash ?? "", data: state.data?.dataHash ?? "" });

/** Reads the list of projects and their data again. */
export async function listProjects() {
  const { projects } = await during("Reading the projects…", () => api.projects());
  const own = projects.find((one) => one.projectHash === state.projectHash);
  const data = own?.data.find((one) => one.dataHash === state.data?.dataHash);
  update({ projects, ...(data ? { data } : {}) });
}

/**
 * Opens data on a frame.
 * @param {string} projectHash
 * @param {string} dataHash
 * @param {number} [frame]
 */
export async function openData(projectHash, dataHash, frame = 0) {
  const number = ++opening;
  awaitPicture();
  const began = performance.now();
  try {
    const [structure, opened] = await during("Opening…", () =>
      Promise.all([api.ontology(projectHash), api.open({ project: projectHash, data: dataHash })]));
    if (number !== opening) return;
    const ontology = new Ontology(structure);
    const labels = new Labels(opened.row, ontology);
    media?.stop();
    media = mediaOf(opened);
    update({
      projectHash, ontology, labels, data: opened.data, units: opened.units, version: opened.version,
      selection: new Set(), hovered: null, difference: null, saveState: "saved",
      history: { at: state.history.at + 1, undo: [], redo: [] },
    });
    await goTo(Math.min(frame, Math.max(0, opened.data.frames - 1)));
    performance.measure("open data", { start: began });
  } catch (error) {
    if (number === opening) complain(error);
  }
}

function mediaOf({ data, units }) {
  if (data.dataType === "video") return new Video(units[0], data.framesPerSecond ?? 25, data.frames);
  if (data.dataType === "image" || data.dataType === "img_group") return new Images(units);
  // A page has the proportions of paper unless it says otherwise.
  return new Blank(data.width || 1000, data.height || 1414);
}

/**
 * Shows a frame. The labels change when its picture is there, so that the two always belong together.
 * @param {number} frame
 */
export async function goTo(frame) {
  if (!media) return;
  const at = Math.max(0, Math.min(frame, frameCount() - 1));
  stop();
  awaitPicture();
  update({ frame: at });
  const own = media;
  const picture = isRanged() ? null : await during(`Reading frame ${at}…`, () => own.at(at));
  if (own !== media || state.frame !== at) return;
  showPicture(picture);
}

/** Ends what plays. */
let ended = () => {};

/** Plays the video from the frame that is shown. @param {() => void} whenEnded */
export async function play(whenEnded) {
  if (!(media instanceof Video)) return whenEnded();
  const video = media;
  ended = whenEnded;
  const from = state.frame >= frameCount() - 1 ? 0 : state.frame;
  await video.play(from, (picture) => {
    showPicture(picture);
    update({ frame: picture.frame });
  }, () => stop());
}

/** Stops playing, if anything plays. */
export function stop() {
  const tell = ended;
  ended = () => {};
  media?.stop();
  tell();
}

/** Says in the list of data whether the open one is labelled. @param {boolean} labelled */
function listAsLabelled(labelled) {
  const data = state.data;
  if (!data || data.labelled === labelled) return;
  const now = { ...data, labelled };
  const projects = state.projects?.map((project) => (project.projectHash === state.projectHash
    ? { ...project, data: project.data.map((one) => (one.dataHash === data.dataHash ? now : one)) } : project));
  update({ data: now, projects: projects ?? null });
}

/** Reads the label row again. @returns {Promise<Labels>} */
export async function reload() {
  const opened = await during("Reading the labels…", () => api.open(place()));
  return take(opened);
}

/** Takes in a row that the server answered. @param {{version: string?, row: any, data?: api.Data}} answer */
export function take({ version, row, data }) {
  const labels = new Labels(row, /** @type {Ontology} */ (state.ontology));
  const selection = new Set([...state.selection].filter((hash) => labels.objects.has(hash)));
  update({ labels, version, selection, saveState: "saved", ...(data ? { data } : {}) });
  listAsLabelled(labels.objects.size + labels.classifications.size > 0);
  return labels;
}
