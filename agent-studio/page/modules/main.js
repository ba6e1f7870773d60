// Entry point of the label editor page: initializes the modules and opens the data in the URL.

import { openAddressed, watchAddress } from "./address.js";
import { watchMenu } from "./agent-menu.js";
import { listAgents } from "./agents.js";
import { placeAnnouncements } from "./announcement.js";
import * as api from "./api.js";
import { placeBar } from "./bar.js";
import { placeCursor } from "./cursor.js";
import { placeDataList } from "./data-list.js";
import { watchDevStatus } from "./dev-status.js";
import { byId } from "./dom.js";
import { placeDrawing } from "./drawing.js";
import { placeEmptyStates, showBroken } from "./empty-states.js";
import { placeFindingPins } from "./finding-pins.js";
import { placeFrames } from "./frames.js";
import { watchFreshness } from "./freshness.js";
import { watchGestures } from "./gesture.js";
import { watchKeys } from "./keys.js";
import { listProjects, watchLabelled } from "./open.js";
import { placeOverlays } from "./overlay.js";
import { placePanels } from "./panels.js";
import { watchPointer } from "./pointer.js";
import { during } from "./progress.js";
import { placePromptSigns } from "./prompt-overlay.js";
import { watchPrompts } from "./prompts.js";
import { placeRangedMedia } from "./ranged-media.js";
import { placeStage } from "./stage.js";
import { update } from "./state.js";
import { watchToasts } from "./toast-corner.js";
import { placeUnsaved } from "./unsaved.js";
import { watchTasks } from "./workflow.js";

placeStage(byId("stage"));
placeOverlays();
placeFindingPins();
placeUnsaved();
placeDrawing();
placePromptSigns();
placeCursor();
placeAnnouncements();
placeBar();
placeDataList();
placeFrames();
placePanels();
placeRangedMedia();
placeEmptyStates();
watchGestures();
watchPointer();
watchMenu();
watchKeys();
watchPrompts();
watchTasks();
watchToasts();
watchLabelled();
watchAddress();

try {
  const [session] = await during("Starting…", () => Promise.all([api.session(), listProjects()]));
  update({ session });
  void listAgents();
  watchDevStatus();
  await openAddressed();
  watchFreshness();
} catch (error) {
  showBroken(/** @type {Error} */ (error));
}
