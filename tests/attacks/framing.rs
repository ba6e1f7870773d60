//! Request smuggling: messages whose length a proxy and the server could interpret differently.

use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD};

static SMUGGLED: AtomicUsize = AtomicUsize::new(0);

#[editor_agent]
async fn first(frame: Frame) -> String {
    format!("{frame}")
}

#[editor_agent]
async fn smuggled() {
    SMUGGLED.fetch_add(1, Ordering::SeqCst);
}

async fn start() -> RunningServer {
    Server::new().agents(agents![first, smuggled]).port(0).start().await.unwrap()
}

fn request(path: &str, headers: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\n{headers}\r\n{body}")
}

/// Returns the smuggled request.
fn hidden() -> String {
    request("/smuggled", &format!("Content-Length: {}\r\n", PAYLOAD.len()), PAYLOAD)
}

/// Returns the statuses of all responses until the server closes the connection.
async fn response_statuses(server: &RunningServer, sent: &[u8]) -> Vec<u16> {
    let mut connection = Connection::open(server.address()).await;
    connection.write(sent).await;
    let mut statuses = Vec::new();
    while let Some(response) = connection.response().await {
        statuses.push(response.status);
    }
    statuses
}

#[tokio::test]
async fn rejects_invalid_and_conflicting_lengths() {
    let server = start().await;
    for lengths in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 5.0\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length : 5\r\n",
        "Content-Length:\r\n 5\r\n",
        "Content-Length: 5\0\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked-false\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n",
    ] {
        let statuses = response_statuses(&server, (request("/first", lengths, "") + &hidden()).as_bytes()).await;
        assert_eq!(statuses, [400], "{lengths:?}");
    }
    let old = request("/first", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(response_statuses(&server, (old + &hidden()).as_bytes()).await, [400]);
    assert_eq!(SMUGGLED.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn closes_connection_after_chunked_request() {
    // A proxy may have counted another length, so data after the last chunk is not parsed as a request.
    let server = start().await;
    let chunk = format!("{:x}\r\n{PAYLOAD}\r\n0\r\n\r\n", PAYLOAD.len());
    for headers in [
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "transfer-encoding: CHUNKED\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let statuses = response_statuses(&server, (request("/first", headers, &chunk) + &hidden()).as_bytes()).await;
        assert!(matches!(statuses[..], [200 | 400]), "{headers:?}: {statuses:?}");
    }
    for method in ["GET /healthz", "OPTIONS /first", "POST /nowhere"] {
        let sent = request("/", "Transfer-Encoding: chunked\r\n", &chunk).replace("POST /", method) + &hidden();
        assert_eq!(response_statuses(&server, sent.as_bytes()).await.len(), 1, "{method}");
    }
    assert_eq!(SMUGGLED.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn rejects_malformed_chunks() {
    let server = start().await;
    let (length, long) = (PAYLOAD.len(), "x".repeat(100_000));
    for chunks in [
        format!("0x{length:x}\r\n{PAYLOAD}\r\n0\r\n\r\n"),
        format!("-{length:x}\r\n{PAYLOAD}\r\n0\r\n\r\n"),
        format!("{length:x}\r\n{PAYLOAD}0\r\n\r\n"),
        format!("{length:x}\n{PAYLOAD}\n0\n\n"),
        format!("fffffffffffffffff\r\n{PAYLOAD}\r\n0\r\n\r\n"),
        format!("{length:x};{long}\r\n{PAYLOAD}\r\n0\r\n\r\n"),
        format!("{length:x}\r\n{PAYLOAD}\r\n0\r\n{}\r\n", format!("X-Trailer: {long}\r\n").repeat(3)),
    ] {
        let sent = request("/first", "Transfer-Encoding: chunked\r\n", &chunks) + &hidden();
        let statuses = response_statuses(&server, sent.as_bytes()).await;
        // The server may close the connection while bytes are in transit, which loses the response.
        assert!(matches!(statuses[..], [] | [400]), "{}: {statuses:?}", &chunks[..20]);
    }
    assert_eq!(SMUGGLED.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn unread_body_is_not_parsed_as_request() {
    let server = start().await;
    let length = format!("Content-Length: {}\r\n", hidden().len());
    for (line, status) in [("GET /healthz", 200), ("POST /nowhere", 404), ("PUT /first", 405), ("GET /metrics", 200)] {
        let sent = request("/", &length, &hidden()).replacen("POST /", line, 1);
        let mut connection = Connection::open(server.address()).await;
        connection.write(sent).await;
        assert_eq!(connection.response().await.unwrap().status, status, "{line}");
        connection.post("/first", &[], PAYLOAD).await;
        // Either this request is served next, or the connection is closed.
        assert!(connection.response().await.is_none_or(|response| response.body.contains('0')), "{line}");
    }
    assert_eq!(SMUGGLED.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn rejects_other_protocols() {
    let server = start().await;
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20);
    for sent in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &tls,
        b"\0\0\0\0\r\n\r\n",
        b"POST /first\r\n\r\n",
        b"POST /first HTTP/3.0\r\n\r\n",
        b"POST /first HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        b"POST /first HTTP/1.1\r\nHost: a\r\nX\xff: b\r\n\r\n",
        b"POST /fi rst HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let statuses = response_statuses(&server, sent).await;
        assert!(matches!(statuses[..], [] | [400 | 505]), "{:?}: {statuses:?}", String::from_utf8_lossy(sent));
    }
    server.stop().await;
}

#[tokio::test]
async fn serves_pipelined_requests_in_order() {
    let server = start().await;
    let one = |frame: usize| {
        let body = PAYLOAD.replace("\"frame\": 0", &format!("\"frame\": {frame}"));
        request("/first", &format!("Content-Length: {}\r\n", body.len()), &body)
    };
    let mut connection = Connection::open(server.address()).await;
    connection.write((0..200).map(one).collect::<String>()).await;
    for frame in 0..200 {
        let response = connection.response().await.unwrap();
        assert_eq!((response.status, response.message()), (200, frame.to_string()));
    }
    server.stop().await;
}
