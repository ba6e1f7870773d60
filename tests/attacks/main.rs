//! Callers and platforms that mean harm, over real sockets: what the server answers, and that neither its memory nor its time
//! is theirs. What single parts refuse is tested beside them: `server/limits.rs`, `server/errors.rs`, `server/transport.rs`,
//! `server/signatures.rs`, and the client's own tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod bodies;
mod crowds;
mod framing;
mod log_lines;
mod memory;
mod origins;
mod paths;
mod platforms;
#[allow(dead_code, reason = "the tests of failures use the rest")]
mod process;
mod rebinding;
mod signed_urls;
mod traces;
mod warnings;
#[path = "../server/wire.rs"]
mod wire;
#[allow(dead_code, reason = "the tests of the platform use the rest")]
#[path = "../platform/world.rs"]
mod world;
