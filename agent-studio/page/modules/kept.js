// Objects that are reused when their section is rendered again, so that their elements keep focus and typed text.

/** @template T */
export class Kept {
  /** @type {Map<string, T>} */
  #before = new Map();
  /** @type {Map<string, T>} */
  #now = new Map();

  /** Begins a rendering. Objects that are not used in it are dropped in the next one. */
  begin() {
    [this.#before, this.#now] = [this.#now, new Map()];
  }

  /** Returns the object of this key, and creates it if it is missing. @param {string} key @param {() => T} make @returns {T} */
  of(key, make) {
    const one = this.#now.get(key) ?? this.#before.get(key) ?? make();
    this.#now.set(key, one);
    return one;
  }
}
