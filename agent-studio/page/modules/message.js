// The message of an agent, with a mark where the label editor cuts it.

import { el } from "./dom.js";
import { withLinks } from "./object-links.js";

/** Number of characters of a message that the label editor shows (contract: `docs/contract/agent-protocol.md#message`). */
const SHOWN = 256;

/**
 * Renders a message. The part that the label editor would not show follows after a mark.
 * @param {string} text
 */
export function messageOf(text) {
  const characters = Array.from(text);
  if (characters.length <= SHOWN) return el("p", { class: "message" }, ...withLinks(text));
  return el("div", { class: "cut-message" },
    el("p", { class: "message" },
      ...withLinks(characters.slice(0, SHOWN).join("")), el("i", { class: "cut", title: "The label editor cuts the message here.", role: "img", "aria-label": "cut" }),
      el("span", { class: "beyond" }, characters.slice(SHOWN).join(""))),
    el("small", null, `The label editor shows ${SHOWN} of ${characters.length} characters, up to the mark.`));
}
