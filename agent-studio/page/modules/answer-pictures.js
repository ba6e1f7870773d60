// Images in responses of agents: crops, masks, model inputs.

import { el } from "./dom.js";

/** Matches an image in JSON: base64 has no character that JSON escapes. */
const PICTURE = /data:image\/(?:png|jpeg|webp|gif);base64,([A-Za-z0-9+/]+=*)/g;
/** Maximum number of displayed images. */
const MOST = 24;

/**
 * Renders the images of a response; `false` if it has none.
 * @param {string} body
 */
export function picturesIn(body) {
  const all = [...body.matchAll(PICTURE)].map(([url]) => url);
  if (all.length === 0) return false;
  const shown = all.slice(0, MOST).map((url, at) => el("img", { src: url, alt: `Picture ${at + 1} of the answer`, loading: "lazy" }));
  const more = all.length - shown.length;
  return el("div", { class: "pictures" }, ...shown, more > 0 && el("small", null, `and ${more} more`));
}

/**
 * Returns a readable body, with placeholders for images.
 * @param {string | undefined} body
 */
export const shortened = (body) => body?.replace(PICTURE, (url, data) => `${url.slice(0, url.length - data.length)}… (${Math.round(data.length * 0.75)} bytes)`);
