// Copying text.

import { complain, inform } from "./toasts.js";

/** Copies a text, and says so. @param {string} text @param {string} words */
export async function copy(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    inform(words);
  } catch {
    complain(new Error("The browser does not let the page write to the clipboard."));
  }
}
