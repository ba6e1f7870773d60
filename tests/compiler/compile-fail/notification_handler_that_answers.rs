use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn handler(_work: Notification<StageWorkAvailable>) -> String { //~ [String] a notification handler cannot return `String`
    String::new()
}

fn main() {}
