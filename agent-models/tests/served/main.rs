//! The client of model servers, against servers on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod batches;
#[cfg(feature = "served-grpc")]
mod counting_proxy;
mod double_server;
mod failures;
#[cfg(feature = "served-grpc")]
mod grpc_failures;
#[cfg(feature = "served-grpc")]
mod grpc_server;
mod inference;
mod kept;
#[cfg(feature = "served-grpc")]
mod kept_mlserver;
mod memory;
mod metrics;
#[cfg(feature = "served-grpc")]
mod mlserver;
#[cfg(feature = "served-grpc")]
mod mlserver_process;
mod variants;
