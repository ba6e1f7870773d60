use agent_runtime::prelude::*;

#[editor_agent(only_objects = ["6de1c2f0" "94d5aba7"])] //~ ["6de1c2f0" "94d5aba7"] commas separate several
async fn check(_row: &LabelRow) {}

fn main() {}
