use agent_runtime::prelude::*;

#[editor_agent(
    branch = "", //~ [""] a branch's name is not blank
    only_objects = ["6de1c2f0"], //~ [only_objects] cannot be saved, since the other objects would be gone
    reviews = 1, //~ [1] `reviews` takes no value
    signed_urls, //~ [signed_urls] cannot be saved, since the signed URLs would be written back
    on_conflict = "rerun", //~ ["rerun"] `on_conflict` is one of `"refuse"`, `"retry"` and `"merge"`
)]
async fn check(_row: &mut LabelRow) {}

fn main() {}
