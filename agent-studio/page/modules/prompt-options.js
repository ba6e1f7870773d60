// The controls of the model tool.

import { button, el } from "./dom.js";
import { choices, choosePromptAgent, promptAgent } from "./prompt-agent.js";
import { promptClasses, promptsOf } from "./prompt-classes.js";
import { acceptResult, discardPrompts, hasResult, refinable, refine } from "./prompts.js";
import { state, update } from "./state.js";

/** Returns the controls. @returns {HTMLElement[]} */
export function promptOptions() {
  const { prompting } = state;
  const taken = taking();
  return [agentChoice(), ...(taken.includes("point") ? signs() : []), ...(prompting ? progress(prompting) : [...targets(), el("span", { class: "hint" }, hint(taken))])];
}

/** Returns the prompts that the chosen agent takes. */
function taking() {
  const agent = promptAgent()?.agent;
  return agent ? promptsOf(agent) : [];
}

/** The agents, grouped by server if there are several. */
function agentChoice() {
  const all = choices();
  const option = ({ key, agent: { name } }) => el("option", { value: key }, name);
  const servers = [...new Set(all.map(({ server }) => server))];
  const groups = servers.length < 2 ? all.map(option)
    : servers.map((server) => el("optgroup", { label: server.title }, ...all.filter((one) => one.server === server).map(option)));
  const choice = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": "Agent of the model tool", title: "The agent that gets the prompts", onchange: () => choosePromptAgent(choice.value) },
    el("option", { value: "" }, "Choose an agent"), ...groups));
  choice.value = promptAgent()?.key ?? "";
  return choice;
}

/** Whether points are on the object. */
function signs() {
  const { negative } = promptClasses();
  const missing = "The ontology has no point class with \"negative\" or \"background\" in its name.";
  const sign = (text, on, title) => button(text, () => update({ isNegative: on }), { "aria-pressed": String(state.isNegative === on), title, disabled: on && !negative });
  return [sign("Part of it", false, "Points on the object (X)"), sign("Not part", true, negative ? "Points that are not on the object (X, or Shift+click)" : missing)];
}

/** What the prompts segment: a new object, or the selected one. */
function targets() {
  const known = refinable();
  if (!known) return [];
  const choice = (text, isOn, title) => button(text, () => refine(isOn), { "aria-pressed": String(state.isRefining === isOn), title });
  return [choice("New object", false, "The prompts segment another object"), choice(`Refine ${nameOf(known)}`, true, "The prompts correct the selected object")];
}

/** @param {import("./labels.js").ObjectInstance} one */
const nameOf = ({ name, number }) => (number === null ? name : `${name} ${number}`);

/** @param {import("./prompt-classes.js").Kind[]} taken */
function hint(taken) {
  const chosen = promptAgent();
  if (!chosen) return choices().length === 0 ? "No agent server answers." : "Choose the agent that gets the prompts.";
  if (taken.length === 0) return `${chosen.agent.name} takes neither points nor boxes. Choose another agent.`;
  if (taken.length === 2) return "Click a point, or drag a box.";
  return taken[0] === "box" ? "Drag a box around the object." : "Click a point on the object.";
}

/** How far it is, and what can be done. @param {import("./prompts.js").Prompting} prompting */
function progress(prompting) {
  const { isCalling, prompts, refined, row } = prompting;
  const known = refined ? row.labels.objects.get(refined) : undefined;
  const count = prompts.length === 1 ? "1 prompt" : `${prompts.length} prompts`;
  const facts = [known && `refines ${nameOf(known)}`, isCalling ? "calling…" : !hasResult(prompting) && prompts.length > 0 && "no result"];
  return [
    el("span", { class: "hint", role: "status" }, [count, ...facts].filter(Boolean).join(" · ")),
    button("Accept", () => acceptResult(), { class: "main", title: "Keeps the result (Enter)", disabled: isCalling || !hasResult(prompting) }),
    button("Discard", () => discardPrompts(), { title: "Removes the prompts and the result (Escape)" }),
  ];
}
