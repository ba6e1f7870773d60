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

mod beside_python;

use std::time::Duration;

use beside_python::{AgentServer, VIDEO, median};
use test_support::studio::recorded_platform::RecordedPlatform;

const LATENCY: Duration = Duration::from_millis(50);
const ROUNDS: usize = 15;

fn main() {
    let platform = RecordedPlatform::start();
    platform.set_latency(LATENCY);
    // Without its caches, every call is like the first one on the data unit, except that the ontology is known.
    let first = AgentServer::rust(&platform.domain, &[("AGENT_LOOKUP_CACHE", "0"), ("AGENT_FILE_CACHE", "0")]);
    let second = AgentServer::rust(&platform.domain, &[("AGENT_FILE_CACHE", "0")]);
    let cached = AgentServer::rust(&platform.domain, &[]);
    let python = AgentServer::python(&platform.domain);

    println!(
        "milliseconds for a call, median of {ROUNDS} alternating ones; each request to the platform takes {} ms",
        LATENCY.as_millis()
    );
    println!("{:<28}{:>12}{:>12}{:>12}{:>12}", "", "first call", "later call", "with file", "Python");
    for (name, path) in [
        ("read the label row", "/label-row"),
        ("add a box and save", "/add-box"),
        ("read the frame of a video", "/single-frame"),
        ("cut its objects out", "/object-crops"),
    ] {
        let servers = [&first, &second, &cached, &python];
        let mut times = servers.map(|_| Vec::new());
        // The first call opens connections, and is not measured.
        for round in 0..=ROUNDS {
            for (server, times) in servers.iter().zip(&mut times) {
                let time = server.call(path, VIDEO);
                if round > 0 {
                    times.push(time);
                }
            }
        }
        let [first, second, cached, python] = times.map(median);
        println!("{name:<28}{first:>12.1}{second:>12.1}{cached:>12.1}{python:>12.1}");
    }
}
