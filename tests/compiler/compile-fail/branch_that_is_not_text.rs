use agent_runtime::prelude::*;

#[editor_agent(branch = review)] //~ [review] `branch` takes text in quotes: write `branch = "my-branch"`
async fn check(_row: &LabelRow) {}

fn main() {}
