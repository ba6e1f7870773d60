use agent_runtime::prelude::*;

#[editor_agent(client_metadata = true)] //~ [true] `client_metadata` takes no value: write just `client_metadata`
async fn check(_row: &LabelRow) {}

fn main() {}
