//! Deployments that fail: the platform, the network, the disk, the machine, the agent itself. What the annotator is told, what
//! is logged, and that a label row is the old one or the new one. Single failures of the platform are tested in
//! `platform/faults.rs` and `platform/lost_answers.rs`, certificates and clocks in the client's own tests and in
//! `server/signatures.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod fault_walk;
#[cfg(unix)]
mod files;
mod logged;
mod misbehaving_agents;
mod places;
#[allow(dead_code, reason = "the tests of attacks use the rest")]
#[path = "../attacks/process.rs"]
mod process;
mod storms;
#[cfg(unix)]
mod termination;
mod unreachable;
#[path = "../server/wire.rs"]
mod wire;
#[allow(dead_code, reason = "the tests of the platform use the rest")]
#[path = "../platform/world.rs"]
mod world;
