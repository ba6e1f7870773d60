use agent_runtime::prelude::*;

#[editor_agent(only_classifications = ["6de1c2f0"])] //~ [only_classifications] since the other classifications would be gone
async fn check(_row: &mut agent_runtime::LabelRow) {}

fn main() {}
