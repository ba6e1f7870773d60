use agent_runtime::prelude::*;
use agent_runtime::on_notification;

#[on_notification]
async fn handler(_platform: PlatformClient) {} //~ [PlatformClient] the first parameter of a notification handler is the notification

fn main() {}
