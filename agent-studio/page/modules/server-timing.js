// Durations of the parts of a call, from the response header `Server-Timing`.

import { el } from "./dom.js";
import { duration } from "./outcome.js";

/** @typedef {{name: string, milliseconds: number, description: string}} Part */

const ENTRY = /([^\s,;="]+)((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s,;"]*))*)/g;
const PARAMETER = /;\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,;"]*))/g;
/** The parts that are shown, in the order of a call. Requests are sent by the others, so they come last. */
const SHOWN = ["extractors", "agent", "save", "platform"];

/** Parses the header. Entries without a duration are left out. @param {string} header @returns {Part[]} */
export function partsOf(header) {
  const parts = [];
  for (const [, name, rest] of header.matchAll(ENTRY)) {
    const values = new Map(Array.from(rest.matchAll(PARAMETER), ([, key, quoted, plain]) => [key.toLowerCase(), quoted ?? plain]));
    const milliseconds = Number.parseFloat(values.get("dur") ?? "");
    if (Number.isFinite(milliseconds)) parts.push({ name, milliseconds, description: values.get("desc") ?? "" });
  }
  return parts;
}

/** Returns the line with the durations of a call; nothing if the server sent none. @param {import("./agent-call.js").Call} call */
export function timingOf(call) {
  const header = call.answer?.headers.find(([name]) => name.toLowerCase() === "server-timing");
  const parts = header ? partsOf(header[1]) : [];
  const shown = SHOWN.flatMap((name) => {
    const part = parts.find((one) => one.name === name);
    return part ? [`${name} ${duration(part.milliseconds)}${part.description ? ` (${part.description})` : ""}`] : [];
  });
  if (shown.length === 0) return null;
  const extractors = parts.filter(({ name }) => name === "extractor");
  const title = extractors.map(({ description, milliseconds }) => `${description}: ${duration(milliseconds)}`).join("\n");
  return el("p", { class: "timing", title: title || null }, shown.join(" · "));
}
