// The class that was drawn last with each tool, remembered by the browser for each project.

import { state } from "./state.js";

const KEY = "drawn classes";

/** @returns {Record<string, Record<string, string>>} feature hashes by project and tool */
function remembered() {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    // A browser may forbid the storage.
    return {};
  }
}

/** Returns the class that was drawn last with a tool. @param {import("./tools.js").Tool} tool */
export const rememberedClass = (tool) => remembered()[state.projectHash ?? ""]?.[tool] ?? null;

/** Records the class that is drawn with a tool. @param {import("./tools.js").Tool} tool @param {string} featureHash */
export function rememberClass(tool, featureHash) {
  const all = remembered();
  const project = state.projectHash ?? "";
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all, [project]: { ...all[project], [tool]: featureHash } }));
  } catch {
    // Nothing is remembered then.
  }
}
