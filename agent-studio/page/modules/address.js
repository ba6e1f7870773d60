// The page's URL names the open data, so that it can be reloaded, bookmarked and shared.

import { goTo, openData } from "./open.js";
import { on, state, update } from "./state.js";
import { toast } from "./toasts.js";

/** Parses the URL. */
function wanted() {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { project: parts.get("project"), data: parts.get("data"), frame: Number(parts.get("frame") ?? 0) || 0 };
}

/** Opens the data in the URL, or the first data. Shows a message if the data is unknown. */
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

/** Shows a message for an invalid URL, and restores the URL of the open data. @param {string} message */
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

/** Updates the URL, and opens the data of a changed URL. */
export function watchAddress() {
  on(["data", "frame", "projectHash"], keepAddress);
  window.addEventListener("hashchange", () => {
    const { project, data, frame } = wanted();
    if (project === state.projectHash && data === state.data?.dataHash) void goTo(frame);
    else void openAddressed();
  });
}
