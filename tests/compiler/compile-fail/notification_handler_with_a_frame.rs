use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn handler(_work: Notification<StageWorkAvailable>, _frame: Frame) {} //~ [Frame] is nothing that a notification handler can ask for

fn main() {}
