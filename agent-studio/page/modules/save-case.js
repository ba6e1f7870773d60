// *Save as test*: writes a call as a case, which a test repeats.

import * as api from "./api.js";
import { button, el } from "./dom.js";
import { during } from "./progress.js";
import { state } from "./state.js";
import { complain, toast } from "./toasts.js";

/** @typedef {import("./agent-call.js").Call} Call */

/**
 * Returns the form that saves a call; nothing for a call without a response, or if the studio has no folder for tests.
 * @param {Call} call
 */
export function saveAsTest(call) {
  const { answer, versions, way } = call;
  if (!state.session?.canSaveCases || !answer || !versions || way === "test") return null;
  return formOf(call, () => {
    const name = el("input", { type: "text", "aria-label": "Name of the test", value: suggestedName(call), maxlength: 80, spellcheck: "false" });
    const submit = async (event) => {
      event.preventDefault();
      try {
        const { folder, models } = await during("Saving the test…", () => api.saveCase(call.target.place, recorded(call, name.value.trim())));
        toast({ kind: "good", title: "Saved as a test", text: folder, facts: [...recordedModels(models), "cargo test, or agent-studio replay, repeats it"] });
      } catch (error) {
        complain(error);
      }
    };
    return el("form", { class: "save-case", onsubmit: submit }, name, button("Save as test", () => {}, { type: "submit" }));
  });
}

/** @type {WeakMap<Call, HTMLElement>} */
const forms = new WeakMap();

/** Returns the same form whenever the log is rendered, so that a typed name is kept. @param {Call} call @param {() => HTMLElement} create */
function formOf(call, create) {
  const form = forms.get(call) ?? create();
  forms.set(call, form);
  return form;
}

/** @param {Call} call @param {string} name */
function recorded(call, name) {
  const { agent, request, answer, versions, models } = call;
  return { name, agent: agent.path, payload: request.body, status: answer?.status ?? 0, body: answer?.body ?? "", before: versions?.before ?? null, after: versions?.after ?? null, models };
}

/** Returns the number of recorded responses of model servers in words; nothing without recorders. @param {number} count */
const recordedModels = (count) => (state.session?.recordsModels ? [`${count} ${count === 1 ? "response of a model server" : "responses of model servers"}`] : []);

/** @param {Call} call */
function suggestedName({ agent, target, number }) {
  const words = `${agent.path} ${target.title.replace(/\.[^.]*$/, "")}`;
  const name = words.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase().slice(0, 70);
  return number === 1 ? name : `${name}-${number}`;
}
