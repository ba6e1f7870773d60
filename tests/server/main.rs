//! The server as its users meet it: agents called in-process and over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod background;
mod calls;
mod errors;
mod extra;
mod limits;
mod listing;
mod metrics;
mod notifications;
mod parameters;
mod proxies;
mod shutdown;
mod signatures;
#[cfg(unix)]
mod sockets;
mod start;
mod transactions;
mod transport;
#[cfg(unix)]
mod variables;
mod wire;
