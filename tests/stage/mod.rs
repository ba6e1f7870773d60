//! Workflow stages: drains over real sockets against the local platform.

mod drains;
mod failures;
mod faults;
mod filters;
mod issues;
mod notifications;
mod priorities;
mod shards;
mod world;
