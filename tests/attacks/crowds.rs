//! Many callers that take what they can get: connections, memory, time. The server is a process of its own, so that its
//! memory is known.

use std::time::{Duration, Instant};

use crate::process::Program;
use crate::wire::{Answer, Connection, PAYLOAD};

/// What the server may take of memory, in megabytes. Idle it takes some 15 in a debug build.
const MEMORY: u64 = 100;

async fn call(program: &Program) -> Answer {
    let mut connection = Connection::open(program.address()).await;
    connection.post("/hello", &[], PAYLOAD).await;
    connection.answer().await.unwrap()
}

async fn health(program: &Program) -> u16 {
    let mut connection = Connection::open(program.address()).await;
    connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    connection.answer().await.unwrap().status
}

#[tokio::test]
async fn idle_connections_and_heads_that_never_end_keep_nobody_out_and_are_closed() {
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
        assert!(connection.answer().await.is_none_or(|answer| answer.status == 408));
    }
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(call(&program).await.status, 200);
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn heads_and_bodies_that_drip_end_in_time() {
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
        // A byte every 50 ms is never silent for long, and never done in time.
        for byte in whole[at_once..].bytes().take(60) {
            connection.write([byte]).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(connection.answer().await.is_none_or(|answer| answer.status == 408), "{at_once}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(call(&program).await.status, 200);
}

#[tokio::test]
async fn bodies_that_do_not_end_take_the_places_of_calls_only_for_so_long() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "2"), ("AGENT_CONCURRENCY", "8")]);
    let mut crowd = Vec::new();
    for _ in 0..8 {
        let mut connection = Connection::open(program.address()).await;
        let head = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n{";
        connection.write(head).await;
        crowd.push(connection);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = call(&program).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.body);
    assert_eq!(health(&program).await, 200);
    for connection in &mut crowd {
        assert_eq!(connection.answer().await.map(|answer| answer.status), Some(408));
    }
    assert_eq!(call(&program).await.status, 200);
}

#[tokio::test]
async fn bodies_take_as_much_memory_as_they_may_and_no_more() {
    let limit = 1 << 20;
    let settings = [("AGENT_BODY_LIMIT", "1048576"), ("AGENT_CONCURRENCY", "16"), ("AGENT_READ_TIMEOUT", "20")];
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
    let crowd = crowd.join_all().await;
    assert!(matches!(call(&program).await.status, 200 | 503));
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
    drop(crowd);
    // Once they are gone, so is what they held.
    let began = Instant::now();
    while call(&program).await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_refused_before_it_comes() {
    let program = Program::start(&[]);
    for length in ["2097153", "1000000000000", "18446744073709551000"] {
        let began = Instant::now();
        let mut connection = Connection::open(program.address()).await;
        let head = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        connection.write(format!("{head}Content-Length: {length}\r\n\r\n{{")).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!(answer.status, 413, "{length}");
        assert!(began.elapsed() < Duration::from_secs(15), "{length}");
    }
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn a_caller_that_reads_no_answers_is_not_answered_for_ever() {
    let program = Program::start(&[("AGENT_READ_TIMEOUT", "2")]);
    let mut connection = Connection::open(program.address()).await;
    let pile = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
    let writing = async {
        // Many more than fit the buffers between the two.
        for _ in 0..2000 {
            connection.write(&pile).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), writing).await.is_ok(), "the connection was not closed");
    assert_eq!(call(&program).await.status, 200);
    assert!(program.peak_memory() < MEMORY, "{} MB", program.peak_memory());
}
