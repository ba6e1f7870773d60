use agent_runtime::prelude::*;

#[editor_agent(only_classifications)] //~ [only_classifications] `only_classifications` needs a value
async fn check(_row: &LabelRow) {}

fn main() {}
