//! Failures of the platform, the network, the disk, the machine and the agent: the annotator's message, the log, and a label row that
//! is the old or the new one. Single failures of the platform are tested in
//! `platform/faults.rs` and `platform/lost_responses.rs`, certificates and clocks in the client's own tests and in
//! `server/signatures.rs`.

pub(crate) mod fault_walk;
#[cfg(unix)]
mod files;
mod hosting;
mod logged;
mod misbehaving_agents;
mod storms;
#[cfg(unix)]
mod termination;
mod unreachable;
