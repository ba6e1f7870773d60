//! DNS rebinding: the attacker's host name resolves to this machine. The browser then treats the agent as the page's own server: it
//! sends no preflight, and lets the page read every response.

use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD, Response};

static RUN: AtomicUsize = AtomicUsize::new(0);

#[editor_agent]
async fn counted() -> &'static str {
    RUN.fetch_add(1, Ordering::SeqCst);
    "run"
}

#[editor_agent]
async fn at_home() -> &'static str {
    "run"
}

#[editor_agent]
async fn behind_a_proxy() -> &'static str {
    "run"
}

async fn call(server: &RunningServer, path: &str, host: &str, origin: Option<&str>) -> Response {
    let mut connection = Connection::open(server.address()).await;
    let origin = origin.map_or_else(String::new, |origin| format!("Origin: {origin}\r\n"));
    let length = PAYLOAD.len();
    let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Type: application/json\r\n");
    connection.write(format!("{head}Content-Length: {length}\r\n\r\n{PAYLOAD}")).await;
    connection.response().await.unwrap()
}

#[tokio::test]
async fn rejects_rebound_host_names() {
    let server = Server::new().agents(agents![counted]).port(0).start().await.unwrap();
    let port = server.address().port();
    for name in ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "EVIL.test", "evil.test.", "localhost1"] {
        let host = format!("{name}:{port}");
        let response = call(&server, "/counted", &host, Some(&format!("http://{host}"))).await;
        assert_eq!(response.status, 403, "{host}: {}", response.body);
        assert!(
            response.message().contains("AGENT_ORIGINS") && response.message().contains(&host),
            "{}",
            response.body
        );
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
    assert_eq!(RUN.load(Ordering::SeqCst), 0);

    let (local, name) = (format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}"));
    for (host, origin) in [
        // The server's own page, and programs.
        (format!("127.0.0.1:{port}"), Some(local.as_str())),
        (format!("localhost:{port}"), Some(name.as_str())),
        (format!("[::1]:{port}"), Some("http://[::1]")),
        ("evil.test".to_owned(), None),
        // Behind a tunnel or a TLS proxy: the certificate guarantees the host name.
        ("agents.example.com".to_owned(), Some("https://agents.example.com")),
        // Cross-origin requests of the editor and of other pages are subject to CORS.
        ("agents.example.com".to_owned(), Some("https://app.encord.com")),
        ("127.0.0.1".to_owned(), Some("http://evil.test")),
    ] {
        let response = call(&server, "/counted", &host, origin).await;
        assert_eq!((response.status, response.message().as_str()), (200, "run"), "{host} {origin:?}");
    }
    server.stop().await;
}

/// A rebound page sends the headers of a proxy, from a loopback address.
#[tokio::test]
async fn rebound_page_cannot_imitate_proxy() {
    let server = Server::new().agents(agents![behind_a_proxy]).port(0).trust_proxy("127.0.0.1");
    let server = server.start().await.unwrap();
    for (host, origin, status) in [
        ("evil.test:8080", "http://evil.test:8080", 403),
        // A browser shows a page of this origin only with a valid certificate.
        ("agents.example.com", "https://agents.example.com", 200),
    ] {
        let mut connection = Connection::open(server.address()).await;
        let message =
            format!("Host: {host}\r\nOrigin: {origin}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9");
        let body = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{PAYLOAD}", PAYLOAD.len());
        connection.write(format!("POST /behind-a-proxy HTTP/1.1\r\n{message}\r\n{body}")).await;
        assert_eq!(connection.response().await.unwrap().status, status, "{origin}");
    }
    server.stop().await;
}

#[tokio::test]
async fn accepts_configured_host_name() {
    let server = Server::new().agents(agents![at_home]).port(0).allow_origin("http://agents.internal:8080");
    let server = server.start().await.unwrap();
    let response = call(&server, "/at-home", "agents.internal:8080", Some("http://agents.internal:8080")).await;
    assert_eq!(response.status, 200, "{}", response.body);
    server.stop().await;
}
