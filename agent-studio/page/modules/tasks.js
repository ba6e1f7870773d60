// The panel of tasks: stages of the workflow, and what can be done with the open task.

import { button, el, fill } from "./dom.js";
import { openData } from "./open.js";
import { state } from "./state.js";
import { moveTask, nextTask, openStage, tasksIn } from "./workflow.js";

/** Maximum number of listed tasks of a stage. */
const MOST = 50;

const KINDS = { ANNOTATION: "annotation", REVIEW: "review", CONSENSUS_ANNOTATION: "consensus annotation", CONSENSUS_REVIEW: "consensus review", AGENT: "agent", DONE: "final" };

/** @param {HTMLElement} panel */
export function showTasks(panel) {
  const project = state.projects?.find((one) => one.projectHash === state.projectHash);
  if (!project) {
    fill(panel, el("p", { class: "empty" }, "No project is open."));
    return;
  }
  fill(panel, openTask(), ...project.stages.map((stage) => stageSection(stage)));
}

/** The open task and its actions. */
function openTask() {
  const { data, projectHash } = state;
  const stage = openStage();
  if (!data || !stage || !projectHash) return null;
  const place = { project: projectHash, data: data.dataHash };
  const act = (words, action, pathway) => button(words, () => moveTask(place, action, pathway), { class: action === "reject" ? "" : "main" });
  const isReview = stage.kind === "REVIEW" || stage.kind === "CONSENSUS_REVIEW";
  return el("header", { class: "panel-head" },
    el("h2", null, data.title), el("p", { class: "soft" }, `In stage ${stage.title}`),
    el("div", { class: "actions" },
      stage.kind === "ANNOTATION" && stage.hasNext && act("Submit", "submit"),
      isReview && stage.hasNext && act("Approve", "approve"),
      isReview && stage.hasRejected && act("Reject", "reject"),
      ...stage.pathways.map((pathway) => button(pathway, () => moveTask(place, "follow", pathway), { title: "Moves the task along this pathway, as an agent would" })),
      button("Next task", nextTask, { title: "Opens the next task of this stage (T)" })));
}

/** @param {import("./api.js").Stage} stage */
function stageSection(stage) {
  const tasks = tasksIn(stage.title);
  const isOpen = state.data?.stage === stage.title;
  return el("details", { class: "stage-tasks", open: isOpen },
    el("summary", null, el("b", null, stage.title), el("small", null, KINDS[stage.kind] ?? stage.kind), el("span", { class: "chip" }, String(tasks.length))),
    tasks.length === 0 && el("p", { class: "empty" }, "No tasks."),
    el("ul", null, ...tasks.slice(0, MOST).map((task) => el("li", null, button(task.title, () => openData(state.projectHash ?? "", task.dataHash), {
      class: "quiet", "data-hash": task.dataHash, "aria-current": String(task.dataHash === state.data?.dataHash),
    })))),
    tasks.length > MOST && el("p", { class: "empty" }, `${tasks.length - MOST} more.`));
}
