use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn handler(_work: &Notification<StageWorkAvailable>) {} //~ [&Notification<StageWorkAvailable>] a notification handler takes its parameters by value

fn main() {}
