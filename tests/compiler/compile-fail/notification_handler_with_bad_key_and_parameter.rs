use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification(pth = "/label")] //~ [pth] `#[on_notification]` has no key `pth`: did you mean `path`?
async fn label(_work: Notification<StageWorkAvailable>, _frame: Frame) {} //~ [Frame] `agent_runtime::Frame` is nothing that

fn main() {}
