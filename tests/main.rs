//! Agents, their server and the local platform together: in-process, over real sockets, and as programs; and replays of the
//! recordings.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod attacks;
#[cfg(feature = "batch")]
mod batch;
mod failures;
#[cfg(feature = "lambda")]
mod lambda;
mod lost_updates;
#[cfg(feature = "otel")]
mod otel;
mod platform;
mod program;
mod replay;
mod server;
mod stage;
#[cfg(feature = "tls")]
mod tls;
mod typed;
