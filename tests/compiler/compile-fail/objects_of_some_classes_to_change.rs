use agent_runtime::prelude::*;

#[editor_agent(only_objects = ["6de1c2f0"])] //~ [only_objects] cannot be saved, since the other objects would be gone
async fn check(_row: &mut LabelRow) {}

fn main() {}
