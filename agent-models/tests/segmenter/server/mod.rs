//! Agents with the model as application state, on a server and a local platform.

mod cache;
mod disk;
mod limits;
mod metrics;
mod prompts;
mod video;
mod warming;
mod world;
