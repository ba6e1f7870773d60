//! Log injection: text of clients and agents stays within one line and one JSON object.

use std::time::Duration;

use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD};

/// A forged log line, after every character that could end a line.
const FORGED: &str =
    r#"x\n2026-01-01T00:00:00Z ERROR forged\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\u2028\u0085\u001b[2Jy"#;

/// Sends this text in every part of a call that could be logged.
async fn attack(program: &Program) {
    let body = PAYLOAD.replace('}', &format!(r#", "objectHashes": ["{FORGED}"]}}"#));
    for path in ["/fail-with-text", "/panics", "/hello", "/no%0aERROR%20forged"] {
        let mut connection = Connection::open(program.address()).await;
        let trace = ("X-Cloud-Trace-Context", "abc%0aforged/1");
        let proxy = ("X-Forwarded-For", "127.0.0.1 forged=\"forged\", forged\tforged");
        connection.post(path, &[trace, proxy, ("User-Agent", "\"} forged"), ("Origin", "forged\tforged")], &body).await;
        connection.response().await.unwrap();
    }
    for body in [format!("{{\"projectHash\": \"{FORGED}\"}}"), format!("\"{FORGED}\""), format!("{{\"{FORGED}\": ")] {
        let mut connection = Connection::open(program.address()).await;
        connection.post("/hello", &[], &body).await;
        connection.response().await.unwrap();
    }
    for head in ["POST /hello HTTP/1.1\r\nforged: \x1b[2J\r\nforged\r\n\r\n", "\x1b[2Jforged\n\r\n\r\n"] {
        let mut connection = Connection::open(program.address()).await;
        connection.write(head).await;
        connection.response().await;
    }
    // When the last line is logged, all are.
    let mut connection = Connection::open(program.address()).await;
    connection.post("/hello", &[("X-Cloud-Trace-Context", "the-last-one/1")], PAYLOAD).await;
    connection.response().await.unwrap();
    program.logged(&["the-last-one"]);
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn text_log_has_no_forged_lines() {
    let program = Program::start(&[("RUST_LOG", "debug"), ("RUST_BACKTRACE", "0"), ("AGENT_PROXIES", "127.0.0.1")]);
    attack(&program).await;
    let log = program.log();
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line:?} in\n{log}"));
        assert!(time.ends_with('Z') && time.len() > 20 && !line.starts_with("2026-01-01T00:00:00Z"), "{line:?}\n{log}");
        let level = rest.split_whitespace().next().unwrap();
        assert!(["ERROR", "WARN", "INFO", "DEBUG"].contains(&level), "{line:?}");
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
    assert!(log.contains("forged") && log.contains("the agent panicked"), "{log}");
}

#[tokio::test]
async fn json_log_has_one_object_per_line() {
    let program = Program::start(&[
        ("RUST_LOG", "debug"),
        ("AGENT_LOG", "json"),
        ("RUST_BACKTRACE", "0"),
        ("AGENT_PROXIES", "127.0.0.1"),
    ]);
    attack(&program).await;
    let log = program.log();
    let mut forged = 0;
    for line in log.lines() {
        let object: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?} in\n{log}"));
        assert!(object["level"].is_string() && object["message"] != "forged", "{line}");
        assert!(object["timestamp"].as_str().is_some_and(|time| !time.starts_with("2026-01-01T00:00:00")), "{line}");
        forged += usize::from(object["said"].as_str().is_some_and(|message| message.contains("forged")));
    }
    assert!(forged > 0, "{log}");
}

#[tokio::test]
async fn logs_client_of_every_call() {
    let program = Program::start(&[("AGENT_PROXIES", "127.0.0.1 10.0.0.0/8")]);
    for (path, outcome) in [("/hello", "answered"), ("/fail-with-text", "refused"), ("/panics", "failed")] {
        for (forwarded, client) in [("198.51.100.7, 203.0.113.9, 10.0.0.8", "203.0.113.9"), ("", "127.0.0.1")] {
            let body = PAYLOAD.replace('}', r#", "objectHashes": ["a1B2c3D4"]}"#);
            let trace = format!("{}{}", &path[1..], client.len());
            let headers = [("X-Cloud-Trace-Context", format!("{trace}/1")), ("X-Forwarded-For", forwarded.to_owned())];
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut connection = Connection::open(program.address()).await;
            connection.post(path, &headers, &body).await;
            connection.response().await.unwrap();
            program.logged(&[outcome, &format!("client={client} "), &trace]);
        }
    }
    let mut connection = Connection::open(program.address()).await;
    connection.post("/stuck", &[("X-Forwarded-For", "2001:db8::7")], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(connection);
    program.logged(&["the caller went away", "client=2001:db8::7 "]);
}
