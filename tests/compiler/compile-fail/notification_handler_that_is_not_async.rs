use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
fn handler(_work: Notification<StageWorkAvailable>) {} //~ [fn] a notification handler is async: write `async fn handler`

fn main() {}
