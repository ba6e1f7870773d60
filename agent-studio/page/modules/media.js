// The labelled media: an image, the images of a group, or the frames of a video.

/**
 * @typedef {Object} Picture what is painted below the labels
 * @property {CanvasImageSource?} source
 * @property {number} width in pixels of the media
 * @property {number} height
 * @property {number} frame that it is a picture of
 * @property {string} [problem] why there is none
 * @property {() => void} [close] frees its memory; it cannot be painted any more
 */

/** Timeout for a frame of a video, in milliseconds. */
const PATIENCE = 10_000;

/** Media with one or several images. */
export class Images {
  /** @param {import("./api.js").MediaUnit[]} units */
  constructor(units) {
    this.units = units;
    /** @type {Map<number, Promise<Picture>>} */
    this.#loaded = new Map();
  }

  #loaded;

  /** @param {number} frame @returns {Promise<Picture>} */
  at(frame) {
    const known = this.#loaded.get(frame);
    if (known) return known;
    const loading = this.#load(frame);
    this.#loaded.set(frame, loading);
    for (const other of this.#loaded.keys()) {
      // Neighbouring images stay in memory, so that stepping is immediate.
      if (Math.abs(other - frame) > 8) this.#loaded.delete(other);
    }
    return loading;
  }

  async #load(frame) {
    const unit = this.units[frame] ?? this.units[0];
    const size = { width: unit?.width ?? 1000, height: unit?.height ?? 1000, frame };
    if (!unit?.url) return { source: null, ...size, problem: "This project has no file for it." };
    const image = new Image();
    image.src = unit.url;
    try {
      await image.decode();
    } catch {
      return { source: null, ...size, problem: "The file cannot be shown by this browser." };
    }
    return { source: image, width: unit.width ?? image.naturalWidth, height: unit.height ?? image.naturalHeight, frame };
  }

  /** Does nothing: images do not play. */
  stop() {}
}

/** Video media. Frames are located by time: frame n lasts from n / fps to (n + 1) / fps. */
export class Video {
  /**
   * @param {import("./api.js").MediaUnit} unit
   * @param {number} framesPerSecond
   * @param {number} frames
   */
  constructor(unit, framesPerSecond, frames) {
    this.unit = unit;
    this.framesPerSecond = framesPerSecond;
    this.frames = frames;
    this.#element = document.createElement("video");
    this.#element.muted = true;
    this.#element.preload = "auto";
    this.#element.playsInline = true;
    this.#ready = this.#open();
  }

  #element;
  #ready;
  /** @type {Promise<unknown>} */
  #seeking = Promise.resolve();
  #wanted = -1;
  #playing = 0;

  /** @returns {Promise<string?>} why it cannot be shown */
  #open() {
    return new Promise((resolve) => {
      if (!this.unit?.url) return resolve("This project has no file for it.");
      this.#element.addEventListener("loadeddata", () => resolve(null), { once: true });
      this.#element.addEventListener("error", () => resolve("The file cannot be played by this browser."), { once: true });
      this.#element.src = this.unit.url;
    });
  }

  /**
   * Returns the picture of a frame, or of a frame that is requested in the meantime.
   * @param {number} frame
   * @returns {Promise<Picture>}
   */
  async at(frame) {
    this.#wanted = frame;
    const problem = await this.#ready;
    const size = { width: this.unit.width ?? this.#element.videoWidth, height: this.unit.height ?? this.#element.videoHeight };
    if (problem) return { source: null, width: size.width || 1000, height: size.height || 1000, frame, problem };
    // Seeks are serialized, because an interrupted seek never completes.
    const turn = this.#seeking.then(() => this.#wanted === frame && this.#seek(frame));
    this.#seeking = turn.catch(() => undefined);
    await turn;
    return this.#still(frame);
  }

  /**
   * Takes a picture of the current frame. It stays the same when the video goes on, and knows its frame. A browser without
   * such pictures paints the video itself.
   * @param {number} frame the expected one
   * @param {boolean} [isKnown] whether the video is known to show it
   * @returns {Picture}
   */
  #still(frame, isKnown = true) {
    const video = this.#element;
    const size = { width: this.unit.width ?? video.videoWidth, height: this.unit.height ?? video.videoHeight };
    try {
      const still = new VideoFrame(video);
      return { source: still, ...size, frame: isKnown ? frame : this.#frameAt(still.timestamp / 1e6), close: () => still.close() };
    } catch {
      return { source: video, ...size, frame };
    }
  }

  /** Returns the frame at a time, with a tolerance of a quarter of a frame for rounding. @param {number} seconds */
  #frameAt(seconds) {
    return Math.min(this.frames - 1, Math.floor(seconds * this.framesPerSecond + 0.25));
  }

  async #seek(frame) {
    const seconds = (frame + 0.5) / this.framesPerSecond;
    if (Math.abs(this.#element.currentTime - seconds) < 1e-6) return;
    const shown = this.#nextPicture();
    this.#element.currentTime = Math.min(seconds, Math.max(0, this.#element.duration - 1e-3));
    await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  /** Waits until a new picture can be painted, not only until the seek has completed. */
  #nextPicture() {
    return new Promise((resolve) => {
      this.#element.addEventListener("seeked", () => {
        // There is no event if the picture is the same.
        const late = setTimeout(resolve, 120);
        this.#element.requestVideoFrameCallback?.(() => {
          clearTimeout(late);
          resolve(undefined);
        });
      }, { once: true });
    });
  }

  /**
   * Plays from a frame.
   * @param {number} frame
   * @param {(picture: Picture) => void} show is called for each picture with the frame that it is
   * @param {() => void} ended
   */
  async play(frame, show, ended) {
    const run = ++this.#playing;
    (await this.at(frame)).close?.();
    if (run !== this.#playing) return;
    const video = this.#element;
    const each = (_now, { mediaTime }) => {
      if (run !== this.#playing) return;
      // The video may already be ahead of this event.
      show(this.#still(this.#frameAt(mediaTime), false));
      video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
    video.onended = () => run === this.#playing && ended();
    await video.play().catch(ended);
  }

  /** Stops playing. */
  stop() {
    this.#playing += 1;
    this.#element.pause();
  }
}

/** Media without pictures: labels are drawn on an empty page. */
export class Blank {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.size = { width, height };
  }

  /** @param {number} frame @returns {Promise<Picture>} */
  async at(frame) {
    return { source: null, ...this.size, frame };
  }

  stop() {}
}
