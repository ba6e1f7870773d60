//! A server under callers that are too many, too large or too slow, over real sockets.

use std::time::{Duration, Instant};

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use crate::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn quick(_payload: AgentPayload) -> &'static str {
    "quick"
}

#[editor_agent]
async fn slow() {
    tokio::time::sleep(Duration::from_secs(30)).await;
}

#[editor_agent(timeout = "50ms")]
async fn impatient() {
    tokio::time::sleep(Duration::from_secs(30)).await;
}

async fn start(configure: impl FnOnce(Server) -> Server) -> RunningServer {
    let server =
        Server::new().agents(agents![quick, slow, impatient]).port(0).shutdown_grace(Duration::from_millis(10));
    configure(server).start().await.unwrap()
}

#[tokio::test]
async fn an_agent_that_takes_too_long_is_stopped() {
    let server = start(|server| server.timeout(Duration::from_millis(80))).await;
    for (path, seconds) in [("/slow", "0.08"), ("/impatient", "0.05")] {
        let mut connection = Connection::open(server.address()).await;
        connection.post(path, &[], PAYLOAD).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!((answer.status, answer.message()), (504, format!("The agent did not finish within {seconds} s.")));
    }
    server.stop().await;
}

#[tokio::test]
async fn calls_beyond_the_limit_are_turned_away_and_the_health_checks_are_not() {
    let server = start(|server| server.concurrency(1)).await;
    let mut first = Connection::open(server.address()).await;
    first.post("/slow", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut second = Connection::open(server.address()).await;
    second.post("/quick", &[("Origin", "https://app.encord.com")], PAYLOAD).await;
    let answer = second.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert!(answer.message().contains("busy"));
    second.write("GET /healthz HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
    assert_eq!(second.answer().await.unwrap().status, 200);

    // Once the first caller goes away, its place is free.
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    second.post("/quick", &[], PAYLOAD).await;
    assert_eq!(second.answer().await.unwrap().status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_and_without_a_length() {
    let server = start(|server| server.body_limit(1000)).await;
    let large = "x".repeat(1001);
    let mut announced = Connection::open(server.address()).await;
    announced.post("/quick", &[], &large).await;
    let answer = announced.answer().await.unwrap();
    assert_eq!((answer.status, answer.message().contains("1000 bytes")), (413, true));

    let mut chunked = Connection::open(server.address()).await;
    chunked.write("POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    chunked.write(format!("3e9\r\n{large}\r\n0\r\n\r\n")).await;
    assert_eq!(chunked.answer().await.unwrap().status, 413);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    let mut connection = Connection::open(server.address()).await;
    connection
        .write(
            "POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        )
        .await;
    let answer = connection.answer().await.unwrap();
    assert_eq!((answer.status, answer.message().as_str()), (408, "The request's body did not arrive in time."));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_too_little_is_closed() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    for head in ["", "POST /quick HTTP/1.1\r\nHost: agent", "POST /quick HTTP/1.1\r\nHost: agent.test\r\n"] {
        let start = Instant::now();
        let mut connection = Connection::open(server.address()).await;
        connection.write(head).await;
        // Either nothing at all or 408, and then the end.
        assert!(connection.answer().await.is_none_or(|answer| answer.status == 408), "{head}");
        assert!(start.elapsed() < Duration::from_secs(5), "{head}");
    }
    // Between two requests as well.
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[], PAYLOAD).await;
    assert_eq!(connection.answer().await.unwrap().status, 200);
    assert!(connection.answer().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = start(|server| server).await;
    let long = "x".repeat(256 * 1024);
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[("X-Long", &long)], PAYLOAD).await;
    // The server closes while bytes are still on their way, so its answer may be lost.
    assert!(connection.answer().await.is_none_or(|answer| answer.status == 431));
    let many: Vec<_> = (0..200).map(|_| ("X-Many", "1")).collect();
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &many, PAYLOAD).await;
    assert_eq!(connection.answer().await.map(|answer| answer.status), Some(431));
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let server = start(|server| server.connections(1)).await;
    let mut first = Connection::open(server.address()).await;
    first.post("/quick", &[], PAYLOAD).await;
    assert_eq!(first.answer().await.unwrap().status, 200);
    let mut second = Connection::open(server.address()).await;
    second.post("/quick", &[], PAYLOAD).await;
    let waited = tokio::time::timeout(Duration::from_millis(200), second.answer()).await;
    assert!(waited.is_err(), "the second connection was served beside the first");
    drop(first);
    assert_eq!(second.answer().await.unwrap().status, 200);
    server.stop().await;
}
