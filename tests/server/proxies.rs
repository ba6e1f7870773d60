//! Trusted proxies: forwarded headers are used only if the peer is a configured proxy.

use std::io::Write as _;

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD, Response};

#[editor_agent]
async fn client_address(call: EditorCall) -> String {
    call.client().map_or_else(|| "nobody".to_owned(), |client| client.to_string())
}

async fn start(proxies: &[&str]) -> RunningServer {
    let server = Server::new().agents(agents![client_address]).port(0);
    let server = proxies.iter().fold(server, |server, proxy| server.trust_proxy(proxy));
    server.start().await.unwrap()
}

async fn call(server: &RunningServer, headers: &[(&str, &str)]) -> Response {
    let mut connection = Connection::open(server.address()).await;
    connection.post("/client-address", headers, PAYLOAD).await;
    connection.response().await.unwrap()
}

/// Returns the page that a browser gets when it sends these headers.
async fn page(server: &RunningServer, headers: &str) -> String {
    let mut connection = Connection::open(server.address()).await;
    connection.write(format!("GET / HTTP/1.1\r\nHost: agents.example.com\r\nAccept: text/html\r\n{headers}\r\n")).await;
    connection.response().await.unwrap().body
}

#[tokio::test]
async fn trusted_proxy_sets_client_address_and_scheme() {
    for proxies in [&["127.0.0.1"][..], &["192.0.2.1", "127.0.0.0/8"], &["::ffff:127.0.0.1"]] {
        let server = start(proxies).await;
        assert_eq!(call(&server, &[]).await.message(), "127.0.0.1");
        for (headers, client) in [
            (&[("X-Forwarded-For", "203.0.113.9")][..], "203.0.113.9"),
            // The proxy appends to the header that the caller sent.
            (&[("X-Forwarded-For", "1.1.1.1, 203.0.113.9")], "203.0.113.9"),
            (&[("x-forwarded-for", "1.1.1.1"), ("X-Forwarded-For", "2001:db8::7")], "2001:db8::7"),
            (&[("Forwarded", "for=203.0.113.9"), ("X-Real-IP", "203.0.113.9")], "127.0.0.1"),
        ] {
            let response = call(&server, headers).await;
            assert_eq!((response.status, response.message().as_str()), (200, client), "{headers:?}");
        }
        let page_of = async |headers| page(&server, headers).await;
        assert!(page_of("").await.contains("<code>http://agents.example.com/client-address</code>"));
        let page = page_of("X-Forwarded-Proto: https\r\n").await;
        assert!(page.contains("<code>https://agents.example.com/client-address</code>"), "{page}");
        server.stop().await;
    }
}

#[tokio::test]
async fn ignores_forwarded_headers_of_untrusted_peers() {
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
async fn malformed_forwarded_headers_fail_no_call() {
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
            write!(request, "POST /client-address HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: {proto}\r\n").unwrap();
            request.extend([b"X-Forwarded-For: ", value].concat());
            let length = PAYLOAD.len();
            write!(request, "\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{PAYLOAD}").unwrap();
            let mut connection = Connection::open(server.address()).await;
            connection.write(request).await;
            let response = connection.response().await.unwrap();
            let shown = String::from_utf8_lossy(value);
            assert_eq!((response.status, response.message().as_str()), (200, client), "{shown:.40}");
        }
    }
    assert!(!page(&server, "X-Forwarded-Proto: https\"><script>\r\n").await.contains("https\""));
    server.stop().await;
}

#[test]
fn names_invalid_trusted_proxy_at_the_start() {
    for proxy in ["localhost", "10.0.0.0/33", "10.0.0.1,10.0.0.2", "10.0.0.1 10.0.0.2", ""] {
        let server = Server::new().agents(agents![client_address]).trust_proxy(proxy).trust_proxy("10.0.0.7");
        let error = server.into_router().unwrap_err().to_string();
        assert!(error.contains(&format!("`{proxy}`")) && error.contains("10.0.0.0/8"), "{error}");
    }
}
