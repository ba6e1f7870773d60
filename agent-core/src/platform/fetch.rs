//! Values that the parameters of one call share. Each is fetched once, for the first parameter that needs it.

use std::sync::Arc;

use agent_platform::client::{
    DataType, LabelRowFilter, LabelRowMetadata, PlatformClient, Project, SignedUrl, StorageItem,
};
use agent_platform::hash::{DataHash, ProjectHash};
use agent_platform::labels::{LabelRow, RowMetadata};
use agent_platform::memory::BytePermit;
use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;

use super::connection::Connection;
use super::edit_time::has_distinct_time;
use super::memory_error;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};
use crate::row_locks::RowKey;

/// Text from which on reading it is left to a thread of its own, in bytes: other calls are not to wait for it.
const LARGE: usize = 256 * 1024;

/// The project and data unit of a call, and the client for it.
pub(crate) struct Place {
    pub(crate) connection: Arc<Connection>,
    pub(crate) platform: PlatformClient,
    pub(crate) project: ProjectHash,
    pub(crate) data: DataHash,
}

impl Place {
    pub(crate) fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let payload = call.payload()?;
        let connection = Connection::for_call(call)?;
        let platform = connection.client(call);
        Ok(Self { connection, platform, project: payload.project_hash, data: payload.data_hash })
    }

    /// Returns the key of the label row of the call.
    pub(crate) fn row(&self, call: &EditorCall) -> RowKey {
        (self.project, self.data, call.definition().label_row.branch)
    }
}

/// The project, fresh in every call.
pub(crate) async fn project(call: &EditorCall) -> Result<Arc<Project>, AgentError> {
    call.once(async || {
        let place = Place::from_call(call)?;
        Ok(place.platform.project(place.project).await?)
    })
    .await
}

struct OntologyOfCall(Arc<Ontology>);

/// The ontology of the project, shared with other calls.
pub(crate) async fn ontology(call: &EditorCall) -> Result<Arc<Ontology>, AgentError> {
    let found = call.once(async || {
        let place = Place::from_call(call)?;
        let fetch = async || {
            let hash = project(call).await?.ontology_hash.clone();
            let text: Box<str> = place.platform.ontology(&hash).await?.into();
            let parsed = offload(call, text.len(), move || Ontology::parse(text)).await?;
            parsed.map(Arc::new).map_err(|cause| nonsense("the project's ontology").with_cause(cause))
        };
        place.connection.ontologies.get_or_fetch(place.project, fetch).await.map(OntologyOfCall)
    });
    found.await.map(|found| Arc::clone(&found.0))
}

/// The data unit's entry in the listing of label rows.
pub(crate) struct Listed {
    pub(crate) info: Arc<LabelRowMetadata>,
    /// `true` if the agent of the call has a transaction on the label row.
    saves: bool,
}

/// Requests the data unit's entry in the listing of label rows. A call with a transaction on the row locks it first.
pub(crate) async fn listed(call: &EditorCall) -> Result<Arc<Listed>, AgentError> {
    call.once(async || {
        let place = Place::from_call(call)?;
        let saves = call.row_transaction().is_announced();
        let guard = match saves {
            true => Some(place.connection.rows.lock(place.row(call)).await),
            false => None,
        };
        let info = entry(&place, &call.definition().label_row.filter(place.data)).await?;
        if let Some(guard) = guard {
            // The labels are read after this, so the row is at least as old then.
            let server_time = place.platform.server_time();
            let distinct_time = info.last_edited_at.clone().filter(|edited| has_distinct_time(edited, server_time));
            call.row_transaction().open(place.row(call), guard, distinct_time);
        }
        Ok(Listed { info, saves })
    })
    .await
}

/// Requests the storage item behind the data unit, with its signed URL.
pub(crate) async fn storage_item(call: &EditorCall) -> Result<Arc<StorageItem>, AgentError> {
    call.once(async || {
        let place = Place::from_call(call)?;
        let listed = listed(call).await?;
        let missing = || AgentError::absent("The data unit has no storage item.");
        let item = listed.info.backing_item_uuid.ok_or_else(missing)?;
        Ok(place.platform.storage_item(item, SignedUrl::Wanted).await?)
    })
    .await
}

async fn entry(place: &Place, filter: &LabelRowFilter) -> Result<Arc<LabelRowMetadata>, AgentError> {
    let rows = place.platform.list_label_rows(place.project, filter).await?;
    let wanted = |row: &LabelRowMetadata| place.data == row.data_hash.as_str();
    rows.into_iter().find(wanted).map(Arc::new).ok_or_else(|| {
        let message = format!("The project has no data unit {}, or the agent may not see it.", place.data);
        AgentError::absent(message)
    })
}

/// The label row as it was fetched for the call. Extractors clone it, which copies no labels.
pub(crate) struct FetchedRow {
    pub(crate) row: LabelRow,
    /// The memory of a large row, for as long as the call.
    _memory: Option<BytePermit>,
}

/// Fetches the label row with its labels, once per call.
///
/// Data without a label row gives an empty one. For an agent with a transaction on the row it is created on the platform first;
/// for readers nothing is created.
pub(crate) async fn fetched_row(call: &EditorCall) -> Result<Arc<FetchedRow>, AgentError> {
    call.once(async || {
        let ((listed, labels), ontology) = tokio::try_join!(labels(call), ontology(call))?;
        let memory = match &labels {
            Labels::Text(text) if text.len() >= LARGE => Some(retained(call, text.len())?),
            _ => None,
        };
        let row = match labels {
            Labels::None { entry } => LabelRow::empty(entry.json().get(), ontology),
            Labels::Text(text) => {
                let listing = RowMetadata::parse(listed.info.json().get());
                let read = offload(call, text.len(), move || LabelRow::parse(text, ontology)).await?;
                read.map(|row| row.with_metadata(listing))
            }
        };
        let row = row.map_err(|cause| nonsense("the label row").with_cause(cause))?;
        // Its labels would be saved into a row that nobody has looked at.
        if row.data_hash() != listed.info.data_hash {
            return Err(AgentError::new(ErrorStatus::BadGateway, "The platform sent the label row of other data."));
        }
        Ok(FetchedRow { row, _memory: memory })
    })
    .await
}

/// Acquires the memory of a large label row: its text, and the index over it. The call may hold other memory, so it does not
/// wait.
fn retained(call: &EditorCall, length: usize) -> Result<BytePermit, AgentError> {
    call.memory().try_acquire(2 * length as u64).map_err(|error| memory_error::refused("the label row", error))
}

/// The labels of a data unit on the platform.
enum Labels {
    /// The label row as JSON text.
    Text(Box<str>),
    /// No label row. None is created; the listing entry describes the empty row.
    None { entry: Arc<LabelRowMetadata> },
}

async fn labels(call: &EditorCall) -> Result<(Arc<Listed>, Labels), AgentError> {
    let (place, request) = (Place::from_call(call)?, &call.definition().label_row);
    let listed = listed(call).await?;
    let info = &listed.info;
    let labels = match &info.label_hash {
        Some(hash) => Labels::Text(place.platform.label_row(place.project, hash, &request.read()).await?.into()),
        None if listed.saves && !call.is_dry_run() => {
            Labels::Text(create(&place.platform, place.project, info).await?.into())
        }
        // Of the images of a group the listing says nothing unless asked. Nearly all groups have labels, so it is asked late.
        None if info.data_type == DataType::ImageGroup && !request.images_data => {
            let filter = LabelRowFilter { include_images_data: true, ..request.filter(place.data) };
            let entry = entry(&place, &filter).await?;
            Labels::None { entry }
        }
        None => Labels::None { entry: Arc::clone(info) },
    };
    Ok((listed, labels))
}

/// Creates the label row on the platform.
pub(crate) async fn create(
    platform: &PlatformClient,
    project: ProjectHash,
    info: &LabelRowMetadata,
) -> Result<Box<RawValue>, AgentError> {
    let branch = info.branch_name.as_deref().unwrap_or("main");
    Ok(platform.create_label_row(project, info, branch, SignedUrl::Unwanted).await?)
}

/// Runs the work on the current thread if its input is small, else on a blocking thread, which keeps the permit of the call.
pub(crate) async fn offload<T: Send + 'static>(
    call: &EditorCall,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AgentError> {
    if bytes < LARGE {
        return Ok(work());
    }
    call.spawn_blocking(work).await
}

/// The platform answered what cannot be read.
fn nonsense(what: &str) -> AgentError {
    AgentError::new(ErrorStatus::BadGateway, format!("The platform sent {what} in a form that cannot be read."))
}
