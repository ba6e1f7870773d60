// The menu of agents: right-click on the canvas, as in the label editor.

import { trigger } from "./agent-call.js";
import { listAgentsOf } from "./agents.js";
import { button, el } from "./dom.js";
import { plainText } from "./plain-text.js";
import { objectAt } from "./pointer.js";
import { stage } from "./stage.js";
import { on, state, update } from "./state.js";

/** @type {HTMLElement?} */
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
    if (menu && !menu.contains(/** @type {Node} */ (event.target))) closeMenu();
  });
  on(["servers"], () => menu && refresh(menu));
}

/** Opens the menu in the middle of the stage. */
export function openMenuAtStage() {
  const { left, top, width } = stage.canvas.getBoundingClientRect();
  if (state.data) openMenu(left + width / 2 - 170, top + 60);
}

/** @returns {boolean} whether it was open */
export function closeMenu() {
  const was = menu !== null;
  menu?.remove();
  menu = null;
  if (was) stage.canvas.focus({ preventScroll: true });
  return was;
}

function openMenu(x, y) {
  closeMenu();
  groups = new Map();
  menu = el("div", { class: "agent-menu", role: "menu", "aria-label": "Trigger agent", onkeydown: key });
  menu.append(head());
  document.body.append(menu);
  refresh(menu);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.setProperty("left", `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`);
  menu.style.setProperty("top", `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`);
  items()[0]?.focus();
  for (const server of state.servers) if (server.status === "silent") void listAgentsOf(server.url);
}

const items = () => /** @type {HTMLElement[]} */ ([...(menu?.querySelectorAll("button") ?? [])]);

/** Menu sections by server. @type {Map<string, {server: import("./agents.js").AgentServer, element: HTMLElement}>} */
let groups = new Map();

function head() {
  const count = state.selection.size;
  const on = `${state.data?.title}, frame ${state.frame}${count === 0 ? "" : count === 1 ? ", 1 object" : `, ${count} objects`}`;
  return el("header", null, el("b", null, "Trigger agent"), el("small", null, on));
}

/** Updates changed sections. Unchanged sections keep their elements, because somebody may be about to click on them. */
function refresh(menu) {
  if (state.servers.length === 0 && menu.children.length < 2) {
    menu.append(el("p", { class: "empty" }, "No agent server is configured. Start the studio with the address of one."));
  }
  for (const server of state.servers) {
    const known = groups.get(server.url);
    if (known?.server === server) continue;
    const element = group(server);
    if (known) known.element.replaceWith(element);
    else menu.append(element);
    groups.set(server.url, { server, element });
  }
}

/** @param {import("./agents.js").AgentServer} server */
function group(server) {
  const title = el("h3", null, server.title, el("code", null, server.title === server.url ? "" : server.url));
  if (server.status === "asking") return el("section", null, title, el("p", { class: "soft" }, "Asking for its agents…"));
  if (server.status !== "ready") {
    return el("section", null, title, el("div", { class: "problem" }, el("p", null, server.problem), el("p", { class: "soft" }, server.advice), button("Ask again", () => listAgentsOf(server.url))));
  }
  if (server.agents.length === 0) return el("section", null, title, el("p", { class: "soft" }, "It has no agents."));
  return el("section", null, title, ...server.agents.map((agent) => item(server, agent)));
}

function item(server, agent) {
  const act = (way) => () => {
    closeMenu();
    void trigger(server, agent, way);
  };
  const description = plainText(agent.description);
  const summary = description.split(/\n\s*\n/)[0];
  const signed = server.canSign ? "Sent signed, from the backend" : server.secretFrom ? `The variable ${server.secretFrom} is not set` : "This server is configured without a secret";
  return el("div", { class: "agent" },
    el("button", { type: "button", role: "menuitem", class: "agent-name", "data-agent": agent.path, onclick: act("editor"), title: description },
      el("b", null, agent.name), summary && el("span", null, summary), agent.needs.length > 0 && el("small", null, ...agent.needs.map((need) => el("i", { class: "chip" }, need)))),
    el("div", { class: "ways" },
      button("Test payload", act("test"), { role: "menuitem", title: "Sends the test header: the agent answers without running" }),
      button("Signed", act("signed"), { role: "menuitem", disabled: !server.canSign, title: signed })));
}

function key(event) {
  if (event.key === "Escape") {
    event.stopPropagation();
    closeMenu();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = items().filter((one) => !one.hasAttribute("disabled"));
  if (event.key === "Home") all[0]?.focus();
  if (event.key === "End") all.at(-1)?.focus();
  if (!step || all.length === 0) return;
  event.preventDefault();
  const at = all.indexOf(/** @type {any} */ (document.activeElement));
  all[(at + step + all.length) % all.length].focus();
}
