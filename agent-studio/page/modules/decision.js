// The decision of an agent, compared with the pathways of the data's stage.

import { button, el } from "./dom.js";
import { moveTask, stageAt } from "./workflow.js";

/**
 * Renders a decision: whether the stage of the called data has a pathway of this name, and a button that moves the task along it.
 * @param {string} decision
 * @param {import("./api.js").Place} place
 */
export function decisionOf(decision, place) {
  const stage = stageAt(place);
  const name = el("strong", null, decision);
  if (stage?.kind !== "AGENT") {
    const where = stage ? `The task is in stage ${stage.title}, where the platform runs no agent.` : "";
    return el("div", { class: "decision" }, el("span", null, "Decision"), name, where && el("p", { class: "soft" }, where));
  }
  if (!stage.pathways.includes(decision)) {
    return el("div", { class: "decision unknown" }, el("span", null, "Decision"), name,
      el("p", { class: "message" }, `Stage ${stage.title} has no pathway of this name. The platform would fail the execution.`),
      el("p", { class: "soft" }, `Its pathways: ${stage.pathways.join(", ") || "none"}`));
  }
  return el("div", { class: "decision" }, el("span", null, "Decision"), name,
    button("Follow decision", () => moveTask(place, "follow", decision), { title: `Moves the task along the pathway ${decision}, as the platform does` }));
}
