// A label row that is or was open, with its version and history. Every edit belongs to a row, so that an edit of one row is never
// applied to another.

import { noteRow } from "./attribution.js";
import { Labels } from "./labels.js";
import { state, update } from "./state.js";

/**
 * @typedef {import("./attribution.js").Cause} Cause
 * @typedef {{words: string, before: string?, call?: number}} Step what was done, the version before it, and the number of
 *   the call if an agent did it
 */

/** The row that was opened last at each place, whose history goes on if nobody saved since. @type {Map<string, OpenRow>} */
const opened = new Map();

/** Maximum number of steps that can be undone. */
const MOST = 100;

export class OpenRow {
  /**
   * @param {import("./api.js").Place} place
   * @param {import("./ontology.js").Ontology} ontology
   * @param {import("./api.js").Opened} answer
   * @param {Cause} [cause] of what is new in it
   */
  constructor(place, ontology, answer, cause = "elsewhere") {
    this.place = place;
    this.title = answer.data.title;
    this.dataType = answer.data.dataType;
    this.ontology = ontology;
    this.labels = new Labels(answer.row, ontology);
    this.version = answer.version;
    this.#continueHistory();
    noteRow(this, cause);
  }

  /** @type {{state: import("./state.js").EditorState["saveState"], problem: string}} */
  saving = { state: "saved", problem: "" };
  /** @type {Step[]} */
  done = [];
  /** @type {Step[]} */
  undone = [];
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();

  /** Takes over the history of the row that was open here before, unless somebody saved since. */
  #continueHistory() {
    const key = JSON.stringify(this.place);
    const earlier = opened.get(key);
    if (earlier?.version === this.version) [this.done, this.undone] = [earlier.done, earlier.undone];
    opened.set(key, this);
  }

  get isOpen() {
    return state.row === this;
  }

  /** Runs work after all earlier work on this row. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  inTurn(work) {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Waits until all work is saved or rejected. */
  settled() {
    return this.#queue;
  }

  /**
   * Loads a row that the server returned.
   * @param {{version: string?, row: any, data?: import("./api.js").Data}} answer
   * @param {Cause} cause
   */
  take({ version, row, data }, cause) {
    this.labels = new Labels(row, this.ontology);
    this.version = version;
    this.saving = { state: "saved", problem: "" };
    noteRow(this, cause);
    if (!this.isOpen) return;
    const selection = new Set([...state.selection].filter((hash) => this.labels.objects.has(hash)));
    update({ selection, ...(data ? { data } : {}) });
    this.publish();
  }

  /** @param {import("./state.js").EditorState["saveState"]} now @param {string} [problem] */
  setSaving(now, problem = "") {
    this.saving = { state: now, problem };
    this.publish();
  }

  /** Records a change of the row for undo. @param {Step} step */
  noteStep(step) {
    this.done = [...this.done.slice(1 - MOST), step];
    this.undone = [];
    this.publish();
  }

  /**
   * Joins the last steps to one, which is undone at once. They stay separate if there are others between them.
   * @param {(step: Step) => boolean} isOwn
   * @param {{words: string, call?: number}?} joined null: they are no longer steps
   * @returns {boolean} whether all of them are joined, and there were any
   */
  joinLast(isOwn, joined) {
    const first = this.done.findLastIndex((step) => !isOwn(step)) + 1;
    const [others, own] = [this.done.slice(0, first), this.done.slice(first)];
    if (own.length === 0 || others.some(isOwn)) return false;
    this.done = joined ? [...others, { ...joined, before: own[0].before }] : others;
    this.publish();
    return true;
  }

  /** Clears the undo history, because undo must not overwrite a save by others. */
  forgetSteps() {
    [this.done, this.undone] = [[], []];
    this.publish();
  }

  /** Updates the page's state if this is the open row. */
  publish() {
    if (!this.isOpen) return;
    update({
      labels: this.labels, version: this.version, saveState: this.saving.state, saveProblem: this.saving.problem,
      history: { undo: this.done, redo: this.undone },
    });
  }
}
