use agent_runtime::prelude::*;

#[editor_agent(only_objects = [12345678])] //~ [12345678] a feature hash is text in quotes
async fn check(_row: &LabelRow) {}

fn main() {}
