//! What a proxy says of its callers is believed if the proxy is one of those that are configured, and of nobody else.

use std::io::Write as _;

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use test_support::wire::{Answer, Connection, PAYLOAD};

#[editor_agent]
async fn says_who_calls(call: EditorCall) -> String {
    call.client().map_or_else(|| "nobody".to_owned(), |client| client.to_string())
}

async fn start(proxies: &[&str]) -> RunningServer {
    let server = Server::new().agents(agents![says_who_calls]).port(0);
    let server = proxies.iter().fold(server, |server, proxy| server.trust_proxy(proxy));
    server.start().await.unwrap()
}

async fn call(server: &RunningServer, headers: &[(&str, &str)]) -> Answer {
    let mut connection = Connection::open(server.address()).await;
    connection.post("/says-who-calls", headers, PAYLOAD).await;
    connection.answer().await.unwrap()
}

/// The page that a browser is shown which says this.
async fn page(server: &RunningServer, headers: &str) -> String {
    let mut connection = Connection::open(server.address()).await;
    connection.write(format!("GET / HTTP/1.1\r\nHost: agents.example.com\r\nAccept: text/html\r\n{headers}\r\n")).await;
    connection.answer().await.unwrap().body
}

#[tokio::test]
async fn a_proxy_that_is_trusted_says_who_calls_and_how() {
    for proxies in [&["127.0.0.1"][..], &["192.0.2.1", "127.0.0.0/8"], &["::ffff:127.0.0.1"]] {
        let server = start(proxies).await;
        assert_eq!(call(&server, &[]).await.message(), "127.0.0.1");
        for (headers, client) in [
            (&[("X-Forwarded-For", "203.0.113.9")][..], "203.0.113.9"),
            // What the caller has sent itself stands before what the proxy adds.
            (&[("X-Forwarded-For", "1.1.1.1, 203.0.113.9")], "203.0.113.9"),
            (&[("x-forwarded-for", "1.1.1.1"), ("X-Forwarded-For", "2001:db8::7")], "2001:db8::7"),
            (&[("Forwarded", "for=203.0.113.9"), ("X-Real-IP", "203.0.113.9")], "127.0.0.1"),
        ] {
            let answer = call(&server, headers).await;
            assert_eq!((answer.status, answer.message().as_str()), (200, client), "{headers:?}");
        }
        let page_of = async |headers| page(&server, headers).await;
        assert!(page_of("").await.contains("<code>http://agents.example.com/says-who-calls</code>"));
        let page = page_of("X-Forwarded-Proto: https\r\n").await;
        assert!(page.contains("<code>https://agents.example.com/says-who-calls</code>"), "{page}");
        server.stop().await;
    }
}

#[tokio::test]
async fn what_anybody_else_says_changes_nothing() {
    for proxies in [&[][..], &["192.0.2.1", "10.0.0.0/8", "::1"]] {
        let server = start(proxies).await;
        let headers =
            [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=1.1.1.1")];
        let (plain, spoofed) = (call(&server, &[]).await, call(&server, &headers).await);
        assert_eq!((plain.status, &plain.body), (200, &spoofed.body));
        assert_eq!(spoofed.message(), "127.0.0.1");
        assert_eq!(
            page(&server, "").await,
            page(&server, "X-Forwarded-Proto: https\r\nX-Forwarded-For: 1.1.1.1\r\n").await
        );
        server.stop().await;
    }
}

#[tokio::test]
async fn what_makes_no_sense_fails_no_call() {
    let server = start(&["127.0.0.1", "10.0.0.0/8"]).await;
    let long = format!("203.0.113.9{}", ",10.0.0.8".repeat(5000));
    for (value, client) in [
        (&b""[..], "127.0.0.1"),
        (b",,,,", "127.0.0.1"),
        (b"unknown", "127.0.0.1"),
        (b"203.0.113.9:80, [2001:db8::1]:443", "2001:db8::1"),
        (b"203.0.113.9, [2001:db8::1", "127.0.0.1"),
        (b"203.0.113.9\t,\t 203.0.113.10 ", "203.0.113.10"),
        (b"\xff\xfe, 203.0.113.9", "203.0.113.9"),
        (b"203.0.113.9, \xff\xfe", "127.0.0.1"),
        (b"${jndi:ldap://evil.test}", "127.0.0.1"),
        (b"203.0.113.9 forged=1", "127.0.0.1"),
        (long.as_bytes(), "10.0.0.8"),
    ] {
        for proto in ["https", "javascript", "https\"><script>"] {
            let mut request = Vec::new();
            write!(request, "POST /says-who-calls HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: {proto}\r\n").unwrap();
            request.extend([b"X-Forwarded-For: ", value].concat());
            let length = PAYLOAD.len();
            write!(request, "\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{PAYLOAD}").unwrap();
            let mut connection = Connection::open(server.address()).await;
            connection.write(request).await;
            let answer = connection.answer().await.unwrap();
            let shown = String::from_utf8_lossy(value);
            assert_eq!((answer.status, answer.message().as_str()), (200, client), "{shown:.40}");
        }
    }
    assert!(!page(&server, "X-Forwarded-Proto: https\"><script>\r\n").await.contains("https\""));
    server.stop().await;
}

#[test]
fn names_invalid_trusted_proxy_at_the_start() {
    for proxy in ["localhost", "10.0.0.0/33", "10.0.0.1,10.0.0.2", "10.0.0.1 10.0.0.2", ""] {
        let server = Server::new().agents(agents![says_who_calls]).trust_proxy(proxy).trust_proxy("10.0.0.7");
        let error = server.into_router().unwrap_err().to_string();
        assert!(error.contains(&format!("`{proxy}`")) && error.contains("10.0.0.0/8"), "{error}");
    }
}
