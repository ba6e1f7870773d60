use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn handler(_work: Notification<StageWorkAvailable>, _platform: PlatfromClient) {} //~ [PlatfromClient] cannot find type `PlatfromClient`

fn main() {}
