// Pictures in the answers of agents: crops, masks, what a model was shown.

import { el } from "./dom.js";

/** A picture as agents write it into JSON: base64 has no character that JSON escapes. */
const PICTURE = /data:image\/(?:png|jpeg|webp|gif);base64,([A-Za-z0-9+/]+=*)/g;
/** How many are shown. */
const MOST = 24;

/**
 * The pictures of an answer, to look at; `false` if it has none.
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
 * A body to read: pictures are said to be there, and not spelled out.
 * @param {string | undefined} body
 */
export const shortened = (body) => body?.replace(PICTURE, (url, data) => `${url.slice(0, url.length - data.length)}… (${Math.round(data.length * 0.75)} bytes)`);
