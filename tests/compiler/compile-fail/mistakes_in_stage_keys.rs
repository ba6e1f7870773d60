use agent_runtime::prelude::*;

#[editor_agent(stage)] //~ [stage] `stage` needs a value
async fn no_title() {}

#[editor_agent(stage = " ")] //~ [" "] a stage has a title or a UUID
async fn blank_title() {}

#[editor_agent(stage = 3)] //~ [3] `stage` takes text in quotes
async fn number_as_title() {}

#[editor_agent(on_failure = "needs a human")] //~ [on_failure] no stage is given
async fn pathway_without_stage() {}

#[editor_agent(frames = "each")] //~ [frames] no stage is given
async fn frames_without_stage() {}

#[editor_agent(stage = "Pre-label", frames = "labeled")] //~ ["labeled"] did you mean `"labelled"`?
async fn misspelled_frames() {}

#[editor_agent(stage = "Pre-label", every = 0)] //~ [0] a whole number from 1 to 1000000
async fn every_zeroth_frame() {}

#[editor_agent(stage = "Pre-label", every = 10, frames = "first")] //~ [every] contradict each other
async fn every_tenth_and_first() {}

#[editor_agent(stage = "Pre-label", frames = "labelled", every = 10)] //~ [every] takes only some
async fn every_tenth_and_labelled() {}

#[editor_agent(stage = "Pre-label", pathway = "")] //~ [""] a pathway has a title or a UUID
async fn blank_pathway() {}

#[editor_agent(stages = "Pre-label")] //~ [stages] did you mean `stage`?
async fn misspelled_key() {}

fn main() {}
