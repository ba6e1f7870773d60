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
    // A platform for each server: the saves of one would be concurrent saves to the others, and their rows would grow at another pace.
    let platforms = [(); 4].map(|()| RecordedPlatform::start());
    platforms.iter().for_each(|platform| platform.set_latency(LATENCY));
    let [first, second, cached, python] = platforms.each_ref().map(|platform| &platform.domain);
    // Without its caches, every call is like the first one on the data unit, except that the ontology is known.
    let first = AgentServer::rust(first, &[("AGENT_LOOKUP_CACHE", "0"), ("AGENT_FILE_CACHE", "0")]);
    let second = AgentServer::rust(second, &[("AGENT_FILE_CACHE", "0")]);
    let cached = AgentServer::rust(cached, &[]);
    let python = AgentServer::python(python);

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
