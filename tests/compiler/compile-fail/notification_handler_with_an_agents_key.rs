use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification(branch = "review")] //~ [branch] `#[on_notification]` has no key `branch`: use one of
async fn handler(_work: Notification<StageWorkAvailable>) {}

fn main() {}
