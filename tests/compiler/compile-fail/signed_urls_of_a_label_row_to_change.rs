use agent_runtime::prelude::*;

#[editor_agent(signed_urls)] //~ [signed_urls] cannot be saved, since the signed URLs would be written back
async fn check(_row: &mut LabelRow) {}

fn main() {}
