//! The label editor page with made-up projects, agents and servers.

pub mod agents;
pub mod crowd;
pub mod data;
mod prompted;
mod world;

pub use world::{SECRET, World};
