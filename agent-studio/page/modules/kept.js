// What a section shows again stays the same object, so that its elements keep the focus and what is being typed.

/** @template T */
export class Kept {
  /** @type {Map<string, T>} */
  #before = new Map();
  /** @type {Map<string, T>} */
  #now = new Map();

  /** Begins to show the section anew. What is not shown this time is forgotten the next time. */
  begin() {
    [this.#before, this.#now] = [this.#now, new Map()];
  }

  /** What was shown under this key, or something new. @param {string} key @param {() => T} make @returns {T} */
  of(key, make) {
    const one = this.#now.get(key) ?? this.#before.get(key) ?? make();
    this.#now.set(key, one);
    return one;
  }
}
