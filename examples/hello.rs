//! The smallest agent that answers something.

use agent_runtime::prelude::*;

/// Says which frame you are on and how much is selected.
#[editor_agent]
async fn hello(frame: Frame, objects: ObjectHashes) -> AgentResponse {
    AgentResponse::message(match objects.len() {
        0 => format!("Hello! You are on frame {frame}, and nothing is selected."),
        1 => format!("Hello! You are on frame {frame}, with 1 object selected."),
        n => format!("Hello! You are on frame {frame}, with {n} objects selected."),
    })
}
