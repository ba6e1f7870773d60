//! Benchmark of agents with labels or pixels, compared with Python, with a platform latency of 50 ms per request:
//! `cargo bench -p agent-tests --bench label_row`. Needs `AGENT_PYTHON`: an interpreter with `encord-agents`, `fastapi`,
//! `uvicorn` and OpenCV.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_support::free_port::free_port;
use test_support::studio::recorded_platform::RecordedPlatform;
use test_support::{keys, recordings};

const AGENT: &str = env!("CARGO_BIN_EXE_contract-agent");
const LATENCY: Duration = Duration::from_millis(50);
const ROUNDS: usize = 15;
/// The labelled video of the recorded project.
const PAYLOAD: &str = r#"{"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003", "frame": 5}"#;

/// A process that is stopped on drop.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let python = std::env::var("AGENT_PYTHON")
        .expect("Missing environment variable AGENT_PYTHON. Set it to an interpreter with `encord-agents`.");
    let tools = recordings::path("tools");
    let platform = RecordedPlatform::start();
    platform.set_latency(LATENCY);
    let ours = free_port();
    let _ours =
        started(Command::new(AGENT).env("PORT", ours.to_string()).env("RUST_LOG", "off"), &platform.domain, ours);
    let theirs = free_port();
    let mut uvicorn = Command::new(&python);
    uvicorn.args(["-m", "uvicorn", "agent_app:app", "--log-level", "warning", "--port", &theirs.to_string()]);
    let _theirs = started(uvicorn.current_dir(&tools).env("PYTHONDONTWRITEBYTECODE", "1"), &platform.domain, theirs);

    println!(
        "milliseconds for a call, median of {ROUNDS} alternating ones; each request to the platform takes {} ms",
        LATENCY.as_millis()
    );
    println!("{:<34}{:>8}{:>8}{:>8}", "", "Rust", "Python", "ratio");
    for (what, path) in [
        ("read the label row", "/label-row"),
        ("add a box and save", "/add-box"),
        ("read the frame of a video", "/single-frame"),
        ("cut its objects out", "/object-crops"),
    ] {
        let (mut rust, mut their) = (Vec::new(), Vec::new());
        // The first call opens connections, and is not measured.
        for round in 0..=ROUNDS {
            let (one, other) = (call(ours, path), call(theirs, path));
            if round > 0 {
                rust.push(one);
                their.push(other);
            }
        }
        let (rust, their) = (median(rust), median(their));
        println!("{what:<34}{rust:>8.1}{their:>8.1}{:>8.2}", their / rust);
    }
}

/// Starts an agent server, and waits until it listens.
fn started(command: &mut Command, platform: &str, port: u16) -> Running {
    command.env("ENCORD_DOMAIN", platform).env("ENCORD_SSH_KEY", keys::PLAIN).env_remove("ENCORD_SSH_KEY_FILE");
    let running = Running(command.stdout(Stdio::null()).spawn().unwrap());
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{command:?} did not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    running
}

/// Returns the duration of a call over a new connection, in milliseconds.
fn call(port: u16, path: &str) -> f64 {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = PAYLOAD.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all((head + PAYLOAD).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    begin.elapsed().as_secs_f64() * 1e3
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
