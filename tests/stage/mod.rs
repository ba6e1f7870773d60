//! Workflow stages: drains over real sockets against the local platform.

mod drains;
mod failures;
mod faults;
mod filters;
mod notifications;
mod shards;
mod world;
