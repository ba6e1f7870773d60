// Projects and their data, to open.

import { button, byId, el, fill } from "./dom.js";
import { listProjects, openData } from "./open.js";
import { on, state } from "./state.js";
import { complain } from "./toasts.js";

/** @type {string} what the titles must contain */
let wanted = "";

const KINDS = { image: "Image", img_group: "Images", video: "Video", audio: "Audio", plain_text: "Text", pdf: "PDF", time_series: "Time series", dicom: "DICOM", nifti: "NIfTI", group: "Group", scene: "Scene" };

/** Maximum number of listed entries; a search finds the others. */
const MOST = 300;

export function placeDataList() {
  const list = el("div", { class: "projects" });
  const search = el("input", {
    type: "search", placeholder: "Find data", "aria-label": "Find data",
    oninput: (event) => {
      wanted = event.target.value.trim().toLowerCase();
      show(list);
    },
  });
  byId("data").append(el("div", { class: "search" }, search, button("⟳", () => listProjects().catch(complain), { class: "quiet icon", title: "Read the list again", "aria-label": "Read the list again" })), list);
  on(["projects", "data"], () => show(list));
}

function show(list) {
  const { projects } = state;
  if (!projects) return;
  if (projects.length === 0) {
    fill(list, el("p", { class: "empty" }, "No project is served. Start the studio with a project's folder."));
    return;
  }
  fill(list, ...projects.map((project) => section(project)));
  list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
}

function section(project) {
  const found = project.data.filter((data) => data.title.toLowerCase().includes(wanted));
  const entries = found.slice(0, MOST).map((data) => entry(project, data));
  const more = found.length - entries.length;
  return el("section", null,
    el("h2", { title: project.description || project.title }, project.title, el("small", null, String(project.data.length))),
    project.data.length === 0 && el("p", { class: "empty" }, "No data yet. Put files into the project's data folder."),
    project.data.length > 0 && found.length === 0 && el("p", { class: "empty" }, "No data of this name."),
    el("ul", null, ...entries),
    more > 0 && el("p", { class: "empty" }, `${more} more: search for them.`));
}

function entry(project, data) {
  const isOpen = state.projectHash === project.projectHash && state.data?.dataHash === data.dataHash;
  const facts = [KINDS[data.dataType] ?? data.dataType, extent(data) || "–", bytes(data.size), data.stage].filter(Boolean);
  return el("li", null, el("button", {
    type: "button", "aria-current": String(isOpen), "data-hash": data.dataHash, title: data.title,
    onclick: () => openData(project.projectHash, data.dataHash),
  },
  el("span", { class: "title" }, el("i", { class: data.labelled ? "dot labelled" : "dot", title: data.labelled ? "Has labels" : "No labels yet", role: "img", "aria-label": data.labelled ? "labelled" : "not labelled" }), el("b", null, data.title)),
  el("small", null, facts.slice(0, 2).join(" · ")), el("small", null, facts.slice(2).join(" · "))));
}

/** Describes the extent of data. @param {import("./api.js").Data} data */
export function extent(data) {
  const rate = data.framesPerSecond ? ` at ${Number(data.framesPerSecond.toFixed(2))} fps` : "";
  switch (data.dataType) {
    case "video": return `${data.frames} frames${rate}`;
    case "img_group": return `${data.frames} images`;
    case "pdf": return data.frames === 1 ? "1 page" : `${data.frames} pages`;
    case "audio": return data.duration ? `${data.duration.toFixed(1)} s` : "";
    case "plain_text": return `${data.frames} characters`;
    default: return data.width ? `${data.width} × ${data.height}` : "";
  }
}

function bytes(size) {
  if (!size) return "";
  const power = Math.min(3, Math.floor(Math.log10(size) / 3));
  return `${Number((size / 1000 ** power).toPrecision(2))} ${["B", "kB", "MB", "GB"][power]}`;
}

/** Opens the next data of the project, or the one before. @param {1|-1} step */
export function openNext(step) {
  const project = state.projects?.find((one) => one.projectHash === state.projectHash);
  const at = project?.data.findIndex((one) => one.dataHash === state.data?.dataHash) ?? -1;
  const next = project?.data[at + step];
  if (project && next) void openData(project.projectHash, next.dataHash);
}
