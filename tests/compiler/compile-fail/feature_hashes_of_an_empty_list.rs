use agent_runtime::prelude::*;

#[editor_agent(only_objects = [])] //~ [[]] `only_objects` lists at least one feature hash: name one
async fn check(_row: &LabelRow) {}

fn main() {}
