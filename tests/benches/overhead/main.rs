//! Overhead of `#[editor_agent]` compared with the same handler written by hand in axum.
//!
//! `cargo bench -p agent-benches --bench overhead` measures throughput and latency: one client calls both servers in turn, so that
//! other load on the machine affects both. `cargo bench -p agent-benches --bench overhead -- instructions` counts instructions.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

mod caller;
mod instructions;
mod servers;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use test_support::server_process::{ServerProcess, calls_per_second, median};

use crate::caller::Caller;

const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(700);
const CONNECTIONS: usize = 32;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--serve") {
        Some(at) => servers::serve(&arguments[at + 1]),
        None if arguments.iter().any(|argument| argument == "instructions") => instructions::measure(),
        None => measure(),
    }
}

/// Calls per second of `connections` callers at once.
fn throughput(address: SocketAddr, connections: usize) -> f64 {
    calls_per_second((0..connections).map(|_| Caller::open(address)).collect(), ROUND, Caller::call)
}

/// The median time of a call over one connection, in microseconds.
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
        // The order alternates, so that neither side always has the warmer machine.
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
    println!("  ratio            {:>8.3}   (at least 0.97)", median(&mut ratios));

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
    println!("  added            {:>8.1} µs  (at most 3)", median(&mut added));
}
