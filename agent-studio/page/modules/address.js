// The page's address names the open data, so that it can be reloaded, kept and sent to others.

import { goTo, openData } from "./open.js";
import { on, state, update } from "./state.js";
import { toast } from "./toasts.js";

/** Parses the address. */
function wanted() {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { project: parts.get("project"), data: parts.get("data"), frame: Number(parts.get("frame") ?? 0) || 0 };
}

/** Opens what the address names; without a name, the first data there is. Says so if the name is unknown. */
export async function openAddressed() {
  const { project, data, frame } = wanted();
  const projects = state.projects ?? [];
  const known = projects.find((one) => one.projectHash === project);
  if (project && !known) return refuse(`This studio serves no project ${project}. Choose data from the list.`);
  if (!data) {
    const first = known ?? projects.find((one) => one.data.length > 0);
    if (first?.data[0]) await openData(first.projectHash, first.data[0].dataHash);
    return undefined;
  }
  const owner = known ?? projects.find((one) => one.data.some((other) => other.dataHash === data));
  if (!owner?.data.some((one) => one.dataHash === data)) {
    return refuse(`${known ? `The project ${known.title}` : "This studio"} has no data ${data}. Choose data from the list.`);
  }
  return openData(owner.projectHash, data, frame);
}

/** Says that the address names nothing. What is open stays open, and the address names it again. @param {string} message */
function refuse(message) {
  if (state.row) {
    toast({ kind: "bad", title: "Unknown data", text: message });
    keepAddress();
  } else {
    update({ unknown: message });
  }
}

function keepAddress() {
  if (!state.data || !state.projectHash) return;
  const parts = new URLSearchParams({ project: state.projectHash, data: state.data.dataHash, frame: String(state.frame) });
  history.replaceState(null, "", `#${parts}`);
  document.title = `${state.data.title} · Label editor`;
}

/** Keeps the address, and follows it. */
export function watchAddress() {
  on(["data", "frame", "projectHash"], keepAddress);
  window.addEventListener("hashchange", () => {
    const { project, data, frame } = wanted();
    if (project === state.projectHash && data === state.data?.dataHash) void goTo(frame);
    else void openAddressed();
  });
}
