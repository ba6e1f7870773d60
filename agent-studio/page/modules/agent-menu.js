// The menu of agents: right-click on the canvas, as in the label editor.

import { trigger } from "./agent-call.js";
import { listAgentsOf } from "./agents.js";
import { button, el, fill } from "./dom.js";
import { besideSelection } from "./menu-position.js";
import { plainText } from "./plain-text.js";
import { noteAgent, recentAgents } from "./recent-agents.js";
import { stage } from "./stage.js";
import { on, state, update } from "./state.js";
import { objectAt } from "./targets.js";

/**
 * @typedef {import("./agents.js").Agent} Agent
 * @typedef {import("./agents.js").AgentServer} AgentServer
 *
 * @typedef {Object} Menu the open menu
 * @property {HTMLElement} element
 * @property {HTMLInputElement & Record<string, any>} search
 * @property {HTMLElement} list
 * @property {HTMLElement} detail description of the focused agent
 * @property {Map<string, {shown: unknown, element: HTMLElement}>} sections by title
 */

/** @type {Menu?} */
let menu = null;

export function watchMenu() {
  stage.canvas.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    if (!state.data) return;
    // The keyboard gives no position on the canvas.
    if (event.button === 2) {
      const hash = objectAt(event.offsetX, event.offsetY);
      if (hash && !state.selection.has(hash)) update({ selection: new Set([hash]) });
    }
    openMenu(event.clientX, event.clientY);
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu && !menu.element.contains(/** @type {Node} */ (event.target))) closeMenu();
  });
  on(["servers"], () => menu && refresh(menu));
  window.addEventListener("resize", () => menu && keepInside(menu.element));
}

/** Opens the menu in the middle of the stage. */
export function openMenuAtStage() {
  const { left, top, width } = stage.canvas.getBoundingClientRect();
  if (state.data) openMenu(left + width / 2 - 170, top + 60);
}

/** Moves the menu into the window, which may be smaller now. @param {HTMLElement} element */
function keepInside(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  element.style.setProperty("left", `${Math.max(0, Math.min(left, innerWidth - width))}px`);
  element.style.setProperty("top", `${Math.max(0, Math.min(top, innerHeight - height))}px`);
}

/** @returns {boolean} whether it was open */
export function closeMenu() {
  const was = menu !== null;
  menu?.element.remove();
  menu = null;
  if (was) stage.canvas.focus({ preventScroll: true });
  return was;
}

function openMenu(x, y) {
  closeMenu();
  const search = /** @type {any} */ (el("input", { type: "search", placeholder: "Find an agent", "aria-label": "Find an agent", spellcheck: "false", oninput: () => menu && refresh(menu) }));
  const list = el("div", { class: "agents" });
  const detail = el("div", { class: "agent-detail", "aria-live": "polite" });
  const element = el("div", { class: "agent-menu", role: "dialog", "aria-label": "Trigger agent", onkeydown: key }, head(), search, list, detail);
  menu = { element, search, list, detail, sections: new Map() };
  document.body.append(element);
  refresh(menu);
  const { left, top } = besideSelection(element.getBoundingClientRect(), x, y);
  element.style.setProperty("left", `${left}px`);
  element.style.setProperty("top", `${top}px`);
  search.focus();
  for (const server of state.servers) if (server.status === "silent") void listAgentsOf(server.url);
}

function head() {
  const count = state.selection.size;
  const on = `${state.data?.title}, frame ${state.frame}${count === 0 ? "" : count === 1 ? ", 1 object" : `, ${count} objects`}`;
  return el("header", { role: "none" }, el("b", null, "Trigger agent"), el("small", null, on));
}

/** Updates changed sections. Unchanged sections keep their elements, because somebody may be about to click on them. @param {Menu} open */
function refresh(open) {
  const wanted = open.search.value.trim().toLowerCase();
  const sections = [];
  const used = wanted === "" ? recent() : [];
  if (used.length > 0) sections.push(section(open, "Recent", used.map(({ server, agent }) => `${server.url} ${agent.path}`).join(), () => recentSection(used)));
  for (const server of state.servers) {
    const hidden = used.filter((one) => one.server === server).map((one) => one.agent);
    const agents = server.agents.filter((agent) => !hidden.includes(agent) && isWanted(agent, wanted));
    if (wanted !== "" && agents.length === 0) continue;
    sections.push(section(open, server.url, server, () => serverSection(server, agents), wanted));
  }
  const empty = state.servers.length === 0 ? "No agent server is configured. Start the studio with the address of one."
    : sections.length === 0 ? "No agent of this name." : "";
  fill(open.list, ...sections, empty && el("p", { class: "empty" }, empty));
  // The focused agent stays described when another server answers.
  if (!open.list.contains(document.activeElement)) describe(null);
}

/** @param {Menu} open @param {() => HTMLElement} create */
function section(open, title, shown, create, wanted = "") {
  const known = open.sections.get(title);
  if (known?.shown === shown && known?.element.dataset.wanted === wanted) return known.element;
  const element = create();
  element.dataset.wanted = wanted;
  open.sections.set(title, { shown, element });
  return element;
}

/** @param {Agent} agent @param {string} wanted */
const isWanted = (agent, wanted) => `${agent.name} ${agent.path} ${plainText(agent.description)}`.toLowerCase().includes(wanted);

/** Returns the agents that were triggered last, if there are enough agents to search for them. */
function recent() {
  if (state.servers.reduce((sum, server) => sum + server.agents.length, 0) < 5) return [];
  return recentAgents().flatMap(({ server: url, path }) => {
    const server = state.servers.find((one) => one.url === url && one.status === "ready");
    const agent = server?.agents.find((one) => one.path === path);
    return server && agent ? [{ server, agent }] : [];
  });
}

/** @param {{server: AgentServer, agent: Agent}[]} used */
const recentSection = (used) => el("section", null, el("h3", null, "Recent"), ...used.map(({ server, agent }) => item(server, agent)));

/** @param {AgentServer} server @param {Agent[]} agents */
function serverSection(server, agents) {
  const title = el("h3", null, server.title, el("code", null, server.title === server.url ? "" : server.url));
  if (server.status === "asking") return el("section", null, title, el("p", { class: "soft" }, "Asking for its agents…"));
  if (server.status !== "ready") {
    return el("section", null, title, el("div", { class: "problem" }, el("p", null, server.problem), el("p", { class: "soft" }, server.advice), button("Ask again", () => listAgentsOf(server.url))));
  }
  if (server.agents.length === 0) return el("section", null, title, el("p", { class: "soft" }, "It has no agents."));
  return el("section", null, title, ...agents.map((agent) => item(server, agent)));
}

/** @param {AgentServer} server @param {Agent} agent */
function item(server, agent) {
  const act = (way) => () => {
    closeMenu();
    noteAgent({ server: server.url, path: agent.path });
    void trigger(server, agent, way);
  };
  const signed = server.canSign ? "Sent signed, from the backend" : server.secretFrom ? `The variable ${server.secretFrom} is not set` : "This server is configured without a secret";
  const show = () => describe(agent);
  return el("div", { class: "agent", onpointerenter: show, onfocusin: show },
    el("button", { type: "button", class: "agent-name", "data-agent": agent.path, onclick: act("editor") },
      el("b", null, agent.name), el("span", null, plainText(agent.description).split(/\n\s*\n/)[0])),
    el("div", { class: "ways" },
      agent.isDryRunnable && button("Preview", act("preview"), { title: "A dry run: shows what the agent would change, and saves nothing" }),
      button("Test payload", act("test"), { title: "Sends the test header: the agent answers without running" }),
      button("Signed", act("signed"), { disabled: !server.canSign, title: signed })));
}

/** Shows the whole description of an agent below the list. @param {Agent?} agent */
function describe(agent) {
  if (!menu) return;
  const detail = menu.detail;
  detail.hidden = state.servers.every((server) => server.agents.length === 0);
  if (!agent) {
    fill(detail, el("p", { class: "soft" }, "↑ ↓ choose, Enter triggers, → other ways"));
    return;
  }
  fill(detail, el("p", null, plainText(agent.description) || "No description."),
    agent.needs.length > 0 && el("p", { class: "chips" }, ...agent.needs.map((need) => el("i", { class: "chip" }, need))),
    agent.decisions.length > 0 && el("p", { class: "soft" }, `Decides: ${agent.decisions.join(", ")}`));
}

function key(event) {
  if (!menu) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    closeMenu();
    return;
  }
  const names = /** @type {HTMLElement[]} */ ([...menu.list.querySelectorAll(".agent-name")]);
  const inSearch = document.activeElement === menu.search;
  if (event.key === "Enter" && inSearch) names[0]?.click();
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") inSearch || aside(event.key === "ArrowRight" ? 1 : -1);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(names, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Home" && !inSearch) names[0]?.focus();
  else if (event.key === "End" && !inSearch) names.at(-1)?.focus();
  else {
    // Letters continue the search.
    if (!inSearch && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) menu.search.focus();
    return;
  }
  if (!inSearch || event.key.startsWith("Arrow") === false || event.key === "ArrowDown" || event.key === "ArrowUp") event.preventDefault();
}

/** Moves the focus from agent to agent, with the search before the first. @param {HTMLElement[]} names @param {1|-1} step */
function walk(names, step) {
  const focused = document.activeElement?.closest(".agent")?.querySelector(".agent-name");
  const at = names.indexOf(/** @type {HTMLElement} */ (focused)) + step;
  if (at < 0) menu?.search.focus();
  else names[Math.min(at, names.length - 1)]?.focus();
}

/** Moves the focus between an agent and the other ways to call it. @param {1|-1} step */
function aside(step) {
  const buttons = /** @type {HTMLElement[]} */ ([...(document.activeElement?.closest(".agent")?.querySelectorAll("button:not(:disabled)") ?? [])]);
  buttons[buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step]?.focus();
}
