// The controls of the model tool.

import { button, el } from "./dom.js";
import { choices, choosePromptAgent, promptAgent } from "./prompt-agent.js";
import { acceptResult, discardPrompts, promptClasses } from "./prompts.js";
import { state, update } from "./state.js";

/** Returns the controls. @returns {HTMLElement[]} */
export function promptOptions() {
  const { prompting, isNegative } = state;
  const { negative } = promptClasses();
  const agent = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": "Agent of the model tool", onchange: () => choosePromptAgent(agent.value) },
    el("option", { value: "" }, "Choose an agent"), ...choices().map(({ key, agent: { name } }) => el("option", { value: key }, name))));
  agent.value = promptAgent()?.key ?? "";
  const sign = (text, on, title) => button(text, () => update({ isNegative: on }), { "aria-pressed": String(isNegative === on), title, disabled: on && !negative });
  const missing = "The ontology has no point class with \"negative\" or \"background\" in its name.";
  return [
    agent, sign("Part of it", false, "Points on the object (X)"), sign("Not part", true, negative ? "Points that are not on the object (X, or Shift+click)" : missing),
    ...(prompting ? [
      el("span", { class: "hint", role: "status" }, prompting.isCalling ? "Calling…" : prompting.prompts.length === 1 ? "1 prompt" : `${prompting.prompts.length} prompts`),
      button("Accept", () => acceptResult(), { class: "main", title: "Enter", disabled: prompting.isCalling }),
      button("Discard", () => discardPrompts(), { title: "Escape" }),
    ] : [el("span", { class: "hint" }, "Click a point, or drag a box.")]),
  ];
}
