//! The storage item as a parameter.

use agent_platform::client::StorageItem;

use crate::call::{EditorCall, FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Requirements;

/// The storage item behind the data unit, with its signed URL where it has one: two requests, one after the other
/// (contract: `docs/contract/endpoints.md#get-storage-item`). 404 if the project lacks the data unit or the data unit
/// has no storage item; `Option<StorageItem>` is `None` then.
impl FromCall for StorageItem {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::storage_item(call).await.map(|item| Self::clone(&item))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("storage item", &PlatformService);
        requirements.data_unit();
    }
}

impl OptionalFromCall for StorageItem {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}
