// A call as a line for the shell.

/** In single quotes, as a POSIX shell reads it. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {{url: string, headers: [string, string][], body: string}} request */
export function asCurl({ url, headers, body }) {
  const given = headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return ["curl -sS -X POST", quoted(url), ...given, `--data-raw ${quoted(body)}`].join(" ");
}
