// The panels on the right: labels, changes, findings, calls.

import { showCalls } from "./call-log.js";
import { showChanges } from "./changes.js";
import { button, byId, el, fill } from "./dom.js";
import { openCount } from "./findings.js";
import { showFindings } from "./findings-panel.js";
import { placeLabels } from "./labels-panel.js";
import { on, state, update } from "./state.js";
import { showTasks } from "./tasks.js";

const TABS = /** @type {const} */ ([["labels", "Labels"], ["changes", "Changes"], ["findings", "Findings"], ["calls", "Calls"], ["tasks", "Tasks"]]);

export function placePanels() {
  const tabs = TABS.map(([tab, name]) =>
    button(name, () => update({ tab }), { role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}`, onkeydown: (event) => step(event, tab) }));
  const panels = TABS.map(([tab]) => el("section", { role: "tabpanel", id: `panel-${tab}`, "aria-labelledby": `tab-${tab}` }));
  byId("panels").append(el("div", { role: "tablist", class: "tabs" }, ...tabs), ...panels);
  const [labels, changes, findings, calls, tasks] = panels;
  placeLabels(labels);
  const show = () => TABS.forEach(([tab, name], number) => {
    const isShown = tab === state.tab;
    tabs[number].setAttribute("aria-selected", String(isShown));
    tabs[number].tabIndex = isShown ? 0 : -1;
    const hadFocus = !isShown && panels[number].contains(document.activeElement);
    panels[number].hidden = !isShown;
    if (hadFocus) tabs[TABS.findIndex(([one]) => one === state.tab)].focus();
    const count = countOf(tab);
    fill(tabs[number], name, count > 0 && el("small", null, String(count)));
  });
  on(["tab", "calls", "difference", "findings"], show);
  on(["difference", "showDifference", "calls", "version", "history", "frame"], () => showChanges(changes));
  on(["findings", "data", "labels", "tab"], () => showFindings(findings));
  on(["calls", "version", "history", "row", "projects"], () => showCalls(calls));
  on(["projects", "data", "projectHash"], () => showTasks(tasks));
  show();
  showChanges(changes);
  showFindings(findings);
  showCalls(calls);
  showTasks(tasks);
}

/** Returns the number beside the name of a tab. */
function countOf(tab) {
  const { calls, difference, findings } = state;
  if (tab === "calls") return calls.length;
  if (tab === "findings") return openCount(findings);
  return tab === "changes" ? (difference?.objects.length ?? 0) + (difference?.classifications.length ?? 0) : 0;
}

/** Switches tabs with the arrow keys. */
function step(event, tab) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const at = TABS.findIndex(([one]) => one === tab);
  const [next] = TABS[(at + by + TABS.length) % TABS.length];
  update({ tab: next });
  byId(`tab-${next}`).focus();
}
