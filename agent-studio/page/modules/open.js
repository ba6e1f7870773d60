// Opening projects and data, and going from frame to frame.

import * as api from "./api.js";
import { Labels } from "./labels.js";
import { Blank, Images, Video } from "./media.js";
import { Ontology } from "./ontology.js";
import { during } from "./progress.js";
import { OpenRow } from "./row.js";
import { awaitPicture, showPicture } from "./stage.js";
import { on, state, update } from "./state.js";
import { complain } from "./toasts.js";

/** The media of the open data. @type {Images | Video | Blank | null} */
let media = null;
/** Number of opened data, so that late responses are discarded. */
let opening = 0;

/** Data types without frames, whose labels are ranges. */
const RANGED = ["audio", "plain_text", "time_series"];

/** Returns whether the labels of this data are ranges. */
export const isRanged = (data = state.data) => RANGED.includes(data?.dataType ?? "");

/** Returns the number of frames of data; 1 for audio and text. Those of a scene are not listed, so they reach to the last label. */
function framesOf(data, labels) {
  if (!data || isRanged(data)) return 1;
  const labelled = data.dataType === "scene" && labels && !labels.isContinuous ? labels.frames : 1;
  return Math.max(1, data.frames, labelled);
}

/** The number of frames of the open data. */
export const frameCount = () => framesOf(state.data, state.labels);

/** Reads the list of projects and their data again. */
export async function listProjects() {
  const { projects } = await during("Reading the projects…", () => api.projects());
  const own = projects.find((one) => one.projectHash === state.projectHash);
  const data = own?.data.find((one) => one.dataHash === state.data?.dataHash);
  update({ projects, ...(data ? { data } : {}) });
}

/**
 * Opens data on a frame. Labels and picture change together when both are loaded; until then, the previous data stays open.
 * @param {string} projectHash
 * @param {string} dataHash
 * @param {number} [frame]
 */
export async function openData(projectHash, dataHash, frame = 0) {
  const number = ++opening;
  awaitPicture();
  const began = performance.now();
  try {
    const place = { project: projectHash, data: dataHash };
    const [structure, paths, opened] = await during("Opening…", () => (
      Promise.all([api.ontology(projectHash), api.rustPaths(projectHash), api.open(place)])));
    if (number !== opening) return;
    const next = mediaOf(opened);
    const known = new Ontology(structure, paths);
    const labels = opened.data.dataType === "scene" ? new Labels(opened.row, known) : null;
    const at = Math.max(0, Math.min(frame, framesOf(opened.data, labels) - 1));
    const picture = isRanged(opened.data) ? null : await during(`Reading frame ${at}…`, () => next.at(at));
    if (number !== opening) {
      picture?.close?.();
      return;
    }
    halt();
    media = next;
    const row = new OpenRow(place, known, opened);
    update({
      projectHash, row, ontology: row.ontology, data: opened.data, units: opened.units, frame: at, unknown: "",
      selection: new Set(), hovered: null, difference: null, hidden: new Set(), locked: new Set(), solo: null, loop: null,
    });
    row.publish();
    showPicture(picture);
    performance.measure("open data", { start: began });
  } catch (error) {
    if (number !== opening) return;
    if (stillShown()) void goTo(state.frame);
    complain(error);
  }
}

/** Returns whether data is open that can stay on the stage. */
const stillShown = () => media !== null && state.row !== null;

function mediaOf({ data, units }) {
  if (data.dataType === "video") return new Video(units[0], data.framesPerSecond ?? 25, data.frames);
  if (data.dataType === "image" || data.dataType === "img_group") return new Images(units);
  // Default page size: the aspect ratio of paper.
  return new Blank(data.width || 1000, data.height || 1414);
}

/**
 * Shows a frame. The labels change when its picture is loaded, so that both always match.
 * @param {number} frame
 */
export async function goTo(frame) {
  halt();
  const [own, number] = [media, opening];
  if (!own) return;
  const at = Math.max(0, Math.min(Math.trunc(frame) || 0, frameCount() - 1));
  awaitPicture();
  update({ frame: at });
  const picture = isRanged() ? null : await during(`Reading frame ${at}…`, () => own.at(at));
  if (own === media && state.frame === at && number === opening) showPicture(picture);
  else picture?.close?.();
}

/** Plays the video from the displayed frame, or from the start of the loop that does not contain it. */
export async function play() {
  const video = media;
  if (!(video instanceof Video)) return;
  const [first, last] = state.loop ?? [0, frameCount() - 1];
  update({ isPlaying: true });
  await playFrom(video, state.frame < first || state.frame >= last ? first : state.frame);
}

/** @param {Video} video @param {number} from */
async function playFrom(video, from) {
  const repeat = (loop) => {
    video.stop();
    void playFrom(video, loop[0]);
  };
  await video.play(from, (picture) => {
    const { loop } = state;
    if (loop && picture.frame > loop[1]) {
      picture.close?.();
      repeat(loop);
      return;
    }
    update({ frame: picture.frame });
    showPicture(picture);
  }, () => (state.loop ? repeat(state.loop) : stop()));
}

/** Stops playing on the displayed frame. */
export function stop() {
  // The video may be some pictures ahead of the labels.
  if (halt()) void goTo(state.frame);
}

/** @returns {boolean} whether anything was playing */
function halt() {
  const was = state.isPlaying;
  media?.stop();
  update({ isPlaying: false });
  return was;
}

/** Updates the label status of the open data in the list. */
export function watchLabelled() {
  on(["labels"], () => {
    const { data, labels } = state;
    const labelled = (labels?.objects.size ?? 0) + (labels?.classifications.size ?? 0) > 0;
    if (!data || !labels || data.labelled === labelled) return;
    const now = { ...data, labelled };
    const projects = state.projects?.map((project) => (project.projectHash === state.projectHash
      ? { ...project, data: project.data.map((one) => (one.dataHash === data.dataHash ? now : one)) } : project));
    update({ data: now, projects: projects ?? null });
  });
}
