// Undo: of a drag, of a vertex that is being drawn, of a prompt, or of the last saved step.

import { dropVertex, isDrawing } from "./drawing.js";
import { redoStep, undoStep } from "./edits.js";
import { cancelDrag, isDragging } from "./gesture.js";
import { dropPrompt } from "./prompts.js";

/** Undoes the last action. A drag, a draft or a prompt comes before saved steps. */
export function undo() {
  if (cancelDrag()) return;
  if (isDrawing()) dropVertex();
  else if (!dropPrompt()) void undoStep();
}

/** Redoes the last undone step, unless something is being drawn or dragged. */
export function redo() {
  if (!isDragging() && !isDrawing()) void redoStep();
}
