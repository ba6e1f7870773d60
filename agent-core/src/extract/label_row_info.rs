//! The data unit's entry in the listing of label rows as a parameter.

use std::sync::Arc;

use agent_platform::client::LabelRowMetadata;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Needs;
use crate::transaction::Lend;

/// What the listing of label rows says of the data unit, without its labels: one request (contract: `platform-api.md`,
/// section 8.3). 404 if the project has no such data unit.
impl FromCall for LabelRowMetadata {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::listed(call).await.map(|listed| Self::clone(&listed.info))
    }

    fn declare(needs: &mut Needs) {
        needs.service("label row info", &PlatformService);
    }
}

impl Lend for LabelRowMetadata {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        fetch::listed(call).await.map(|listed| Arc::clone(&listed.info))
    }

    fn declare(needs: &mut Needs) {
        <Self as FromCall>::declare(needs);
    }
}
