use agent_runtime::prelude::*;

#[editor_agent(only_objects = ["6de1c2f0", "94d5aba7", "6de1c2f0"])] //~ ["6de1c2f0"] `only_objects` lists `6de1c2f0` twice
async fn check(_row: &LabelRow) {}

fn main() {}
