//! Repeats recorded calls as tests.
//!
//! A case is a folder with a call, the project before it, and what is expected of it. The label editor page writes it with *Save as
//! test*, the command line with `agent-studio call --save-case`. [`CaseTests`] repeats cases as tests of a crate, `agent-studio
//! replay` against a running server in any language.

#[cfg(feature = "cases")]
mod agent_program;
mod call;
mod comparison;
#[cfg(feature = "cases")]
mod harness;
mod platform;
mod replay_error;
mod settings;

#[cfg(feature = "cases")]
pub use harness::CaseTests;

pub use crate::models::{ModelRecorder, ModelRecorderError};

pub(crate) use call::{AgentTarget, replay};
pub(crate) use platform::ReplayPlatform;
pub(crate) use replay_error::ReplayError;
pub(crate) use settings::SETTINGS;
