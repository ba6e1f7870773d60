use agent_runtime::{Notification, on_notification};

#[on_notification]
async fn label(_work: Notification<StageWorkAvailabel>) {} //~ [StageWorkAvailabel] cannot find type `StageWorkAvailabel` in this scope

fn main() {}
