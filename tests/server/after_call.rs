//! Hooks of libraries that run after calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use agent_runtime::{AfterCall, OptionalWork};
use test_support::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn even(Frame(frame): Frame) -> Result<String> {
    ensure!(frame.is_multiple_of(2), "Choose an even frame.");
    Ok("Even.".to_owned())
}

/// Counts the works that began and those that were done or dropped.
#[derive(Clone, Default)]
struct Hook {
    began: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    time: Duration,
}

struct Ended(Arc<AtomicUsize>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl AfterCall for Hook {
    fn after_call(&self, call: &EditorCall) -> Option<OptionalWork> {
        let (hook, call) = (self.clone(), call.detached().unwrap());
        Some(Box::pin(async move {
            let _ended = Ended(hook.ended);
            assert_eq!(call.extract::<Frame>().await.unwrap(), 2);
            hook.began.fetch_add(1, SeqCst);
            tokio::time::sleep(hook.time).await;
        }))
    }
}

async fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn hook_runs_after_successful_calls() {
    let hook = Hook::default();
    let server = Server::new().agents(agents![even]).after_call(hook.clone());
    let client = TestClient::new(server).unwrap();
    for frame in [1, 2, 3] {
        client.call("/even", &payload().on_frame(frame)).await;
    }
    client.call("/even", &"no payload").await;
    until(|| hook.ended.load(SeqCst) == 1).await;
    assert_eq!(hook.began.load(SeqCst), 1);
}

/// A hook with a mistake.
struct Panics;

impl AfterCall for Panics {
    fn after_call(&self, _call: &EditorCall) -> Option<OptionalWork> {
        panic!("on purpose")
    }
}

#[tokio::test]
async fn panicking_hook_does_not_fail_the_call() {
    let client = TestClient::new(Server::new().agents(agents![even]).after_call(Panics)).unwrap();
    let response = client.call("/even", &payload().on_frame(2)).await;
    assert_eq!((response.status().as_u16(), response.message()), (200, Some("Even.")));
}

#[tokio::test]
async fn stopping_server_drops_the_work_of_hooks() {
    let hook = Hook { time: Duration::from_secs(300), ..Hook::default() };
    let server = Server::new().agents(agents![even]).after_call(hook.clone()).port(0).start().await.unwrap();
    let mut connection = Connection::open(server.address()).await;
    connection.post("/even", &[], &PAYLOAD.replace(r#""frame": 0"#, r#""frame": 2"#)).await;
    assert_eq!(connection.response().await.unwrap().status, 200);
    until(|| hook.began.load(SeqCst) == 1).await;
    drop(connection);
    let start = Instant::now();
    server.stop().await;
    until(|| hook.ended.load(SeqCst) == 1).await;
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
