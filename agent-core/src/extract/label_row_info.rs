//! The entry of the data unit in the listing of label rows as a parameter.

use agent_platform::client::LabelRowMetadata;

use crate::call::{EditorCall, FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Requirements;

/// The entry of the data unit in the listing of label rows, without its labels: one request (contract:
/// `docs/contract/endpoints.md#list-label-rows`). 404 if the project lacks the data unit; `Option<LabelRowInfo>` is
/// `None` then.
impl FromCall for LabelRowMetadata {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::listed(call).await.map(|listed| Self::clone(&listed.info))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("label row info", &PlatformService);
        requirements.data_unit();
    }
}

impl OptionalFromCall for LabelRowMetadata {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}
