// Objects that survive when their section is shown again, so that their elements keep focus and typed text.

/** @template T */
export class Kept {
  /** @type {Map<string, T>} */
  #before = new Map();
  /** @type {Map<string, T>} */
  #now = new Map();

  /** Begins to show the section anew. Objects that are not used this time are forgotten the next time. */
  begin() {
    [this.#before, this.#now] = [this.#now, new Map()];
  }

  /** Returns the object of this key, or makes one. @param {string} key @param {() => T} make @returns {T} */
  of(key, make) {
    const one = this.#now.get(key) ?? this.#before.get(key) ?? make();
    this.#now.set(key, one);
    return one;
  }
}
