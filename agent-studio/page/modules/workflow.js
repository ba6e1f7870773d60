// The workflow of the open project: stages, and moves of the open data's task.

import * as api from "./api.js";
import { listProjects, openData } from "./open.js";
import { during } from "./progress.js";
import { on, state } from "./state.js";
import { complain, inform } from "./toasts.js";

/** @typedef {import("./api.js").Stage} Stage */

/** Returns a project's stage of this title. @param {string} projectHash @param {string?} title @returns {Stage | undefined} */
const stageOf = (projectHash, title) => state.projects?.find((one) => one.projectHash === projectHash)?.stages.find((one) => one.title === title);

/** Returns the stage of the open data. */
export const openStage = () => (state.projectHash && state.data ? stageOf(state.projectHash, state.data.stage) : undefined);

/** Returns the stage of data, as it is listed now. @param {api.Place} place */
export function stageAt({ project, data }) {
  const listed = state.projects?.find((one) => one.projectHash === project)?.data.find((one) => one.dataHash === data);
  return stageOf(project, listed?.stage ?? null);
}

/**
 * Moves the task of data to another stage.
 * @param {api.Place} place
 * @param {"follow"|"submit"|"approve"|"reject"} action
 * @param {string} [pathway]
 */
export async function moveTask(place, action, pathway) {
  try {
    const { stage } = await during("Moving the task…", () => api.moveTask(place, action, pathway));
    await listProjects();
    inform(`The task is in stage ${stage} now`);
  } catch (error) {
    complain(error);
  }
}

/** Lists the tasks again whenever their panel is opened: agents and other people move them. */
export function watchTasks() {
  on(["tab"], () => state.tab === "tasks" && void listProjects().catch(complain));
}

/** Returns the tasks of the open project in a stage. @param {string} title */
export const tasksIn = (title) => state.projects?.find((one) => one.projectHash === state.projectHash)?.data.filter((one) => one.stage === title) ?? [];

/** Opens the task after the open one in its stage; after the last one, the first. */
export function nextTask() {
  const { data, projectHash } = state;
  if (!data?.stage || !projectHash) return;
  const tasks = tasksIn(data.stage);
  const next = tasks[(tasks.findIndex((one) => one.dataHash === data.dataHash) + 1) % tasks.length];
  if (next && next.dataHash !== data.dataHash) void openData(projectHash, next.dataHash);
  else inform(`There is no other task in stage ${data.stage}`);
}
