use std::rc::Rc;

use agent_runtime::prelude::*;

async fn wait() {}

#[editor_agent]
async fn count(row: &mut LabelRow) { //~ [count] future cannot be sent between threads safely
    let count = Rc::new(row.objects().count());
    wait().await;
    drop(count);
}

fn main() {}
