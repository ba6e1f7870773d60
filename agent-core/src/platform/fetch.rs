//! What the parameters of one call share: each is fetched once, by whoever asks first.

use std::sync::{Arc, Mutex, PoisonError};

use agent_platform::client::{DataType, LabelRowFilter, LabelRowMetadata, Platform, Project, SignedUrl};
use agent_platform::labels;
use agent_platform::memory::BytePermit;
use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::connection::Connection;
use super::edit_time::has_distinct_time;
use super::memory_error;
use super::row_locks::RowGuard;
use crate::agent::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};

/// Text from which on reading it is left to a thread of its own, in bytes: other calls are not to wait for it.
const LARGE: usize = 256 * 1024;

/// What a call says about where it works, and the means to work there.
pub(crate) struct Place {
    pub(crate) connection: Arc<Connection>,
    pub(crate) platform: Platform,
    pub(crate) project: Uuid,
    pub(crate) data: Uuid,
}

impl Place {
    pub(crate) fn of(call: &EditorCall) -> Result<Self, AgentError> {
        let payload = call.payload()?;
        let connection = Connection::of(call)?;
        let platform = connection.platform(call);
        Ok(Self { connection, platform, project: payload.project_hash, data: payload.data_hash })
    }
}

/// The project, fresh in every call.
pub(crate) async fn project(call: &EditorCall) -> Result<Arc<Project>, AgentError> {
    call.once(async || {
        let place = Place::of(call)?;
        Ok(place.platform.project(place.project).await?)
    })
    .await
}

struct OntologyOfCall(Arc<Ontology>);

/// The ontology of the project, shared with other calls.
pub(crate) async fn ontology(call: &EditorCall) -> Result<Arc<Ontology>, AgentError> {
    let found = call.once(async || {
        let place = Place::of(call)?;
        let fetch = async || {
            let hash = project(call).await?.ontology_hash.clone();
            let text: Box<str> = place.platform.ontology(&hash).await?.into();
            let parsed = offload(call, text.len(), move || Ontology::parse(text)).await?;
            parsed.map(Arc::new).map_err(|cause| nonsense("the project's ontology").with_cause(cause))
        };
        place.connection.ontologies.of(place.project, fetch).await.map(OntologyOfCall)
    });
    found.await.map(|found| Arc::clone(&found.0))
}

/// The data unit's entry in the listing of label rows.
pub(crate) struct Listed {
    pub(crate) info: Arc<LabelRowMetadata>,
    /// When the row was last edited, if every later save has another time.
    pub(crate) distinct_time: Option<String>,
    /// `true` if the call's agent saves the label row that it is lent.
    saves: bool,
    /// Kept from before the listing on by a call that will save the row; the transaction takes it.
    guard: Mutex<Option<RowGuard>>,
}

impl Listed {
    pub(crate) fn take_guard(&self) -> Option<RowGuard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The data unit as the listing of label rows has it.
pub(crate) async fn listed(call: &EditorCall) -> Result<Arc<Listed>, AgentError> {
    call.once(async || {
        let place = Place::of(call)?;
        let request = &call.definition().label_row;
        let saves = call.definition().needs().saves_label_row();
        let guard = match saves {
            true => Some(place.connection.rows.lock((place.project, place.data, request.branch)).await),
            false => None,
        };
        let info = entry(&place, &request.filter(place.data)).await?;
        // The labels are read after this, so the row is at least as old then.
        let server_time = place.platform.server_time();
        let distinct_time = info.last_edited_at.clone().filter(|edited| has_distinct_time(edited, server_time));
        Ok(Listed { info, distinct_time, saves, guard: Mutex::new(guard) })
    })
    .await
}

async fn entry(place: &Place, filter: &LabelRowFilter) -> Result<Arc<LabelRowMetadata>, AgentError> {
    let rows = place.platform.list_label_rows(place.project, filter).await?;
    let wanted = |row: &LabelRowMetadata| Uuid::parse_str(&row.data_hash).is_ok_and(|data| data == place.data);
    rows.into_iter().find(wanted).map(Arc::new).ok_or_else(|| {
        let message = format!("The project has no data unit {}, or the agent may not see it.", place.data);
        AgentError::new(ErrorStatus::NotFound, message)
    })
}

/// The row that the call's parameters read. Whoever changes it takes it out of the call first, so that it need not be
/// copied; a parameter that asks for it after that reads what was fetched, not what has been changed.
pub(crate) struct FetchedRow {
    pub(crate) listed: Arc<Listed>,
    row: Mutex<Option<Arc<labels::LabelRow>>>,
    /// The memory of a large row, for as long as the call.
    _memory: Option<BytePermit>,
}

impl FetchedRow {
    /// The row; 500 for a parameter that asks for it after it was taken out.
    pub(crate) fn row(&self) -> Result<Arc<labels::LabelRow>, AgentError> {
        let row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        row.clone().ok_or_else(|| {
            AgentError::internal("the label row is being changed: ask for what reads it as a parameter of the agent")
        })
    }

    /// Lets the call's own hold on the row go.
    pub(crate) fn release(&self) {
        self.row.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// The label row with its labels.
///
/// Data without one gets an empty row. An agent that saves the row it is lent has it created on the platform: that is how
/// the platform hands out the row that labels go into. For readers nothing is created.
pub(crate) async fn fetched_row(call: &EditorCall) -> Result<Arc<FetchedRow>, AgentError> {
    call.once(async || {
        let ((listed, labels), ontology) = tokio::try_join!(labels(call), ontology(call))?;
        let memory = match &labels {
            Labels::Text(text) if text.len() >= LARGE => Some(retained(call, text.len())?),
            _ => None,
        };
        let row = match labels {
            Labels::None { entry } => labels::LabelRow::empty(entry.json().get(), ontology),
            Labels::Text(text) => {
                let listing = labels::RowMetadata::parse(listed.info.json().get());
                let read = offload(call, text.len(), move || labels::LabelRow::parse(text, ontology)).await?;
                read.map(|row| row.with_metadata(listing))
            }
        };
        let row = row.map_err(|cause| nonsense("the label row").with_cause(cause))?;
        // Its labels would be saved into a row that nobody has looked at.
        if row.data_hash() != listed.info.data_hash {
            return Err(AgentError::new(ErrorStatus::BadGateway, "The platform sent the label row of other data."));
        }
        Ok(FetchedRow { listed, row: Mutex::new(Some(Arc::new(row))), _memory: memory })
    })
    .await
}

/// Acquires the memory of a large label row: its text, and the index over it. The call may hold other memory, so it does not
/// wait.
fn retained(call: &EditorCall, length: usize) -> Result<BytePermit, AgentError> {
    call.memory().try_acquire(2 * length as u64).map_err(|error| memory_error::refused("the label row", error))
}

/// What the platform has of labels.
enum Labels {
    /// The label row as JSON text.
    Text(Box<str>),
    /// No label row, and none is to be created. The entry of the listing says what an empty one looks like.
    None { entry: Arc<LabelRowMetadata> },
}

async fn labels(call: &EditorCall) -> Result<(Arc<Listed>, Labels), AgentError> {
    let (place, request) = (Place::of(call)?, &call.definition().label_row);
    let listed = listed(call).await?;
    let info = &listed.info;
    let labels = match &info.label_hash {
        Some(hash) => Labels::Text(place.platform.label_row(place.project, hash, &request.read()).await?.into()),
        None if listed.saves => Labels::Text(create(&place.platform, place.project, info).await?.into()),
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
    platform: &Platform,
    project: Uuid,
    info: &LabelRowMetadata,
) -> Result<Box<RawValue>, AgentError> {
    let branch = info.branch_name.as_deref().unwrap_or("main");
    Ok(platform.create_label_row(project, &info.data_hash, branch, SignedUrl::Unwanted).await?)
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
