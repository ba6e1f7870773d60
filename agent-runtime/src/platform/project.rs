//! The project as a parameter.

use std::sync::Arc;

use agent_platform::client::Project;

use super::fetch;
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::extract::FromCall;
use crate::lend::Lend;
use crate::needs::Needs;

/// The project with its workflow, fresh in every call: one request (contract: `platform-api.md`, section 8.1).
impl FromCall for Project {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::project(call).await.map(|project| Project::clone(&project))
    }

    fn declare(needs: &mut Needs) {
        needs.platform("project");
    }
}

impl Lend for Project {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        fetch::project(call).await
    }

    fn declare(needs: &mut Needs) {
        <Self as FromCall>::declare(needs);
    }
}
