// State of `agent-studio dev`: the build and the agent server, with errors, and the last call again after a restart.

import { sendAgain } from "./agent-call.js";
import { listAgents } from "./agents.js";
import * as api from "./api.js";
import { button, byId, el, fill } from "./dom.js";
import { on, state, update } from "./state.js";

/** Delay before the next request if the studio does not respond, in milliseconds. */
const RETRY = 2000;

/** @typedef {{location: string?, message: string, text: string}} CompilerError */

/** Follows the state, if the agents are run by `agent-studio dev`. */
export function watchDevStatus() {
  if (!state.session?.hasDevStatus) return;
  const status = byId("dev-status");
  on(["dev", "calls"], () => show(status));
  void follow();
}

async function follow() {
  let known = null;
  let starts = 0;
  for (;;) {
    try {
      const dev = await api.devStatus(known);
      known = dev.revision;
      update({ dev });
      if (dev.starts !== starts) {
        starts = dev.starts;
        update({ callsBeforeStart: state.calls[0]?.number ?? 0 });
        await listAgents();
      }
      if (dev.server.state === "stopped") await pause();
    } catch {
      known = null;
      update({ dev: null });
      await pause();
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, RETRY));

/** Describes the state in one line. @param {import("./api.js").DevState} dev */
function headline({ build, server }) {
  if (build.state === "running") return { kind: "busy", text: "Building…" };
  if (build.state === "failed") {
    const count = build.errors.length;
    const consequence = server.state === "running" ? "; the previous version is running" : "";
    return { kind: "bad", text: `${count === 1 ? "1 error" : `${count} errors`} in the build${consequence}` };
  }
  const built = `Built in ${build.seconds.toFixed(1)} s`;
  if (server.state === "exited") return { kind: "bad", text: `${server.reason} Next start in ${server.retrySeconds} s, or after a change.` };
  if (server.state === "running") return { kind: "good", text: `${built}; the agents are ready` };
  if (server.state === "draining") return { kind: "busy", text: `${built}; waiting for running calls` };
  return { kind: "busy", text: `${built}; starting the agents…` };
}

/** @param {HTMLElement} element */
function show(element) {
  const { dev } = state;
  element.hidden = false;
  if (!dev || dev.server.state === "stopped") {
    element.dataset.kind = "bad";
    fill(element, el("p", { role: "status", "aria-live": "polite" }, "agent-studio dev is not running."));
    return;
  }
  const { kind, text } = headline(dev);
  element.dataset.kind = kind;
  const [last] = state.calls;
  const canSend = last && kind === "good" && last.number <= state.callsBeforeStart;
  fill(element,
    el("p", { role: "status", "aria-live": "polite" }, text),
    canSend && button(`Send again: ${last.agent.name}`, () => void sendAgain(last)),
    details(dev));
}

/** Lists compiler errors, or the last output of a program that exited. @param {import("./api.js").DevState} dev */
function details({ build, server }) {
  if (build.state === "failed") {
    return el("ol", { class: "errors" }, ...build.errors.map((error, number) => el("li", null,
      el("details", { open: number === 0 },
        el("summary", null, error.location && el("code", null, error.location), " ", error.message),
        el("pre", { class: "raw", tabindex: "0" }, error.text)))));
  }
  if (build.state === "succeeded" && server.state === "exited" && server.output.length > 0) {
    return el("pre", { class: "raw", tabindex: "0", "aria-label": "Last output of the agents" }, server.output.join("\n"));
  }
  return null;
}
