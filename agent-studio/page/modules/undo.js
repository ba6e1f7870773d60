// Undoing what the person did last: a drag, a vertex that is being drawn, or the last saved step.

import { dropVertex, isDrawing } from "./drawing.js";
import { redoStep, undoStep } from "./edits.js";
import { cancelDrag, isDragging } from "./pointer.js";

/** Undoes what was done last. What is being drawn or dragged comes before what is saved. */
export function undo() {
  if (cancelDrag()) return;
  if (isDrawing()) dropVertex();
  else void undoStep();
}

/** Does again what was undone last, unless something is being drawn or dragged. */
export function redo() {
  if (!isDragging() && !isDrawing()) void redoStep();
}
