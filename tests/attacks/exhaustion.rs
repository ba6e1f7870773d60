//! Resource exhaustion by many clients: connections, memory, time. The server is a separate process, so that its memory can be
//! measured.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use agent_runtime::testing::signature;

use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD, Response};

/// Maximum memory of the server, in megabytes. An idle server in a debug build uses about 15.
const MEMORY: u64 = 100;

async fn call(program: &Program) -> Response {
    let mut connection = Connection::open(program.address()).await;
    connection.post("/hello", &[], PAYLOAD).await;
    connection.response().await.unwrap()
}

async fn health(program: &Program) -> u16 {
    let mut connection = Connection::open(program.address()).await;
    connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    connection.response().await.unwrap().status
}

#[tokio::test]
async fn closes_idle_connections_and_endless_heads() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "3")]);
    let began = Instant::now();
    let mut crowd = Vec::new();
    for n in 0..300 {
        let mut connection = Connection::open(program.address()).await;
        match n % 3 {
            0 => {}
            1 => connection.write(format!("POST /hello HTTP/1.1\r\nX-Long: {}", "x".repeat(60_000))).await,
            _ => connection.write("POST /hello HTTP/1.1\r\nX-Short: 1\r\n".to_owned()).await,
        }
        crowd.push(connection);
    }
    assert_eq!(call(&program).await.status, 200);
    for connection in &mut crowd {
        assert!(connection.response().await.is_none_or(|response| response.status == 408));
    }
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(call(&program).await.status, 200);
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn times_out_slow_heads_and_bodies() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "1")]);
    let whole = format!(
        "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{PAYLOAD}",
        PAYLOAD.len()
    );
    let head = whole.find("\r\n\r\n").unwrap() + 4;
    for at_once in [0, head] {
        let began = Instant::now();
        let mut connection = Connection::open(program.address()).await;
        connection.write(&whole[..at_once]).await;
        // One byte every 50 ms: no idle timeout applies, but the total timeout does.
        for byte in whole[at_once..].bytes().take(60) {
            connection.write([byte]).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(connection.response().await.is_none_or(|response| response.status == 408), "{at_once}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(call(&program).await.status, 200);
}

const UNFINISHED: &str = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 300\r\n";

#[tokio::test]
async fn unfinished_bodies_take_no_permits() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "8"), ("AGENT_CONCURRENCY", "8")]);
    let mut crowd = Vec::new();
    for _ in 0..256 {
        let mut connection = Connection::open(program.address()).await;
        connection.write(format!("{UNFINISHED}\r\n{{")).await;
        crowd.push(connection);
    }
    for _ in 0..20 {
        assert_eq!(call(&program).await.status, 200);
    }
    assert_eq!(health(&program).await, 200);
    for connection in &mut crowd {
        assert_eq!(connection.response().await.map(|response| response.status), Some(408));
    }
    assert_eq!(call(&program).await.status, 200);
}

#[tokio::test]
async fn serves_signed_calls_during_unfinished_forged_calls() {
    let variables =
        [("AGENT_READ_TIMEOUT", "20"), ("AGENT_CONCURRENCY", "8"), ("ENCORD_WEBHOOK_SECRET", "whsec_made-up")];
    let program = Program::start(&variables);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let forged = format!("X-Encord-Timestamp: {now}\r\nX-Encord-Signature: {}\r\n", "0".repeat(64));
    let mut crowd = Vec::new();
    for _ in 0..256 {
        let mut connection = Connection::open(program.address()).await;
        connection.write(format!("{UNFINISHED}{forged}\r\n{{")).await;
        crowd.push(connection);
    }
    let signature = signature("whsec_made-up", &now, PAYLOAD.as_bytes());
    for _ in 0..20 {
        let mut connection = Connection::open(program.address()).await;
        let signed = [("X-Encord-Timestamp", now.as_str()), ("X-Encord-Signature", &signature)];
        connection.post("/hello", &signed, PAYLOAD).await;
        let response = connection.response().await.unwrap();
        assert_eq!(response.status, 200, "{}", response.body);
    }
    assert_eq!(call(&program).await.status, 401);
}

#[tokio::test]
async fn bounds_buffer_of_unfinished_bodies() {
    let limit = 1 << 20;
    let settings = [
        ("AGENT_BODY_LIMIT", "1048576"),
        ("AGENT_BODY_BUFFER", "8388608"),
        ("AGENT_CONCURRENCY", "16"),
        ("AGENT_READ_TIMEOUT", "20"),
    ];
    let program = Program::start(&settings);
    let mut crowd = tokio::task::JoinSet::new();
    for n in 0..64 {
        let address = program.address();
        crowd.spawn(async move {
            let mut connection = Connection::open(address).await;
            let framing = match n % 2 {
                0 => format!("Content-Length: {limit}\r\n\r\n"),
                _ => format!("Transfer-Encoding: chunked\r\n\r\n{limit:x}\r\n"),
            };
            let head = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
            connection.write(format!("{head}{framing}")).await;
            connection.write("[".repeat(limit - 1)).await;
            connection
        });
    }
    let mut crowd = crowd.join_all().await;
    let dripping = PAYLOAD.len() / 2;
    for _ in 0..20 {
        assert_eq!(call(&program).await.status, 200);
        // Also a body in two parts.
        let mut connection = Connection::open(program.address()).await;
        connection.write(UNFINISHED.replace("300", &PAYLOAD.len().to_string())).await;
        connection.write(format!("\r\n{}", &PAYLOAD[..dripping])).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        connection.write(&PAYLOAD[dripping..]).await;
        assert_eq!(connection.response().await.unwrap().status, 200);
    }
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
    // At most eight of them are still pending. The others were rejected, or reset while they were sending.
    let mut rejected = 0;
    for connection in &mut crowd {
        let response = tokio::time::timeout(Duration::from_millis(50), connection.response()).await;
        if let Ok(response) = response {
            rejected += 1;
            let Some(response) = response else { continue };
            assert_eq!((response.status, response.header("retry-after")), (503, Some("1")), "{}", response.body);
        }
    }
    assert!(rejected >= 56, "{rejected} were rejected");
}

#[tokio::test]
async fn rejects_announced_oversized_body() {
    let program = Program::start(&[]);
    for length in ["2097153", "1000000000000", "18446744073709551000"] {
        let began = Instant::now();
        let mut connection = Connection::open(program.address()).await;
        let head = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        connection.write(format!("{head}Content-Length: {length}\r\n\r\n{{")).await;
        let response = connection.response().await.unwrap();
        assert_eq!(response.status, 413, "{length}");
        assert!(began.elapsed() < Duration::from_secs(15), "{length}");
    }
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn stops_serving_client_that_reads_no_responses() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "2")]);
    let mut connection = Connection::open(program.address()).await;
    let pile = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
    let writing = async {
        // Many more than fit into the socket buffers.
        for _ in 0..2000 {
            connection.write(&pile).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), writing).await.is_ok(), "the connection was not closed");
    assert_eq!(call(&program).await.status, 200);
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}
