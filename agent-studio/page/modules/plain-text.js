// Descriptions of agents, which are Markdown, as plain text.

/**
 * Removes the marks of Markdown: backticks, emphasis, headings, and the targets of links.
 * @param {string} markdown
 */
export function plainText(markdown) {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[(`[^`\]]+`)\]/g, "$1")
    .replace(/(\*\*|\*)(?=\S)([^*\n]+?)(?<=\S)\1/g, "$2")
    .replace(/^#{1,6}\s+/gm, "")
    .replace(/(`+)([^`]+)\1/g, "$2");
}
