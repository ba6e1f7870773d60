// The agents that were triggered last, remembered by the browser.

/** @typedef {{server: string, path: string}} Used an agent, by the origin of its server and its path */

const KEY = "recent agents";
/** Maximum number of remembered agents. */
const MOST = 3;

/** Returns the agents that were triggered last, the newest first. @returns {Used[]} */
export function recentAgents() {
  try {
    const used = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(used) ? used.filter((one) => typeof one?.server === "string" && typeof one?.path === "string") : [];
  } catch {
    // A browser may forbid the storage.
    return [];
  }
}

/** Records a triggered agent. @param {Used} used */
export function noteAgent({ server, path }) {
  const others = recentAgents().filter((one) => one.server !== server || one.path !== path);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ server, path }, ...others].slice(0, MOST)));
  } catch {
    // Nothing is remembered then.
  }
}
