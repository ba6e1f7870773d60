// The changes of a label row that count as an agent's: they arrive while it runs, and nobody else is known to have made them.

import { compareAll } from "./difference.js";

/**
 * @typedef {import("./labels.js").Labels} Labels
 * @typedef {"edit" | "elsewhere" | number} Cause of a change: an edit of this page, an unknown writer, or the call of this number
 * @typedef {{place: import("./api.js").Place, labels: Labels}} Row
 */

/** The attributions of the calls that are running. @type {Set<Attribution>} */
const running = new Set();

const isSame = (one, other) => one.project === other.project && one.data === other.data;

/** Collects the changes that one call makes to a row. */
export class Attribution {
  /** @param {number} call @param {Row} row as it is before the call */
  constructor(call, row) {
    this.#call = call;
    this.#place = row.place;
    this.#last = row.labels;
    running.add(this);
  }

  #call;
  #place;
  #last;
  /** The row before and after each change. @type {[Labels, Labels][]} */
  #changes = [];

  /** @param {Row} row @param {Cause} cause */
  see(row, cause) {
    if (!this.isOn(row.place)) return;
    if (cause === "elsewhere" || cause === this.#call) this.#changes.push([this.#last, row.labels]);
    this.#last = row.labels;
  }

  /** @param {import("./api.js").Place} place */
  isOn(place) {
    return isSame(place, this.#place);
  }

  /** Ends the collection. @returns {import("./difference.js").Difference} */
  end() {
    running.delete(this);
    return compareAll(this.#changes);
  }
}

/** Returns whether a call works on the row of this place. @param {import("./api.js").Place} place */
export const isAgentAtWork = (place) => [...running].some((one) => one.isOn(place));

/** Notes that the page has read another state of a row. @param {Row} row @param {Cause} cause */
export function noteRow(row, cause) {
  for (const one of running) one.see(row, cause);
}
