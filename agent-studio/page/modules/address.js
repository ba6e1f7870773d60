// What is open stands in the page's address, so that it can be reloaded, kept and sent to others.

import { goTo, openData } from "./open.js";
import { on, state } from "./state.js";

/** What the address says is open. */
function wanted() {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { project: parts.get("project"), data: parts.get("data"), frame: Number(parts.get("frame") ?? 0) || 0 };
}

/** Opens what the address says; else the first data there is. */
export async function openAddressed() {
  const { project, data, frame } = wanted();
  const projects = state.projects ?? [];
  const known = projects.find((one) => one.projectHash === project);
  if (known && data && known.data.some((one) => one.dataHash === data)) return openData(known.projectHash, data, frame);
  const first = projects.find((one) => one.data.length > 0);
  if (first) await openData(first.projectHash, first.data[0].dataHash);
}

/** Keeps the address. */
export function watchAddress() {
  on(["data", "frame", "projectHash"], () => {
    if (!state.data || !state.projectHash) return;
    const parts = new URLSearchParams({ project: state.projectHash, data: state.data.dataHash, frame: String(state.frame) });
    history.replaceState(null, "", `#${parts}`);
    document.title = `${state.data.title} · Label editor`;
  });
  window.addEventListener("hashchange", () => {
    const { project, data, frame } = wanted();
    if (project === state.projectHash && data === state.data?.dataHash) void goTo(frame);
    else void openAddressed();
  });
}
