//! The project as a parameter.

use std::sync::Arc;

use agent_platform::client::Project;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Needs;
use crate::transaction::Lend;

/// The project with its workflow, fresh in every call: one request (contract: `platform-api.md`, section 8.1).
impl FromCall for Project {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::project(call).await.map(|project| Project::clone(&project))
    }

    fn declare(needs: &mut Needs) {
        needs.service("project", &PlatformService);
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
