use agent_runtime::prelude::*;

#[editor_agent(branch = " ")] //~ [" "] a branch's name is not blank; leave `branch` out for the branch `main`
async fn check(_row: &LabelRow) {}

fn main() {}
