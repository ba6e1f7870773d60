use std::rc::Rc;

use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification]
async fn label(work: Notification<StageWorkAvailable>) { //~ [label] future cannot be sent between threads safely
    let count = Rc::new(work.event.pending_count);
    std::future::ready(()).await;
    drop(count);
}

fn main() {}
