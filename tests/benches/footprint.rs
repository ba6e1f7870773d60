//! Benchmark of binary size, memory and start of the smallest agent: `cargo bench -p agent-benches --bench footprint`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs, reason = "a benchmark")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use test_support::free_port::free_port;

const PROGRAM: &str = env!("CARGO_BIN_EXE_footprint-agent");
const STARTS: usize = 31;

fn main() {
    let size = std::fs::metadata(PROGRAM).unwrap().len();
    println!("binary, stripped        {:>7.2} MB  (under 6)", size as f64 / 1e6);

    let mut starts: Vec<f64> = (0..STARTS).map(|_| start_to_response()).collect();
    starts.sort_by(f64::total_cmp);
    println!(
        "exec to first response  {:>7.1} ms  (under 15; median of {STARTS}, worst {:.1})",
        starts[STARTS / 2],
        starts[STARTS - 1]
    );

    println!("resident memory, idle   {:>7.2} MB  (under 8; after one call)", resident_memory_after_call());
}

fn start(port: u16) -> std::process::Child {
    Command::new(PROGRAM).env("PORT", port.to_string()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn call(mut stream: TcpStream) {
    stream.write_all(b"POST /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK") && response.ends_with("null"), "{response}");
}

/// Returns the time from process start to the first response, in milliseconds.
fn start_to_response() -> f64 {
    let port = free_port();
    let begin = Instant::now();
    let mut process = start(port);
    let stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(_) => std::thread::sleep(Duration::from_micros(200)),
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "the server did not start");
    };
    call(stream);
    let millis = begin.elapsed().as_secs_f64() * 1e3;
    process.kill().unwrap();
    process.wait().unwrap();
    millis
}

/// Returns the resident memory in megabytes (Linux only).
fn resident_memory_after_call() -> f64 {
    let port = free_port();
    let mut process = start(port);
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    call(TcpStream::connect(("127.0.0.1", port)).unwrap());
    std::thread::sleep(Duration::from_secs(1));
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().trim().trim_end_matches(" kB");
    process.kill().unwrap();
    process.wait().unwrap();
    kilobytes.parse::<f64>().unwrap() * 1024.0 / 1e6
}
