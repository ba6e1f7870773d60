//! The server's own TLS: what callers of HTTP/1.1 and HTTP/2 get, how its certificate is read and followed, how it stops, and
//! what callers cannot do to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod calls;
mod certificates;
mod crowds;
mod frames;
#[allow(dead_code, reason = "the tests of failures use the rest")]
#[path = "../attacks/process.rs"]
mod process;
mod reload;
mod start;
mod stopping;
mod streams;
#[allow(dead_code, reason = "the tests of the server use the rest")]
#[path = "../server/wire.rs"]
mod wire;
#[allow(dead_code, reason = "the tests of the platform use the rest")]
#[path = "../platform/world.rs"]
mod world;
