//! Background work that outlives the response.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use tokio::sync::Semaphore;

/// A gate that background work waits at. It counts the work that has passed.
#[derive(Clone)]
struct Gate {
    open: Arc<Semaphore>,
    through: Arc<AtomicUsize>,
}

impl Gate {
    fn new(open: usize) -> Self {
        Self { open: Arc::new(Semaphore::new(open)), through: Arc::default() }
    }

    async fn pass(self) -> Result<()> {
        self.open.acquire().await?.forget();
        self.through.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn passed(&self) -> usize {
        self.through.load(Ordering::SeqCst)
    }
}

/// Starts background work, then fails on frame 1. Starts none on frame 2.
#[editor_agent]
async fn start_work(background: Background, gate: State<Gate>, frame: Frame) -> Result<String> {
    if frame.0 != 2 {
        background.run(gate.0.pass())?;
    }
    ensure!(frame.0 != 1, "Not on frame 1.");
    Ok("It will be done.".to_owned())
}

/// Starts background work that fails, panics and times out.
#[editor_agent]
#[allow(clippy::panic, reason = "it is what is tested")]
async fn start_failing_work(background: Background, gate: State<Gate>) -> Result<()> {
    background.run(async { bail!("It is not to be.") })?;
    background.run(async { panic!("on purpose") })?;
    background.clone().within(Duration::from_millis(20)).run(std::future::pending())?;
    background.run(gate.0.pass())
}

/// Tries to start background work after the response was sent.
#[editor_agent]
async fn start_after_response(background: Background, gate: State<Gate>) -> Result<()> {
    let again = background.clone();
    background.run(async move {
        assert!(again.run(std::future::pending()).is_err());
        gate.0.pass().await
    })
}

#[editor_agent]
async fn background_if_supported(background: Option<Background>) -> String {
    format!("supported: {}", background.is_some())
}

fn server(gate: &Gate) -> Server {
    Server::new()
        .agents(agents![start_work, start_failing_work, start_after_response, background_if_supported])
        .state(gate.clone())
}

fn client(gate: &Gate) -> TestClient {
    TestClient::new(server(gate)).unwrap()
}

#[tokio::test]
async fn response_is_sent_before_the_work_ends() {
    let gate = Gate::new(0);
    let client = client(&gate);
    assert_eq!(client.call("/start-work", &payload().on_frame(0)).await.message(), Some("It will be done."));
    assert_eq!(gate.passed(), 0);
    gate.open.add_permits(1);
    client.idle().await;
    assert_eq!(gate.passed(), 1);
    assert_eq!(client.call("/background-if-supported", &payload()).await.message(), Some("supported: true"));
}

#[tokio::test]
async fn failed_call_discards_its_background_work() {
    let gate = Gate::new(1000);
    let client = client(&gate);
    // More calls than there are permits for background work.
    for _ in 0..300 {
        assert_eq!(client.call("/start-work", &payload().on_frame(1)).await.status().as_u16(), 400);
    }
    client.idle().await;
    assert_eq!(gate.passed(), 0);
}

#[tokio::test]
async fn failed_work_does_not_affect_other_work() {
    let gate = Gate::new(10);
    let client = client(&gate);
    for path in ["/start-failing-work", "/start-after-response"] {
        assert_eq!(client.call(path, &payload()).await.status().as_u16(), 200);
    }
    client.idle().await;
    assert_eq!(gate.passed(), 2);
}

#[tokio::test]
async fn rejects_work_above_the_limit_with_503() {
    let gate = Gate::new(0);
    let client = TestClient::new(server(&gate).background_concurrency(3)).unwrap();
    for _ in 0..256 {
        assert_eq!(client.call("/start-work", &payload().on_frame(0)).await.status().as_u16(), 200);
    }
    let rejected = client.call("/start-work", &payload().on_frame(0)).await;
    assert_eq!((rejected.status().as_u16(), rejected.headers()["retry-after"].as_bytes()), (503, &b"10"[..]));
    assert_eq!(client.call("/start-work", &payload().on_frame(2)).await.status().as_u16(), 200);
    let metrics = client.get("/metrics").await.text();
    assert!(metrics.contains("editor_agent_background_open 256"), "{metrics}");
    gate.open.add_permits(256);
    client.idle().await;
    assert_eq!(gate.passed(), 256);
}

#[tokio::test]
async fn shutdown_waits_for_work_within_the_grace_time() {
    for (grace, finishes) in [(5000, 1), (100, 0)] {
        let gate = Gate::new(0);
        let running = server(&gate).port(0).shutdown_grace(Duration::from_millis(grace)).start().await.unwrap();
        let mut connection = test_support::wire::Connection::open(running.address()).await;
        connection.post("/start-work", &[], &serde_json::to_string(&payload().on_frame(0)).unwrap()).await;
        assert_eq!(connection.response().await.unwrap().status, 200);
        drop(connection);
        let open = Arc::clone(&gate.open);
        let opening = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            open.add_permits(1);
        });
        let began = Instant::now();
        running.stop().await;
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        opening.await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(gate.passed(), finishes);
    }
}
