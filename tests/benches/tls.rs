//! Benchmark of TLS: `cargo bench -p agent-benches --features tls --bench tls`.
//!
//! One client alternates between two servers of the same agent in separate processes, over HTTP/1.1: one with TLS 1.3 and a P-256
//! certificate, one without TLS. The figures include the client's TLS cost.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs, reason = "a benchmark")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use test_support::certificates::{Folder, Pair};
use test_support::server_process::{BODY, ServerProcess, calls_per_second, median};

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(700);
const CONNECTIONS: usize = 32;
const HANDSHAKES: usize = 200;

#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--serve").skip(1);
    match arguments.next() {
        Some(folder) => serve(&folder),
        None => measure(),
    }
}

/// Runs the server with the certificate in this folder, or without TLS for `none`.
fn serve(folder: &str) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let mut server = Server::new().agents(agents![nothing]).port(0);
        if folder != "none" {
            server = server.tls(format!("{folder}/cert.pem"), format!("{folder}/key.pem"));
        }
        println!("{}", server.start().await.unwrap().address());
        std::future::pending::<()>().await;
    });
}

trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// A keep-alive connection that sends a call and waits for its response.
struct Caller {
    stream: Box<dyn Wire>,
    request: Vec<u8>,
    response_length: usize,
    buffer: Vec<u8>,
}

impl Caller {
    /// Connects, and measures the length of the first response, which all responses have.
    fn open(address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> Self {
        let tcp = TcpStream::connect(address).unwrap();
        tcp.set_nodelay(true).unwrap();
        let stream: Box<dyn Wire> = match tls {
            None => Box::new(tcp),
            Some(tls) => {
                let name = ServerName::try_from("agents.test").unwrap();
                Box::new(StreamOwned::new(ClientConnection::new(Arc::clone(tls), name).unwrap(), tcp))
            }
        };
        let length = BODY.len();
        let request = format!(
            "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{BODY}"
        );
        let mut caller = Self { stream, request: request.into_bytes(), response_length: 0, buffer: vec![0; 4096] };
        caller.stream.write_all(&caller.request).unwrap();
        while !caller.buffer[..caller.response_length].ends_with(b"\r\n\r\nnull") {
            caller.response_length += caller.stream.read(&mut caller.buffer[caller.response_length..]).unwrap();
        }
        caller
    }

    fn call(&mut self) {
        self.stream.write_all(&self.request).unwrap();
        self.stream.read_exact(&mut self.buffer[..self.response_length]).unwrap();
    }
}

/// Returns the calls per second of concurrent clients.
fn throughput(address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> f64 {
    calls_per_second((0..CONNECTIONS).map(|_| Caller::open(address, tls)).collect(), ROUND, Caller::call)
}

/// Returns the median duration of a repeated action, in microseconds.
fn microseconds(times: usize, mut done: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..times)
        .map(|_| {
            let start = Instant::now();
            done();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    median(&mut times)
}

/// Prints the median of both sides, and of their ratios or differences.
fn print(what: &str, unit: &str, measured: &[(f64, f64)], compared: (&str, fn(f64, f64) -> f64)) {
    let of = |pick: fn(&(f64, f64)) -> f64| median(&mut measured.iter().map(pick).collect::<Vec<_>>());
    println!("{what}, median of {} rounds:", measured.len());
    println!("  without TLS  {:>9.1} {unit}", of(|pair| pair.0));
    println!("  with TLS     {:>9.1} {unit}", of(|pair| pair.1));
    let mut compares: Vec<f64> = measured.iter().map(|(plain, tls)| compared.1(*plain, *tls)).collect();
    println!("  {:<12} {:>9.2}", compared.0, median(&mut compares));
}

fn measure() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let config = Arc::new(pair.configuration(&["http/1.1"]));
    // Session resumption is disabled, to measure full handshakes.
    let mut whole = pair.configuration(&["http/1.1"]);
    whole.resumption = rustls::client::Resumption::disabled();
    let whole = Arc::new(whole);
    let path = folder.path("");
    let (plain, tls) = (ServerProcess::start("none"), ServerProcess::start(path.to_str().unwrap()));

    // The order alternates, so that neither side always benefits from warm caches.
    let both = |round: usize, one: &mut dyn FnMut() -> f64, other: &mut dyn FnMut() -> f64| {
        if round.is_multiple_of(2) {
            let one = one();
            (one, other())
        } else {
            let other = other();
            (one(), other)
        }
    };
    let rounds = |one: &mut dyn FnMut() -> f64, other: &mut dyn FnMut() -> f64| -> Vec<(f64, f64)> {
        (0..ROUNDS).map(|round| both(round, &mut *one, &mut *other)).collect()
    };
    let measured = rounds(&mut || throughput(plain.address, None), &mut || throughput(tls.address, Some(&config)));
    print(&format!("{CONNECTIONS} connections"), "calls/s", &measured, ("ratio", |plain, tls| tls / plain));
    let (mut one, mut other) = (Caller::open(plain.address, None), Caller::open(tls.address, Some(&config)));
    let measured = rounds(&mut || microseconds(4000, || one.call()), &mut || microseconds(4000, || other.call()));
    print("1 connection, a call", "µs", &measured, ("added", |plain, tls| tls - plain));
    let mut connect = || microseconds(HANDSHAKES, || drop(Caller::open(plain.address, None)));
    let mut shake = || microseconds(HANDSHAKES, || drop(Caller::open(tls.address, Some(&whole))));
    let measured = rounds(&mut connect, &mut shake);
    print("a new connection and its first call", "µs", &measured, ("added", |plain, tls| tls - plain));
}
