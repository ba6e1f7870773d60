use agent_runtime::{Notification, on_notification};

#[on_notification]
async fn handler(_work: Notification<String>) {} //~ [Notification<String>] `String` is no event that the platform tells

fn main() {}
