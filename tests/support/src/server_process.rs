//! Servers in processes of their own, and medians, for benchmarks of calls.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Body of a call.
pub const BODY: &str = r#"{"projectHash":"8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3","dataHash":"33333333-aaaa-4bbb-8ccc-000000000003","frame":0}"#;

/// A server process. It is killed when this is dropped.
pub struct ServerProcess {
    process: Child,
    pub address: SocketAddr,
}

impl ServerProcess {
    /// Starts this program with `--serve KIND`. Its first line must be its address.
    pub fn start(kind: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut process = Command::new(program).args(["--serve", kind]).stdout(Stdio::piped()).spawn().unwrap();
        let address = address(&mut process);
        Self { process, address }
    }
}

/// Reads the address that a server process prints as its first line.
pub fn address(process: &mut Child) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line.trim().parse().unwrap()
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the calls per second of concurrent callers, each on its own thread, for the given time.
#[allow(clippy::cast_precision_loss, reason = "there are fewer calls than 2^53")]
pub fn calls_per_second<C: Send + 'static>(callers: Vec<C>, time: Duration, call: fn(&mut C)) -> f64 {
    let start = Instant::now();
    let threads: Vec<_> = callers
        .into_iter()
        .map(|mut caller| {
            std::thread::spawn(move || {
                let mut calls = 0_usize;
                while start.elapsed() < time {
                    call(&mut caller);
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    let calls: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    calls as f64 / start.elapsed().as_secs_f64()
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
