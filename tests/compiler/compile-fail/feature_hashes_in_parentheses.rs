use agent_runtime::prelude::*;

#[editor_agent(only_classifications = ("6de1c2f0", "94d5aba7"))] //~ [("6de1c2f0", "94d5aba7")] takes a list of feature hashes
async fn check(_row: &LabelRow) {}

fn main() {}
