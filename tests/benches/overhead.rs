//! Benchmark of `#[editor_agent]`, compared with a hand-written axum handler: `cargo bench -p agent-tests --bench overhead`.
//!
//! Each server is a separate process. One client alternates between them, so that other load affects both.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use axum::Json;
use axum::routing::post;
use serde::Deserialize;
use test_support::server_process::{BODY, ServerProcess, calls_per_second, median};

const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(700);
const CONNECTIONS: usize = 32;

/// Server with the attribute.
#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

/// Hand-written server, with the same input and output.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "read, and not looked at, like the agent's payload")]
struct Payload {
    project_hash: uuid::Uuid,
    data_hash: uuid::Uuid,
    frame: Option<u64>,
    object_hashes: Option<Vec<String>>,
}

async fn by_hand(Json(_payload): Json<Payload>) -> Json<()> {
    Json(())
}

fn main() {
    let serve = std::env::args().skip_while(|argument| argument != "--serve").nth(1);
    match serve.as_deref() {
        Some("agent") => serve_agent(),
        Some("axum") => serve_axum(),
        _ => measure(),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

fn serve_agent() {
    runtime().block_on(async {
        let server = Server::new().agents(agents![nothing]).port(0).start().await.unwrap();
        println!("{}", server.address());
        std::future::pending::<()>().await;
    });
}

fn serve_axum() {
    runtime().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, axum::Router::new().route("/nothing", post(by_hand))).await.unwrap();
    });
}

/// A keep-alive connection that sends a call and waits for its response.
struct Caller {
    stream: TcpStream,
    request: Vec<u8>,
    response_length: usize,
    buffer: Vec<u8>,
}

impl Caller {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let length = BODY.len();
        let request = format!(
            "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{BODY}"
        );
        let mut caller = Self { stream, request: request.into_bytes(), response_length: 0, buffer: vec![0; 4096] };
        // All responses of a server have the same length: only a date and an ID of fixed length differ.
        caller.stream.write_all(&caller.request).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        caller.response_length = caller.stream.read(&mut caller.buffer).unwrap();
        let response = String::from_utf8_lossy(&caller.buffer[..caller.response_length]).into_owned();
        assert!(response.starts_with("HTTP/1.1 200 OK") && response.ends_with("\r\n\r\nnull"), "{response}");
        caller
    }

    fn call(&mut self) {
        self.stream.write_all(&self.request).unwrap();
        self.stream.read_exact(&mut self.buffer[..self.response_length]).unwrap();
    }
}

/// Returns the calls per second of this many concurrent connections.
fn throughput(address: SocketAddr, connections: usize) -> f64 {
    calls_per_second((0..connections).map(|_| Caller::open(address)).collect(), ROUND, Caller::call)
}

/// Returns the median duration of a call over one connection, in microseconds.
fn latency(caller: &mut Caller) -> f64 {
    let mut times: Vec<f64> = (0..4000)
        .map(|_| {
            let start = Instant::now();
            caller.call();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    median(&mut times)
}

fn measure() {
    let (agent, axum) = (ServerProcess::start("agent"), ServerProcess::start("axum"));
    let (mut ratios, mut agents, mut axums) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // The order alternates, so that neither side always benefits from warm caches.
        let (a, b) = if round % 2 == 0 {
            let a = throughput(agent.address, CONNECTIONS);
            (a, throughput(axum.address, CONNECTIONS))
        } else {
            let b = throughput(axum.address, CONNECTIONS);
            (throughput(agent.address, CONNECTIONS), b)
        };
        ratios.push(a / b);
        agents.push(a);
        axums.push(b);
    }
    println!("{CONNECTIONS} connections, median of {ROUNDS} rounds of {} ms each:", ROUND.as_millis());
    println!("  #[editor_agent]  {:>8.0} calls/s", median(&mut agents));
    println!("  axum by hand     {:>8.0} calls/s", median(&mut axums));
    println!("  ratio            {:>8.3}   (at least 0.95)", median(&mut ratios));

    let (mut one, mut other) = (Caller::open(agent.address), Caller::open(axum.address));
    let (mut added, mut agents, mut axums) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (a, b) = (latency(&mut one), latency(&mut other));
        added.push(a - b);
        agents.push(a);
        axums.push(b);
    }
    println!("1 connection, median of {ROUNDS} rounds' medians of 4000 calls:");
    println!("  #[editor_agent]  {:>8.1} µs", median(&mut agents));
    println!("  axum by hand     {:>8.1} µs", median(&mut axums));
    println!("  added            {:>8.1} µs  (at most 5)", median(&mut added));
}
