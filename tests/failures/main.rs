//! Deployments that fail: the platform, the network, the disk, the machine, the agent itself. What the annotator is told, what
//! is logged, and that a label row is the old one or the new one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod fault_walk;
