use agent_runtime::on_notification;

#[on_notification]
async fn handler() {} //~ [handler] the first parameter of a notification handler is the notification

fn main() {}
