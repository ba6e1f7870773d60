use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

#[on_notification(pth = "/work")] //~ [pth] has no key `pth`: did you mean `path`?
fn handler( //~ [fn] a notification handler is async: write `async fn handler`
    _work: &Notification<StageWorkAvailable>, //~ [&Notification<StageWorkAvailable>] takes its parameters by value
    _frame: Frame, //~ [Frame] is nothing that a notification handler can ask for
) -> String { //~ [String] a notification handler cannot return `String`
    String::new()
}

fn main() {}
