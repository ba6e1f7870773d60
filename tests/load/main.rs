//! Load test of a server: `cargo bench -p agent-tests --bench load [-- --calls N]`.
//!
//! First an hour of a busy team's traffic at full speed: every response is checked, and after a warm-up the server's memory and file
//! descriptors must not grow. Then ten times the server's capacity: it must reject excess calls immediately, and serve the others as
//! fast as before. The agents, the platform and this program are three processes on loopback. Wrong responses and growth are errors;
//! times are only printed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

mod caller;
mod overload;
mod servers;
mod times;
mod traffic;

use servers::Servers;

/// Calls of 30 annotators who click once per second for an hour.
const CALLS: usize = 108_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut calls = CALLS;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--serve" => return servers::serve(&arguments.next().unwrap()).await,
            "--calls" => calls = arguments.next().unwrap().parse().unwrap(),
            _ => {}
        }
    }
    let servers = Servers::start();
    traffic::run(&servers, calls).await;
    overload::run(&servers).await;
}
