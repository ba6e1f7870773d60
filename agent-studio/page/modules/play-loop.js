// The range of frames that a video repeats while it plays.

import { button } from "./dom.js";
import { frameCount } from "./open.js";
import { inWords } from "./ranges.js";
import { on, state, update } from "./state.js";

/** Creates the button that turns the loop on and off. */
export function loopButton() {
  const toggle = button("Loop", () => toggleLoop(), { class: "quiet loop", "aria-keyshortcuts": "G" });
  on(["loop", "data"], () => {
    const { loop } = state;
    toggle.hidden = state.data?.dataType !== "video";
    toggle.textContent = loop ? `Loop ${inWords([loop])}` : "Loop";
    toggle.setAttribute("aria-pressed", String(loop !== null));
    toggle.title = loop ? "Play the whole video (G)" : "Repeat the frames of the selected object, or the whole video (G). W and Shift+W set the ends";
  });
  return toggle;
}

/** Repeats the frames of the selected objects, or of the whole video; or plays on without a loop. */
export function toggleLoop() {
  if (state.loop) {
    update({ loop: null });
    return;
  }
  const ranges = [...state.selection].flatMap((hash) => state.labels?.objects.get(hash)?.ranges ?? []).flat();
  update({ loop: ranges.length > 0 ? [Math.min(...ranges), Math.max(...ranges)] : [0, frameCount() - 1] });
}

/** Begins or ends the loop at the displayed frame. @param {"from"|"to"} end */
export function setLoopEnd(end) {
  if (state.data?.dataType !== "video") return;
  const { frame } = state;
  const [from, to] = state.loop ?? [0, frameCount() - 1];
  update({ loop: end === "from" ? [frame, Math.max(frame, to)] : [Math.min(from, frame), frame] });
}
