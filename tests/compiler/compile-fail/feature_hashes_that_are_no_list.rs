use agent_runtime::prelude::*;

#[editor_agent(only_objects = "6de1c2f0")] //~ ["6de1c2f0"] `only_objects` takes a list of feature hashes
async fn check(_row: &LabelRow) {}

fn main() {}
