//! What a server does under load: `cargo bench -p agent-tests --bench load [-- --calls N]`.
//!
//! First an hour of a busy team's traffic, as fast as it goes: every answer is checked, and after a warm-up the server's
//! memory and descriptors must not grow. Then ten times as many calls as the server has capacity for: what it cannot take it
//! turns away at once, and what it takes is as fast as before. The agents, the platform and this program are three processes
//! on loopback. Wrong answers and growth end it with an error; times are printed, and judged by who reads them.
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

/// An hour of 30 annotators who click once in a second.
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
