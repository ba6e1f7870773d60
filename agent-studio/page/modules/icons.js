// Icons of tools and commands, as SVG elements.

/** Outlines in a square of 16 units. */
const PATHS = {
  select: "M3 2l9.5 5.2-4.2 1.1-1.9 4z",
  box: "M2.5 4h11v8h-11z",
  "rotated-box": "M6.4 2.6l7 4-3.8 6.8-7-4z",
  polygon: "M8 2l6 4.4-2.4 7.1H4.4L2 6.4z",
  polyline: "M2 12.5l4-7 4 4 4-6",
  point: "M8 5.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM8 1v2.4M8 12.6V15M1 8h2.4M12.6 8H15",
  circle: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
  ellipse: "M8 4.2c3.6 0 6.2 1.7 6.2 3.8S11.6 11.8 8 11.8 1.8 10.1 1.8 8 4.4 4.2 8 4.2z",
  skeleton: "M8 5.2V9.5M8 6.5l-4.5 1.5M8 6.5l4.5 1.5M8 9.5l-3 4.5M8 9.5l3 4.5M8 1.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
  bitmask: "M13.5 2.5L7 9M5.5 8.5c1.5 0 2.5 1 2.5 2.3 0 2-2 2.7-5.5 2.7 1-.8.9-1.6 1-2.7.2-1.3.8-2.3 2-2.3z",
  cuboid: "M2 5.5h8.5V14H2zM2 5.5L5.5 2H14v8.5L10.5 14M10.5 5.5L14 2",
  model: "M9.5 2l1 2.5 2.5 1-2.5 1-1 2.5-1-2.5-2.5-1 2.5-1zM4.5 8l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8z",
  undo: "M6 3L2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6.5",
  redo: "M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3.5",
};

/** Creates an icon. @param {keyof typeof PATHS | string} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", class: "icon-image", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.append(path);
  return svg;
}
