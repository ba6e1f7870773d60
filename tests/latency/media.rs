//! Benchmark of agents with pixels, compared with Python, on the same local platform without latency:
//! `cargo bench -p agent-tests --bench media`. Needs `AGENT_PYTHON`: see `label_row`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

mod beside_python;

use beside_python::{AgentServer, VIDEO, median};
use test_support::studio::recorded_platform::RecordedPlatform;

/// Alternating rounds of calls to both servers, one call at a time.
const ROUNDS: u32 = 7;
/// Calls of a round, and calls to Python: it is slower.
const CALLS: u32 = 60;
const CALLS_OF_PYTHON: u32 = 10;
/// Calls before memory is measured.
const CALLS_BEFORE_MEMORY: u32 = 1000;

/// The image of the recorded project.
const IMAGE: &str = r#"{"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "dataHash": "11111111-aaaa-4bbb-8ccc-000000000001", "frame": 0}"#;

fn main() {
    let platform = RecordedPlatform::start();
    let python = AgentServer::python(&platform.domain);
    println!(
        "calls per second, one at a time, medians of {ROUNDS} alternating rounds; memory in MB after {CALLS_BEFORE_MEMORY} calls"
    );
    println!("{:<28}{:<12}{:>9}{:>9}{:>9}{:>9}{:>9}", "", "cache", "Rust", "Python", "ratio", "VmRSS", "VmHWM");
    for (name, path, payload) in [
        ("frame of an image", "/single-frame", IMAGE),
        ("frame of a video", "/single-frame", VIDEO),
        ("crops of a frame", "/object-crops", VIDEO),
    ] {
        for (cache, settings) in [("off", &[("AGENT_FILE_CACHE", "0")][..]), ("on", &[])] {
            let rust = AgentServer::rust(&platform.domain, settings);
            let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            // The first round opens connections, and is not measured.
            for round in 0..=ROUNDS {
                let (one, other) = (rate(&rust, path, payload, CALLS), rate(&python, path, payload, CALLS_OF_PYTHON));
                if round > 0 {
                    ours.push(one);
                    theirs.push(other);
                    ratios.push(one / other);
                }
            }
            for _ in (ROUNDS + 1) * CALLS..CALLS_BEFORE_MEMORY {
                rust.call(path, payload);
            }
            let (ours, theirs, ratio) = (median(ours), median(theirs), median(ratios));
            let (resident, peak) = (rust.memory("VmRSS"), rust.memory("VmHWM"));
            println!("{name:<28}{cache:<12}{ours:>9.0}{theirs:>9.1}{ratio:>9.1}{resident:>9.1}{peak:>9.1}");
        }
    }
    println!("the Python agents take {:.1} MB, at most {:.1}", python.memory("VmRSS"), python.memory("VmHWM"));
}

/// Returns the calls per second of sequential calls.
fn rate(server: &AgentServer, path: &str, payload: &str, calls: u32) -> f64 {
    let milliseconds: f64 = (0..calls).map(|_| server.call(path, payload)).sum();
    f64::from(calls) / milliseconds * 1e3
}
