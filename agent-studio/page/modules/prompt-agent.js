// The agent that gets the prompts of the model tool, remembered by the browser.

import { state, update } from "./state.js";

const KEY = "prompt agent";

/** Names of agents that are proposed first, the likeliest first. */
const LIKELY = [/segment/i, /prompt|sam|mask/i];

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
  const likely = LIKELY.map((name) => all.find(({ agent }) => name.test(agent.name)));
  return all.find((one) => one.key === key) ?? likely.find((one) => one) ?? null;
}

/** Keys of the agents whose server refused a dry run. */
const refused = new Set();

/** Returns whether an agent can be called as a dry run. @param {{key: string, agent: import("./agents.js").Agent}} one */
export const canPreview = ({ key, agent }) => agent.isDryRunnable && !refused.has(key);

/** Notes that the server of an agent refused a dry run. @param {{key: string}} one */
export const noteRefusedPreview = ({ key }) => refused.add(key);

/** Chooses the agent. @param {string} key */
export function choosePromptAgent(key) {
  try {
    localStorage.setItem(KEY, key);
  } catch {
    // It is chosen until the page is closed.
  }
  update({ promptAgent: key });
}
