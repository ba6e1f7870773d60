//! Invalid bodies, and unusual valid ones.

use std::time::{Duration, Instant};

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD, Response};

#[editor_agent]
async fn frame_and_object_count(payload: AgentPayload) -> String {
    format!("{:?} {}", payload.frame, payload.object_hashes.map_or(0, |hashes| hashes.len()))
}

async fn start() -> RunningServer {
    Server::new().agents(agents![frame_and_object_count]).port(0).start().await.unwrap()
}

async fn send(server: &RunningServer, content_type: &str, body: &[u8]) -> Response {
    let mut connection = Connection::open(server.address()).await;
    let head = format!(
        "POST /frame-and-object-count HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    connection.write([head.as_bytes(), body].concat()).await;
    let response = connection.response().await.unwrap();
    assert_eq!(response.header("content-type"), Some("application/json"), "{}", response.body);
    assert!(!response.message().is_empty());
    response
}

/// Returns the payload with additional members.
fn with(members: &str) -> String {
    PAYLOAD.replace('}', &format!(", {members}}}"))
}

#[tokio::test]
async fn rejects_invalid_utf8_and_malformed_json() {
    let server = start().await;
    let text = |text: &str| text.as_bytes().to_vec();
    let broken = |bytes: &[u8]| [&b"{\"a\": \""[..], bytes, b"\"}"].concat();
    for body in [
        broken(b"\xff"),
        broken(b"\xc0\xaf"),
        broken(b"\xed\xa0\x80"),
        broken(b"\xf4\x90\x80\x80"),
        broken(b"\xe2\x82"),
        PAYLOAD.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text(&PAYLOAD.replace('"', "'")),
        text(&with("\"a\": 1,")),
        text(&with("\"a\": 01")),
        text(&with("\"a\": NaN")),
        text(&with("\"a\": -Infinity")),
        text(&with("\"a\": \"\n\"")),
        text(&with("\"a\": \"\\x41\"")),
        text(&with("a: 1")),
        text(&with("/* */ \"a\": 1")),
        text(&format!("{PAYLOAD}{PAYLOAD}")),
        text(&format!("{PAYLOAD}\0")),
        text("\0"),
    ] {
        let response = send(&server, "application/json", &body).await;
        assert_eq!(response.status, 400, "{}: {}", String::from_utf8_lossy(&body), response.body);
    }
    for content_type in ["application/json, text/html", "text/plain;application/json", "multipart/json", "*/*"] {
        assert_eq!(send(&server, content_type, PAYLOAD.as_bytes()).await.status, 415, "{content_type}");
    }
    server.stop().await;
}

#[tokio::test]
async fn handles_extreme_numbers_and_keys() {
    let server = start().await;
    let digits = "9".repeat(300_000);
    for (members, status, says) in [
        // The last of repeated members counts, in every spelling of its name.
        ("\"frame\": 1, \"frame\": 2".to_owned(), 200, "Some(2) 0"),
        ("\"fr\\u0061me\": 3".to_owned(), 200, "Some(3) 0"),
        ("\"frame\": 18446744073709551615".to_owned(), 200, "Some(18446744073709551615) 0"),
        (format!("\"frame\": {digits}"), 422, "`frame`"),
        (format!("\"frame\": -{digits}"), 422, "`frame`"),
        (format!("\"frame\": 1e{digits}"), 422, "`frame`"),
        // Rounds to 1.
        (format!("\"frame\": 0.{digits}"), 200, "Some(1) 0"),
        (format!("\"frame\": 0.5{digits}"), 422, "`frame`"),
        (format!("\"frame\": \"{digits}\""), 422, "`frame`"),
        ("\"frame\": 18446744073709551616".to_owned(), 422, "`frame`"),
        ("\"frame\": 1e999".to_owned(), 422, "`frame`"),
        (format!("\"{digits}\": 1, \"__proto__\": {{\"frame\": 9}}, \"constructor\": 1"), 200, "Some(0) 0"),
        (format!("\"unknown\": {digits}"), 200, "Some(0) 0"),
        ("\"projectHash\": [[1]]".to_owned(), 422, "`projectHash`"),
        ("\"objectHashes\": [\"\\u0000\", \"../..\", \"\"]".to_owned(), 200, "Some(0) 3"),
        ("\"objectHashes\": [\"\\ud800\"]".to_owned(), 422, "`objectHashes[0]`"),
        (format!("\"objectHashes\": [{}1]", "1,".repeat(300_000)), 422, "`objectHashes[0]`"),
        (format!("\"objectHashes\": [{}\"\"]", "\"\",".repeat(200_000)), 200, "Some(0) 200001"),
    ] {
        let response = send(&server, "application/json", with(&members).as_bytes()).await;
        let shown = &members[..members.len().min(60)];
        assert_eq!(response.status, status, "{shown}: {}", &response.body[..response.body.len().min(200)]);
        assert!(response.message().contains(says), "{shown}: {}", &response.body[..response.body.len().min(200)]);
        assert!(response.body.len() < 1000, "{shown}: a response of {} bytes", response.body.len());
    }
    server.stop().await;
}

#[tokio::test]
async fn bounds_nesting_depth() {
    let server = start().await;
    let began = Instant::now();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let times = 1_000_000 / (open.len() + close.len());
        for body in [
            format!("{}1{}", open.repeat(times), close.repeat(times)),
            with(&format!("\"deep\": {}", open.repeat(2 * times / 3))),
        ] {
            assert_eq!(send(&server, "application/json", body.as_bytes()).await.status, 400, "{open}");
        }
    }
    // Brackets inside strings do not count.
    let many = with(&format!("\"text\": \"{}\"", "[".repeat(500_000)));
    assert_eq!(send(&server, "application/json", many.as_bytes()).await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    server.stop().await;
}
