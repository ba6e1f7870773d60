use agent_runtime::prelude::*;

#[editor_agent(signed_urls = false)] //~ [false] `signed_urls` takes no value: to turn it off, remove `signed_urls`
async fn check(_row: &mut LabelRow) {}

fn main() {}
