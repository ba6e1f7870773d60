use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
#[on_notification] //~ [#[on_notification]] `#[on_notification]` stands on this function twice: remove one
async fn label(_work: Notification<StageWorkAvailable>) {}

fn main() {}
