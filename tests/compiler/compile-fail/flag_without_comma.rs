use agent_runtime::prelude::*;

#[editor_agent(reviews client_metadata)] //~ [client_metadata] a comma is missing here
async fn greet(_row: &LabelRow) {}

fn main() {}
