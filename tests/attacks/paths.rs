//! An agent is called at its path as it is written, and at no other spelling of it.

use agent_runtime::prelude::*;

use crate::wire::{Answer, Connection, PAYLOAD};

#[editor_agent(path = "/team/approve")]
async fn approve() -> &'static str {
    "approved"
}

async fn ask(address: std::net::SocketAddr, line: &str, headers: &str) -> Option<Answer> {
    let mut connection = Connection::open(address).await;
    let length = PAYLOAD.len();
    let head = format!("{line} HTTP/1.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n");
    connection.write(format!("{head}\r\n{PAYLOAD}")).await;
    connection.answer().await
}

#[tokio::test]
async fn other_spellings_are_other_paths() {
    let server = Server::new().agents(agents![approve]).port(0).start().await.unwrap();
    let address = server.address();
    for path in ["/team/approve", "/team/approve?", "/team/approve?a=/../b", "http://elsewhere.test/team/approve"] {
        let answer = ask(address, &format!("POST {path}"), "Host: a\r\n").await.unwrap();
        assert_eq!((answer.status, answer.message().as_str()), (200, "approved"), "{path}");
    }
    for path in [
        "//team/approve",
        "/team//approve",
        "/team/approve/",
        "/team%2fapprove",
        "/team%2Fapprove",
        "/team/%61pprove",
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
        let answer = ask(address, &format!("POST {path}"), "Host: a\r\n").await.unwrap();
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert_eq!(answer.header("x-injected"), None, "{path}");
        if answer.status == 404 {
            // A page must not take what it shows of the path for HTML.
            assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
            assert!(answer.message().contains(path), "{path}: {}", answer.body);
        }
    }
    for line in ["CONNECT evil.test:443", "OPTIONS *", "POST *", "TRACE /team/approve", "post /team/approve"] {
        let status = ask(address, line, "Host: a\r\n").await.map(|answer| answer.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{line}: {status:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_page_shows_the_host_as_text() {
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
