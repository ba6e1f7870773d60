//! The storage item as a parameter.

use std::sync::Arc;

use agent_platform::client::{SignedUrl, StorageItem};

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::{AgentError, ErrorStatus};
use crate::platform::PlatformService;
use crate::platform::fetch::{self, Place};
use crate::requirements::Needs;
use crate::transaction::Lend;

/// The storage item behind the data unit, with its signed URL where it has one: two requests, one after the other
/// (contract: `platform-api.md`, section 8.7). 404 if there is none.
impl FromCall for StorageItem {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Self::lend(call).await.map(|item| Self::clone(&item))
    }

    fn declare(needs: &mut Needs) {
        needs.service("storage item", &PlatformService);
    }
}

impl Lend for StorageItem {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        call.once(async || {
            let place = Place::of(call)?;
            let listed = fetch::listed(call).await?;
            let missing = || AgentError::new(ErrorStatus::NotFound, "The data unit has no storage item.");
            let item = listed.info.backing_item_uuid.ok_or_else(missing)?;
            Ok(place.platform.storage_item(item, SignedUrl::Wanted).await?)
        })
        .await
    }

    fn declare(needs: &mut Needs) {
        <Self as FromCall>::declare(needs);
    }
}
