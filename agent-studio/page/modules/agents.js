// Agents of the configured servers. The browser requests the listings directly, as it calls the agents.

import { whySilent } from "./reach.js";
import { state, update } from "./state.js";

/**
 * @typedef {Object} Agent
 * @property {string} name
 * @property {string} path
 * @property {string} description
 * @property {string[]} needs
 * @property {string[]} decisions
 * @property {boolean} isDryRunnable whether the server can do dry runs; another one would ignore the header and save
 *
 * @typedef {Object} AgentServer
 * @property {string} url its origin
 * @property {string} title
 * @property {boolean} canSign whether the backend can sign calls of it
 * @property {string?} secretFrom environment variable with the secret
 * @property {"asking"|"ready"|"silent"|"strange"} status
 * @property {string} problem description, if the server is not ready
 * @property {string} advice
 * @property {Agent[]} agents
 */

/** Requests the listings of all servers. */
export async function listAgents() {
  const servers = state.session?.agentServers ?? [];
  update({ servers: servers.map((server) => ({ ...server, status: "asking", problem: "", advice: "", agents: [] })) });
  await Promise.all(servers.map((server) => listAgentsOf(server.url)));
}

/** Requests the listing of one server again. @param {string} url */
export async function listAgentsOf(url) {
  change(url, { status: "asking", problem: "", advice: "" });
  try {
    const agents = (await listing(url)) ?? (await openApi(url));
    if (agents) change(url, { status: "ready", agents });
    else change(url, { status: "strange", problem: "The server answers, but lists no agents.", advice: "Is this the address of an agent server?" });
  } catch {
    const { title, text } = await whySilent(url);
    change(url, { status: "silent", problem: title, advice: text });
  }
}

function change(url, values) {
  update({ servers: state.servers.map((server) => (server.url === url ? { ...server, ...values } : server)) });
}

/** Returns the listing of a server built with agent-runtime; null if it has none. @returns {Promise<Agent[]?>} */
async function listing(url) {
  const response = await fetch(`${url}/`, { headers: { Accept: "application/json" }, cache: "no-store" });
  const body = response.ok ? await response.json().catch(() => null) : null;
  if (!Array.isArray(body?.agents)) return null;
  return body.agents.map(({ name, path, description = "", needs = [], decisions = [] }) => ({ name, path, description, needs, decisions, isDryRunnable: true }));
}

/** Returns the agents in the OpenAPI description of a Python app. @returns {Promise<Agent[]?>} */
async function openApi(url) {
  const response = await fetch(`${url}/openapi.json`, { cache: "no-store" });
  const body = response.ok ? await response.json().catch(() => null) : null;
  if (!body?.paths) return null;
  const posts = Object.entries(body.paths).filter(([, methods]) => methods.post);
  return posts.map(([path, { post }]) => ({
    name: post.summary ?? path.slice(1), path, description: post.description ?? "", needs: [], decisions: [], isDryRunnable: false,
  }));
}
