//! CORS for pages in a browser, and origins that imitate allowed ones.

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD, Response};

#[editor_agent]
async fn greet() -> &'static str {
    "answered"
}

const LOOK_ALIKES: [&str; 35] = [
    "null",
    "*",
    "https://test.encord.com",
    "https://test.us.encord.com",
    "https://encord.com",
    "https://app.encord.com.evil.test",
    "https://app.encord.com.",
    "https://evilapp.encord.com",
    "https://evil.app.encord.com",
    "https://app-encord.com",
    "https://app.encord.com:443",
    "https://app.encord.com:8443",
    "https://app.encord.com/",
    "https://app.encord.com@evil.test",
    "https://app.encord.com%2eevil.test",
    "https://app.encord.com\\.evil.test",
    "https://app.encord.com#evil.test",
    "https://app.encord.com?evil.test",
    "https://app.encord.com evil.test",
    "https://app.encord.com,https://evil.test",
    "https://evil.test,https://app.encord.com",
    "https://app.encord.com\thttps://evil.test",
    "HTTPS://app.encord.com",
    "https://APP.ENCORD.COM",
    "http://app.encord.com",
    "ftp://app.encord.com",
    "//app.encord.com",
    "app.encord.com",
    "https:app.encord.com",
    "https:///app.encord.com",
    // Punycode and its Unicode form.
    "https://app.xn--encrd-mua.com",
    "https://app.enc\u{f6}rd.com",
    "https://app.\u{435}ncord.com",
    "https://cord-ai-development--a-b.web.app.evil.test",
    "https://labels.example.com.evil.test",
];

async fn start() -> agent_runtime::RunningServer {
    let server = Server::new().agents(agents![greet]).port(0).allow_origin("https://labels.example.com");
    server.start().await.unwrap()
}

async fn call(server: &agent_runtime::RunningServer, headers: &[(&str, &str)]) -> Response {
    let mut connection = Connection::open(server.address()).await;
    connection.post("/greet", headers, PAYLOAD).await;
    connection.response().await.unwrap()
}

async fn preflight(server: &agent_runtime::RunningServer, origin: &str, asks: &str) -> Response {
    let mut connection = Connection::open(server.address()).await;
    let head = "OPTIONS /greet HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\n";
    connection.write(format!("{head}Origin: {origin}\r\n{asks}\r\n")).await;
    connection.response().await.unwrap()
}

#[tokio::test]
async fn rejects_similar_origins() {
    let server = start().await;
    for origin in LOOK_ALIKES {
        let response = call(&server, &[("Origin", origin)]).await;
        assert_eq!(response.header("access-control-allow-origin"), None, "{origin}");
        assert!(response.header("vary").unwrap().contains("Origin"), "{origin}");
        let asks = "Access-Control-Request-Headers: content-type\r\nAccess-Control-Request-Private-Network: true\r\n";
        let response = preflight(&server, origin, asks).await;
        assert_eq!(response.status, 400, "{origin}");
        for granted in ["access-control-allow-origin", "access-control-allow-private-network"] {
            assert_eq!(response.header(granted), None, "{origin}");
        }
    }
    for origin in ["https://app.encord.com", "https://labels.example.com"] {
        assert_eq!(call(&server, &[("Origin", origin)]).await.header("access-control-allow-origin"), Some(origin));
        let asks = "Access-Control-Request-Headers: x-encord-agent\r\nAccess-Control-Request-Private-Network: true\r\n";
        let response = preflight(&server, origin, asks).await;
        assert_eq!((response.status, response.header("access-control-allow-private-network")), (200, Some("true")));
    }
    server.stop().await;
}

#[tokio::test]
async fn allows_no_credentials_or_custom_headers() {
    let server = start().await;
    let editor = "https://app.encord.com";
    let greet = [
        call(&server, &[("Origin", editor), ("Cookie", "session=1"), ("Authorization", "Bearer x")]).await,
        preflight(&server, editor, "Access-Control-Request-Headers: content-type\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: content-type, authorization\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: cookie\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: *\r\n").await,
    ];
    assert_eq!(greet.each_ref().map(|response| response.status), [200, 200, 400, 400, 400]);
    for response in &greet {
        assert_eq!(response.header("access-control-allow-credentials"), None);
        assert_ne!(response.header("access-control-allow-origin"), Some("*"));
        let headers = response.header("access-control-allow-headers").unwrap_or_default().to_ascii_lowercase();
        assert!(!headers.contains("authorization") && !headers.contains("cookie") && !headers.contains('*'));
    }
    for (method, asks) in [("PUT", 400), ("DELETE", 400), ("post", 400), ("POST, GET", 400)] {
        let mut connection = Connection::open(server.address()).await;
        let head = format!("OPTIONS /greet HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: {method}\r\n");
        connection.write(format!("{head}Origin: {editor}\r\n\r\n")).await;
        assert_eq!(connection.response().await.unwrap().status, asks, "{method}");
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_without_preflight_reach_no_agent() {
    let server = start().await;
    let evil = ("Origin", "https://evil.test");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let mut connection = Connection::open(server.address()).await;
        let head = format!("POST /greet HTTP/1.1\r\nHost: a\r\n{}: {}\r\n", evil.0, evil.1);
        let length = PAYLOAD.len();
        connection.write(format!("{head}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{PAYLOAD}")).await;
        let response = connection.response().await.unwrap();
        assert_eq!((response.status, response.header("access-control-allow-origin")), (415, None), "{kind}");
    }
    server.stop().await;
}
