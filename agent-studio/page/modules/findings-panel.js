// The list of an agent's findings.

import { button, el, fill } from "./dom.js";
import { closeFindings, isHere, openCount, placeInWords, resolve, showFinding } from "./findings.js";
import { state } from "./state.js";

/** Maximum number of listed findings. */
const MOST = 500;

/** Names of severities. */
export const SEVERITIES = { error: "Error", warning: "Warning", info: "Note" };

/** @param {HTMLElement} panel */
export function showFindings(panel) {
  const { findings } = state;
  if (!findings) {
    fill(panel, el("p", { class: "empty" }, "When an agent reports findings, this lists them, each with its place."));
    return;
  }
  const { list, name, title, current } = findings;
  const open = openCount(findings);
  const counts = [`${open} open`, list.length > open && `${list.length - open} resolved`, !isHere() && `on ${title}`].filter(Boolean);
  fill(panel,
    el("header", { class: "panel-head" },
      el("h2", null, name),
      el("p", { class: "soft" }, counts.join(" · ")),
      el("div", { class: "actions" }, button("Done", closeFindings, { title: "Take the pins off the image" }),
        open > 0 && el("p", { class: "soft" }, el("kbd", null, "N"), " next, ", el("kbd", null, "Shift+N"), " the one before"))),
    list.length === 0 && el("p", { class: "empty" }, "No findings."),
    el("ol", { class: "findings" }, ...list.slice(0, MOST).map((one, at) => entry(one, at, at === current))),
    list.length > MOST && el("p", { class: "empty" }, `${list.length - MOST} more.`),
  );
  const shown = /** @type {HTMLElement?} */ (panel.querySelector("[aria-current=true]"));
  if (shown && !panel.hidden) shown.scrollIntoView({ block: "nearest" });
}

/** @param {import("./findings.js").Finding} finding */
function entry(finding, at, isCurrent) {
  const { severity, text, isResolved } = finding;
  return el("li", { class: `${severity}${isResolved ? " resolved" : ""}`, "aria-current": isCurrent ? "true" : undefined },
    el("button", { type: "button", class: "finding", onclick: () => showFinding(at), "data-finding": String(at) },
      el("span", { class: "title" }, el("em", null, SEVERITIES[severity]), el("small", null, placeInWords(finding))),
      el("b", null, text)),
    el("label", { class: "resolve", title: isResolved ? "Resolved" : "Mark as resolved" },
      el("input", { type: "checkbox", checked: isResolved, "aria-label": `Resolved: ${text}`, onchange: (event) => resolve(at, event.target.checked) })));
}
