// The state of the page. Modules subscribe to the keys that they display.

/**
 * @typedef {Object} EditorState
 * @property {import("./api.js").Session?} session who labels, and the configured agent servers
 * @property {import("./api.js").Project[]?} projects
 * @property {string?} projectHash the open project
 * @property {import("./api.js").Data?} data the open data unit's entry
 * @property {import("./api.js").MediaUnit[]} units its files
 * @property {import("./ontology.js").Ontology?} ontology
 * @property {import("./row.js").OpenRow?} row the open label row; another one whenever data is opened
 * @property {import("./labels.js").Labels?} labels the label row as it was last read
 * @property {string?} version of the label row; null where there is no row yet
 * @property {string} unknown message about an address that names unknown data
 * @property {number} frame the frame that was asked for, from 0
 * @property {number?} shownFrame the frame of the picture that is painted; null without a picture
 * @property {boolean} isPlaying whether the video plays
 * @property {import("./ranges.js").Range?} loop the frames that a playing video repeats
 * @property {Set<string>} selection object hashes, in the order in which they were selected
 * @property {string?} hovered object hash under the pointer
 * @property {import("./tools.js").Tool} tool
 * @property {"new"|"hole"|"part"} outlineAs what an outline of the polygon tool becomes
 * @property {import("./mask-tool.js").MaskOptions} mask options of the bitmask tool
 * @property {Set<string>} hidden object hashes
 * @property {Set<string>} locked object hashes
 * @property {Set<string>?} solo object hashes that are shown alone; null shows all
 * @property {string} filter of the list of objects
 * @property {{fill: number, brightness: number, contrast: number, crosshair: boolean}} view opacity of fills, and factors
 * @property {import("./prompts.js").Prompting?} prompting prompts of the model tool
 * @property {boolean} isNegative whether points of the model tool are not on the object
 * @property {boolean} isRefining whether prompts refine the selected mask or polygon
 * @property {string?} promptAgent server and path of the agent of the model tool
 * @property {{hash: string, kind: import("./handles.js").Handle["kind"], at: number[]}?} vertex the selected vertex or other handle of a selected object
 * @property {[number, number]?} cursor place of the keyboard's cursor, in pixels of the media; null while it is hidden
 * @property {string?} drawClass feature hash of the class that is drawn
 * @property {import("./drawing.js").Draft?} draft the shape that is being drawn
 * @property {import("./unsaved.js").Drawn[]} unsaved drawn shapes that are not saved yet
 * @property {"saved"|"saving"|"failed"} saveState
 * @property {string} saveProblem why saving failed
 * @property {import("./agents.js").AgentServer[]} servers
 * @property {import("./agent-call.js").Call[]} calls the newest first
 * @property {import("./difference.js").Difference?} difference what the last agent changed
 * @property {boolean} showDifference whether it is drawn on the canvas
 * @property {import("./api.js").DevState?} dev state of `agent-studio dev`; null if it is not known
 * @property {number} callsBeforeStart number of the last call before the agents' last start
 * @property {import("./findings.js").Report?} findings the open list of findings
 * @property {"labels"|"changes"|"findings"|"calls"|"tasks"} tab
 * @property {{undo: import("./row.js").Step[], redo: import("./row.js").Step[]}} history what can be undone and redone
 */

/** View options at the start. @type {EditorState["view"]} */
export const DEFAULT_VIEW = { fill: 0.16, brightness: 1, contrast: 1, crosshair: true };

/** @type {EditorState} */
const values = {
  session: null,
  projects: null,
  projectHash: null,
  data: null,
  units: [],
  ontology: null,
  row: null,
  labels: null,
  version: null,
  unknown: "",
  frame: 0,
  shownFrame: null,
  isPlaying: false,
  loop: null,
  selection: new Set(),
  hovered: null,
  tool: "select",
  outlineAs: "new",
  mask: { by: "brush", isErasing: false, size: 24 },
  hidden: new Set(),
  locked: new Set(),
  solo: null,
  filter: "",
  view: DEFAULT_VIEW,
  prompting: null,
  isNegative: false,
  isRefining: false,
  promptAgent: null,
  vertex: null,
  cursor: null,
  drawClass: null,
  draft: null,
  unsaved: [],
  saveState: "saved",
  saveProblem: "",
  servers: [],
  calls: [],
  difference: null,
  showDifference: true,
  dev: null,
  callsBeforeStart: 0,
  findings: null,
  tab: "labels",
  history: { undo: [], redo: [] },
};

/** @type {{keys: Set<string>, listener: () => void}[]} */
const listeners = [];
/** @type {Set<string>} */
let changed = new Set();

/** The state of the page. Read only: change it with {@link update}. @type {Readonly<EditorState>} */
export const state = values;

/**
 * Updates the state. Listeners are called once, after the current task.
 * @param {Partial<EditorState>} changes
 */
export function update(changes) {
  for (const [key, value] of Object.entries(changes)) {
    if (values[key] === value) continue;
    values[key] = value;
    if (changed.size === 0) queueMicrotask(tell);
    changed.add(key);
  }
}

/**
 * Calls `listener` when one of the keys has changed.
 * @param {(keyof EditorState)[]} keys
 * @param {() => void} listener
 */
export function on(keys, listener) {
  listeners.push({ keys: new Set(keys), listener });
}

function tell() {
  const told = changed;
  changed = new Set();
  for (const { keys, listener } of listeners) {
    for (const key of told) {
      if (keys.has(key)) {
        listener();
        break;
      }
    }
  }
}
