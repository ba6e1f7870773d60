//! The child items of a storage item, such as the images of an image group.

use agent_platform::client::{SignedUrl, StorageItem};
use uuid::Uuid;

use super::fetch::{Place, begun};
use super::lookups::Lookup;
use crate::call::EditorCall;
use crate::error::AgentError;

/// The child items of a storage item, with their signed URLs.
pub(crate) struct Children {
    pub(crate) folder: Uuid,
    pub(crate) item: Uuid,
    pub(crate) items: Vec<StorageItem>,
}

/// Requests the child items that an earlier call has found. `None` if the data unit has none, as far as earlier calls know.
pub(crate) async fn guessed_children(call: &EditorCall) -> Result<Option<Result<Children, AgentError>>, AgentError> {
    let Lookup { item, folder_of_children, .. } = begun(call).await?.lookup.clone();
    let Some((item, folder)) = item.zip(folder_of_children) else { return Ok(None) };
    Ok(Some(requested_children(call, folder, item).await))
}

/// Requests the child items of a storage item.
pub(crate) async fn children(call: &EditorCall, item: &StorageItem) -> Result<Children, AgentError> {
    let children = requested_children(call, item.parent, item.uuid).await?;
    let place = Place::from_call(call)?;
    place.connection.lookups.update(place.row(call), |lookup| {
        if lookup.item == Some(children.item) {
            lookup.folder_of_children = Some(children.folder);
        }
    });
    Ok(children)
}

async fn requested_children(call: &EditorCall, folder: Uuid, item: Uuid) -> Result<Children, AgentError> {
    let items = Place::from_call(call)?.platform.child_items(folder, item, SignedUrl::Wanted).await?;
    Ok(Children { folder, item, items })
}
