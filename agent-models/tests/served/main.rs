//! The client of model servers, against servers on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod batches;
mod double_server;
mod failures;
mod inference;
#[cfg(feature = "served-grpc")]
mod mlserver;
