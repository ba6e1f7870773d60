//! Spellings of paths that must or must not reach an agent.

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD, Response};

#[editor_agent(path = "/team/approve")]
async fn approve() -> &'static str {
    "approved"
}

async fn ask(address: std::net::SocketAddr, line: &str, headers: &str) -> Option<Response> {
    let mut connection = Connection::open(address).await;
    let length = PAYLOAD.len();
    let head = format!("{line} HTTP/1.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n");
    connection.write(format!("{head}\r\n{PAYLOAD}")).await;
    connection.response().await
}

#[tokio::test]
async fn only_equivalent_spellings_reach_an_agent() {
    let server = Server::new().agents(agents![approve]).port(0).start().await.unwrap();
    let address = server.address();
    for path in [
        "/team/approve",
        "/team/approve?",
        "/team/approve?a=/../b",
        "http://elsewhere.test/team/approve",
        "/team/%61pprove",
        "/%74eam/approv%65?a=%2F",
    ] {
        let response = ask(address, &format!("POST {path}"), "Host: a\r\n").await.unwrap();
        assert_eq!((response.status, response.message().as_str()), (200, "approved"), "{path}");
    }
    for path in [
        "//team/approve",
        "/team//approve",
        "/team/approve/",
        "/team%2fapprove",
        "/team%2Fapprove",
        "/team%252Fapprove",
        "/team/%2561pprove",
        "/team%5Capprove",
        "/team/approve%2F",
        "/team/approve%3F",
        "/team/%2e/approve",
        "/team/x/%2E%2E/approve",
        "/team/x/.%2e/approve",
        "/team/..%2fteam/approve",
        "/team/%FFapprove",
        "/team/approve%",
        "/team/approve%6",
        "/team/approve%00",
        "/team/approve%20",
        "/team/approve;x=1",
        "/team/./approve",
        "/team/x/../approve",
        "/x/../team/approve",
        "/../team/approve",
        "/%2e%2e/team/approve",
        "/team\\approve",
        "/TEAM/approve",
        "/team/approve/../../healthz",
        "/%c0%afteam/approve",
        "/%",
        "/team/approve%0d%0aX-Injected:%201",
        "/<script>alert(1)</script>",
    ] {
        let response = ask(address, &format!("POST {path}"), "Host: a\r\n").await.unwrap();
        assert!(matches!(response.status, 400 | 404), "{path}: {}", response.status);
        assert_eq!(response.header("x-injected"), None, "{path}");
        if response.status == 404 {
            // The path must be escaped in HTML.
            assert_eq!(response.header("content-type"), Some("application/json"), "{path}");
            assert!(response.message().contains(path), "{path}: {}", response.body);
        }
    }
    for line in ["CONNECT evil.test:443", "OPTIONS *", "POST *", "TRACE /team/approve", "post /team/approve"] {
        let status = ask(address, line, "Host: a\r\n").await.map(|response| response.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{line}: {status:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn router_in_another_server_matches_equivalent_spellings() {
    let client = agent_runtime::testing::TestClient::new(agents![approve]).unwrap();
    let payload = agent_runtime::testing::payload();
    for (path, status) in [
        ("/team/%61pprove", 200),
        ("/team%2Fapprove", 404),
        ("/team/%2561pprove", 404),
        ("/%2e%2e/team/approve", 404),
        ("/health%7A", 404),
    ] {
        assert_eq!(client.call(path, &payload).await.status().as_u16(), status, "{path}");
    }
    let read = client.get("/team/%61pprove").await;
    assert_eq!((read.status().as_u16(), read.headers()["allow"].as_bytes()), (405, &b"POST"[..]));
}

#[tokio::test]
async fn page_escapes_host() {
    let server = Server::new().agents(agents![approve]).port(0).start().await.unwrap();
    for host in ["\"><script>alert(1)</script>", "a'onmouseover='x", "evil.test/<img src=x>"] {
        let headers = format!("Host: {host}\r\nAccept: text/html\r\n");
        let page = ask(server.address(), "GET /", &headers).await.unwrap();
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"), "{host}");
        assert!(!page.body.contains("a'onmouseover"), "{host}");
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
    server.stop().await;
}
