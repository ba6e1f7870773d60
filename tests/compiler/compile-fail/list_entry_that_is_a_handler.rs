use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn work(_work: Notification<StageWorkAvailable>) {}

fn main() {
    let _ = agents![work]; //~ [work] this is not an editor agent
}
