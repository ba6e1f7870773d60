use agent_runtime::{Notification, on_notification};

#[on_notification]
async fn handler(_work: Notification<String>) {} //~ [Notification<String>] `String` is not an event of the platform

fn main() {}
