// Objects and classifications of the frame, and the answers of selected objects.

import { showClassifications } from "./classifications.js";
import { el } from "./dom.js";
import { ObjectList } from "./object-list.js";
import { showSelected, watchVertex } from "./selected.js";
import { on } from "./state.js";

/** @param {HTMLElement} panel */
export function placeLabels(panel) {
  const objects = new ObjectList();
  const selected = el("section", { class: "selection", hidden: true });
  const classifications = el("section", { class: "classifications", hidden: true });
  panel.classList.add("labels");
  panel.append(objects.element, selected, classifications);
  on(["labels", "frame", "selection", "hovered", "data", "filter", "hidden", "locked", "solo"], () => objects.show());
  on(["labels", "frame", "selection", "data", "hidden", "locked", "solo"], () => showSelected(selected));
  watchVertex();
  on(["labels", "frame", "data"], () => showClassifications(classifications));
}
