//! CORS for pages in a browser, and origins that imitate allowed ones.

use agent_runtime::prelude::*;

use test_support::wire::{Answer, Connection, PAYLOAD};

#[editor_agent]
async fn answers() -> &'static str {
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
    let server = Server::new().agents(agents![answers]).port(0).allow_origin("https://labels.example.com");
    server.start().await.unwrap()
}

async fn call(server: &agent_runtime::RunningServer, headers: &[(&str, &str)]) -> Answer {
    let mut connection = Connection::open(server.address()).await;
    connection.post("/answers", headers, PAYLOAD).await;
    connection.answer().await.unwrap()
}

async fn preflight(server: &agent_runtime::RunningServer, origin: &str, asks: &str) -> Answer {
    let mut connection = Connection::open(server.address()).await;
    let head = "OPTIONS /answers HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\n";
    connection.write(format!("{head}Origin: {origin}\r\n{asks}\r\n")).await;
    connection.answer().await.unwrap()
}

#[tokio::test]
async fn rejects_similar_origins() {
    let server = start().await;
    for origin in LOOK_ALIKES {
        let answer = call(&server, &[("Origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert!(answer.header("vary").unwrap().contains("Origin"), "{origin}");
        let asks = "Access-Control-Request-Headers: content-type\r\nAccess-Control-Request-Private-Network: true\r\n";
        let answer = preflight(&server, origin, asks).await;
        assert_eq!(answer.status, 400, "{origin}");
        for granted in ["access-control-allow-origin", "access-control-allow-private-network"] {
            assert_eq!(answer.header(granted), None, "{origin}");
        }
    }
    for origin in ["https://app.encord.com", "https://labels.example.com"] {
        assert_eq!(call(&server, &[("Origin", origin)]).await.header("access-control-allow-origin"), Some(origin));
        let asks = "Access-Control-Request-Headers: x-encord-agent\r\nAccess-Control-Request-Private-Network: true\r\n";
        let answer = preflight(&server, origin, asks).await;
        assert_eq!((answer.status, answer.header("access-control-allow-private-network")), (200, Some("true")));
    }
    server.stop().await;
}

#[tokio::test]
async fn allows_no_credentials_or_custom_headers() {
    let server = start().await;
    let editor = "https://app.encord.com";
    let answers = [
        call(&server, &[("Origin", editor), ("Cookie", "session=1"), ("Authorization", "Bearer x")]).await,
        preflight(&server, editor, "Access-Control-Request-Headers: content-type\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: content-type, authorization\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: cookie\r\n").await,
        preflight(&server, editor, "Access-Control-Request-Headers: *\r\n").await,
    ];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200, 400, 400, 400]);
    for answer in &answers {
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_ne!(answer.header("access-control-allow-origin"), Some("*"));
        let headers = answer.header("access-control-allow-headers").unwrap_or_default().to_ascii_lowercase();
        assert!(!headers.contains("authorization") && !headers.contains("cookie") && !headers.contains('*'));
    }
    for (method, asks) in [("PUT", 400), ("DELETE", 400), ("post", 400), ("POST, GET", 400)] {
        let mut connection = Connection::open(server.address()).await;
        let head = format!("OPTIONS /answers HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: {method}\r\n");
        connection.write(format!("{head}Origin: {editor}\r\n\r\n")).await;
        assert_eq!(connection.answer().await.unwrap().status, asks, "{method}");
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_without_preflight_reach_no_agent() {
    let server = start().await;
    let evil = ("Origin", "https://evil.test");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let mut connection = Connection::open(server.address()).await;
        let head = format!("POST /answers HTTP/1.1\r\nHost: a\r\n{}: {}\r\n", evil.0, evil.1);
        let length = PAYLOAD.len();
        connection.write(format!("{head}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{PAYLOAD}")).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (415, None), "{kind}");
    }
    server.stop().await;
}
