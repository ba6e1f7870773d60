// Links to objects in the messages of agents.

import { button } from "./dom.js";
import { reveal, selectObject } from "./selection.js";
import { state, update } from "./state.js";

/** Maximum number of links in a text. */
const MOST = 50;

/**
 * Splits a text into texts and links: names such as `Coin 5`, and object hashes, select the object and zoom to it.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function withLinks(text) {
  const { labels } = state;
  if (!labels || labels.objects.size === 0) return [text];
  /** @type {Map<string, string>} hashes by name */
  const named = new Map();
  for (const { hash, name, number } of labels.objects.values()) {
    if (number !== null) named.set(`${name} ${number}`, hash);
  }
  const classes = [...new Set([...labels.objects.values()].map((one) => one.name))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${classes.map(escaped).join("|")}) \\d+(?!\\d)|[\\p{L}\\p{N}_+/-]{8,})`, "gu");
  const parts = [];
  let [end, links] = [0, 0];
  for (const match of text.matchAll(pattern)) {
    const hash = named.get(match[0]) ?? (labels.objects.has(match[0]) ? match[0] : undefined);
    if (hash === undefined || links >= MOST) continue;
    parts.push(text.slice(end, match.index), link(match[0], hash));
    end = match.index + match[0].length;
    links += 1;
  }
  return [...parts, text.slice(end)];
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

function link(words, hash) {
  const show = () => {
    const { tab } = state;
    selectObject(hash, false);
    update({ tab });
    void reveal(hash, true);
  };
  return button(words, show, { class: "link", title: "Select and zoom", "data-object": hash });
}
