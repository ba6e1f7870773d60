//! Accepted forms of agents: all compile without a warning, and work.

#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(clippy::unwrap_used, reason = "what does not start here is a failed test")]

mod by_macro_rules;
mod error_types;
mod label_row_keys;
mod names;
mod places;
mod renamed;
mod signatures;
mod typed_edits;
mod typed_ontology;

use agent_runtime::AgentSet;
use agent_runtime::testing::{TestClient, payload};

/// What the one agent at `path` says.
async fn said(agents: AgentSet, path: &str) -> String {
    let answer = TestClient::new(agents).unwrap().call(path, &payload().on_frame(7)).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.message().unwrap_or_default().to_owned()
}
