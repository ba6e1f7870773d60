// The drawing tools: one for each shape that is drawn in the image.

/**
 * @typedef {"box"|"rotated-box"|"polygon"|"polyline"|"point"|"circle"|"ellipse"|"skeleton"|"bitmask"|"cuboid"} DrawingTool
 * @typedef {"select"|"model"|DrawingTool} Tool
 *
 * @typedef {Object} ToolKind
 * @property {DrawingTool} tool
 * @property {string} name
 * @property {string} noun in sentences
 * @property {string} shape of the classes that it draws, as an ontology writes it
 * @property {string} key
 * @property {"drag"|"vertices"|"click"|"stroke"} gesture a drag, a click for each vertex, one click, or a stroke of the brush
 * @property {string} hint how to draw
 */

/** @type {ToolKind[]} */
export const TOOLS = [
  { tool: "box", name: "Box", noun: "box", shape: "bounding_box", key: "b", gesture: "drag", hint: "Drag from corner to corner." },
  { tool: "rotated-box", name: "Rotated box", noun: "rotated box", shape: "rotatable_bounding_box", key: "o", gesture: "drag", hint: "Drag from corner to corner, then turn it by its handle." },
  { tool: "polygon", name: "Polygon", noun: "polygon", shape: "polygon", key: "p", gesture: "vertices", hint: "Click each vertex; Enter closes it." },
  { tool: "polyline", name: "Polyline", noun: "polyline", shape: "polyline", key: "l", gesture: "vertices", hint: "Click each vertex; Enter ends it." },
  { tool: "point", name: "Point", noun: "point", shape: "point", key: "d", gesture: "click", hint: "Click." },
  { tool: "circle", name: "Circle", noun: "circle", shape: "circle", key: "c", gesture: "drag", hint: "Drag from the centre outwards." },
  { tool: "ellipse", name: "Ellipse", noun: "ellipse", shape: "ellipse", key: "e", gesture: "drag", hint: "Drag the box around it." },
  { tool: "skeleton", name: "Skeleton", noun: "skeleton", shape: "skeleton", key: "s", gesture: "drag", hint: "Drag the box around it, then move its points." },
  { tool: "bitmask", name: "Bitmask", noun: "bitmask", shape: "bitmask", key: "m", gesture: "stroke", hint: "Paint." },
  { tool: "cuboid", name: "Cuboid", noun: "cuboid", shape: "cuboid_2d", key: "u", gesture: "drag", hint: "Drag its front, then move its corners and its back." },
];

/** Returns a drawing tool; undefined for the selection tool. @param {Tool} tool */
export const toolKind = (tool) => TOOLS.find((one) => one.tool === tool);

/** Returns a noun with its article. @param {string} noun */
export const withArticle = (noun) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

/** Returns the tool that draws a shape. @param {string} shape as an ontology writes it */
export const toolFor = (shape) => TOOLS.find((one) => one.shape === shape);
