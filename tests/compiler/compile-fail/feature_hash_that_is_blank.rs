use agent_runtime::prelude::*;

#[editor_agent(only_objects = ["6de1c2f0", ""])] //~ [""] a feature hash is not blank: write one, or remove it from the list
async fn check(_row: &LabelRow) {}

fn main() {}
