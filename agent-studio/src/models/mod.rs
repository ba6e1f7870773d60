//! Requests of agents to model servers: recorded while a call runs, and replayed without the server.
//!
//! An agent reads the URL of its model server from an environment variable. The recorder is a reverse proxy at an address of its
//! own, to which that variable points instead.

mod exchange;
mod player;
mod recorder;
mod server_url;

pub(crate) use exchange::ModelRecording;
pub(crate) use player::{ModelMatch, ModelPlayers};
pub use recorder::{ModelRecorder, ModelRecorderError};
pub(crate) use recorder::{ModelRecorders, Position};
