//! Keys about a workflow stage.

use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, StageFrames};

#[editor_agent(stage = "Pre-label", pathway = "done", on_failure = "needs a human", frames = "each")]
async fn each(_row: &mut LabelRow) {}

#[editor_agent(stage = "00000000-0000-0000-0000-000000005001", every = 10)]
async fn every_tenth(frame: Frame) -> String {
    frame.to_string()
}

#[editor_agent]
async fn no_stage() {}

fn stages(agents: AgentSet) -> Vec<StageFrames> {
    agents.iter().filter_map(|agent| Some(agent.stage?.stage.frames)).collect()
}

fn main() {
    assert_eq!(stages(agents![each, every_tenth, no_stage]), [StageFrames::Each, StageFrames::Every(10)]);
}
