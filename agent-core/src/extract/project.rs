//! The project as a parameter.

use agent_platform::client::Project;

use crate::call::{EditorCall, FromCall};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Requirements;

/// The project with its workflow, fresh in every call: one request (contract:
/// `docs/contract/endpoints.md#get-project`).
impl FromCall for Project {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::project(call).await.map(|project| Project::clone(&project))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("project", &PlatformService);
        requirements.data_unit();
    }
}
