//! Agents of another crate, for `names.rs`.

#![deny(warnings)]

use agent_runtime::prelude::*;
use agent_runtime::{Notification, StageWorkAvailable, on_notification};

/// Greets from a library.
#[editor_agent(path = "/library/greet")]
pub async fn greet() -> String {
    "library".to_owned()
}

/// A module with the name of its agent.
pub mod triage {
    use agent_runtime::prelude::*;

    /// Is re-exported beside the module.
    #[editor_agent(path = "/library/triage")]
    pub async fn triage() -> String {
        "triage".to_owned()
    }
}

pub use triage::triage;

/// An agent with the name of another one of this crate.
pub mod other {
    use agent_runtime::prelude::*;

    /// Greets, too.
    #[editor_agent(path = "/library/other/greet")]
    pub async fn greet() -> String {
        "other".to_owned()
    }
}

/// Handles work.
#[on_notification(path = "/library/work")]
pub async fn work(_work: Notification<StageWorkAvailable>) {}
