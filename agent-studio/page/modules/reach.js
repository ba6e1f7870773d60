// Diagnosis of missing responses of agent servers. A browser reports only "Failed to fetch"; further requests find the reason.

/** @typedef {{kind: "down"|"forbidden"|"broken"|"cancelled", title: string, text: string}} Silence */

/** Timeout of a diagnostic request, in milliseconds. */
const PATIENCE = 5000;

/**
 * Finds the reason why a request to this server got no response.
 * @param {string} server its origin
 * @returns {Promise<Silence>}
 */
export async function whySilent(server) {
  const address = `${server}/healthz`;
  // Without CORS the response is opaque, but shows that the server responds.
  if (!(await answers(address, "no-cors"))) {
    return {
      kind: "down",
      title: `${server} does not answer`,
      text: "No server listens there, or it cannot be reached from this browser. Start it, then try again.",
    };
  }
  if (!(await answers(address, "cors"))) {
    return {
      kind: "forbidden",
      title: `${server} does not allow this page`,
      text: `The server runs, but it does not let pages of ${location.origin} call it, so the browser kept its answer back. `
        + `Start it with AGENT_ORIGINS=${location.origin}`,
    };
  }
  return {
    kind: "broken",
    title: "The connection broke before there was an answer",
    text: "The server runs and allows this page. It may have restarted, or it does not allow one of the headers. Its log says more.",
  };
}

/** @param {RequestMode} mode */
async function answers(address, mode) {
  try {
    await fetch(address, { mode, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  }
}
