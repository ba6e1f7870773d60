// The agent that gets the prompts of the model tool, remembered by the browser.

import { state, update } from "./state.js";

const KEY = "prompt agent";

/** Names of agents that are proposed first. */
const LIKELY = /segment|prompt|mask|sam/i;

/** @returns {string} server and path */
function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    // A browser may forbid the storage.
    return "";
  }
}

/** Returns the agents of all servers. @returns {{key: string, server: import("./agents.js").AgentServer, agent: import("./agents.js").Agent}[]} */
export const choices = () => state.servers.flatMap((server) => server.agents.map((agent) => ({ key: server.url + agent.path, server, agent })));

/** Returns the chosen agent with its server: the remembered one, or else the first whose name suggests segmentation. */
export function promptAgent() {
  const all = choices();
  const key = state.promptAgent ?? remembered();
  return all.find((one) => one.key === key) ?? all.find(({ agent }) => LIKELY.test(agent.name)) ?? null;
}

/** Chooses the agent. @param {string} key */
export function choosePromptAgent(key) {
  try {
    localStorage.setItem(KEY, key);
  } catch {
    // It is chosen until the page is closed.
  }
  update({ promptAgent: key });
}
