//! Shutdown of a TLS server: no new connections, running calls complete, idle connections are closed.

use std::time::{Duration, Instant};

use agent_runtime::prelude::*;

use super::calls::post;
use super::frames::{self, Connection, GO_AWAY, HEADERS};
use test_support::certificates::{Folder, Pair};

#[editor_agent(path = "/stopping/brief")]
async fn brief() -> &'static str {
    tokio::time::sleep(Duration::from_millis(1000)).await;
    "finished"
}

#[editor_agent(path = "/stopping/endless")]
async fn endless() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn shutdown_answers_running_calls_and_sends_go_away() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![brief, endless]).shutdown_grace(Duration::from_millis(1500));
    let server = server.start().await.unwrap();
    let (address, url) = (server.address(), server.url());
    let mut idle = Connection::open(&pair, address, &[]).await;
    let mut busy = Connection::open(&pair, address, &[]).await;
    busy.write([frames::call(1, "/stopping/brief"), frames::call(3, "/stopping/endless")].concat()).await;
    let http1 = tokio::spawn({
        let (client, url) = (pair.client("http/1.1"), format!("{url}/stopping/brief"));
        async move { post(&client, &url, &[]).await }
    });
    // An unfinished handshake.
    let handshake = tokio::net::TcpStream::connect(address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;

    let began = Instant::now();
    let stopped = tokio::spawn(server.stop());
    assert!(idle.rest().await.iter().any(|frame| frame.kind == GO_AWAY));
    handshake.readable().await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(1200), "shutdown waited for an idle connection");
    let frames = busy.rest().await;
    let at = |kind, stream| frames.iter().position(|frame| (frame.kind, frame.stream) == (kind, stream)).unwrap();
    assert!(at(GO_AWAY, 0) < at(HEADERS, 1) && at(HEADERS, 1) < at(HEADERS, 3), "{frames:?}");
    assert!(frames[at(HEADERS, 1)].is_ok() && !frames[at(HEADERS, 3)].is_ok(), "{frames:?}");
    let text = |stream| frames.iter().find(|frame| (frame.kind, frame.stream) == (frames::DATA, stream)).unwrap();
    assert!(String::from_utf8_lossy(&text(1).payload).contains("finished"));
    assert!(String::from_utf8_lossy(&text(3).payload).contains("stopping"));
    assert_eq!(http1.await.unwrap().text().await.unwrap(), r#"{"message":"finished"}"#);
    stopped.await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(1500));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn closes_idle_and_pinging_connections() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![brief, endless]).read_timeout(Duration::from_secs(1));
    let server = server.start().await.unwrap();
    for pings in [false, true] {
        let began = Instant::now();
        let mut connection = Connection::open(&pair, server.address(), &[]).await;
        if pings {
            for _ in 0..40 {
                connection.write(frames::frame(frames::PING, 0, 0, &[0; 8])).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        connection.rest().await;
        assert!(began.elapsed() >= Duration::from_millis(900));
    }
    // A connection with a running call is not idle.
    let mut connection = Connection::open(&pair, server.address(), &[]).await;
    connection.write(frames::call(1, "/stopping/endless")).await;
    let quiet = tokio::time::timeout(Duration::from_secs(3), connection.next_of(HEADERS, 1)).await;
    assert!(quiet.is_err(), "{quiet:?}");
    drop(connection);
    server.stop().await;
}

/// A connection accepted just before the shutdown completes its handshake and its first call.
#[tokio::test]
async fn serves_connection_accepted_before_shutdown() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![brief, endless]).start().await.unwrap();
    let url = format!("{}/healthz", server.url());
    let accepted = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let stopped = tokio::spawn(server.stop());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(pair.client("h2").get(&url).send().await.is_err(), "a new connection was accepted");
    let mut connection = Connection::on(&pair, accepted).await;
    connection.write(frames::call(1, "/stopping/brief")).await;
    assert!(connection.next_of(HEADERS, 1).await.unwrap().is_ok());
    connection.rest().await;
    stopped.await.unwrap();
}
