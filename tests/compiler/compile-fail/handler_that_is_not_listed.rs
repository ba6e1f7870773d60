use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn work(_work: Notification<StageWorkAvailable>) {}

fn main() {
    let _ = Server::new().on_notification(work); //~ [work] this is not a set of notification handlers
}
