use agent_runtime::prelude::*;

#[editor_agent(include_reviews)] //~ [include_reviews] did you mean `reviews`?
async fn count(_row: &LabelRow) {}

fn main() {}
