use agent_runtime::{Notification, StageWorkAvailable, TaskCompleted, on_notification};

#[on_notification]
async fn label(
    _work: Notification<StageWorkAvailable>,
    _task: Notification<TaskCompleted>, //~ [Notification<TaskCompleted>] a notification handler takes one notification
) {
}

fn main() {}
