use std::sync::Mutex;

use agent_runtime::prelude::*;

struct Counter {
    calls: Mutex<u64>,
}

async fn pause() {}

#[editor_agent]
async fn count(counter: &State<std::sync::Arc<Counter>>) { //~ [count] future cannot be sent between threads safely
    let mut calls = counter.calls.lock().unwrap();
    pause().await;
    *calls += 1;
}

fn main() {}
