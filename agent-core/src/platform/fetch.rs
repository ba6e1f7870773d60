//! Values that the parameters of one call share. Each is fetched once, for the first parameter that needs it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use agent_platform::client::{LabelRowFilter, LabelRowMetadata, PlatformClient, Project, SignedUrl, StorageItem};
use agent_platform::hash::{DataHash, LabelHash, ProjectHash};
use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;
use tracing::Instrument;

use super::connection::Connection;
use super::edit_time::has_distinct_time;
use super::lookups::Lookup;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};
use crate::row_locks::RowKey;
use crate::spans;

/// Text from which on reading it is left to a thread of its own, in bytes: other calls are not to wait for it.
pub(super) const LARGE: usize = 256 * 1024;

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
        (self.project, self.data, call.label_row_request().branch)
    }
}

/// The project, fresh in every call.
pub(crate) async fn project(call: &EditorCall) -> Result<Arc<Project>, AgentError> {
    call.of_task()
        .once(async || {
            let place = Place::from_call(call)?;
            Ok(place.platform.project(place.project).await?)
        })
        .await
}

struct OntologyOfCall(Arc<Ontology>);

/// The ontology of the project, shared with other calls.
pub(crate) async fn ontology(call: &EditorCall) -> Result<Arc<Ontology>, AgentError> {
    let found = call.of_task().once(async || {
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

/// The beginning of a call's requests about its data unit.
pub(super) struct Begun {
    /// `true` if the agent of the call has a transaction on the label row.
    saves: bool,
    /// The label row and the storage item that an earlier call has found.
    pub(super) lookup: Lookup,
    /// The platform's time before the requests.
    server_time: Option<SystemTime>,
}

impl Begun {
    /// Returns the label row to request together with the listing. A saving call needs the row's own time to see that the row is
    /// as new as the listing.
    fn label_hash(&self) -> Option<&LabelHash> {
        self.lookup.label_hash.as_ref().filter(|_| self.lookup.times_agree || !self.saves)
    }
}

/// Begins the requests about the data unit. A call with a transaction on the label row locks it first.
pub(super) async fn begun(call: &EditorCall) -> Result<Arc<Begun>, AgentError> {
    call.of_task()
        .once(async || {
            let place = Place::from_call(call)?;
            let (key, transaction) = (place.row(call), call.row_transaction());
            let saves = transaction.is_announced();
            if saves {
                transaction.open(key, place.connection.rows.lock(key).instrument(spans::row_lock()).await);
            }
            let lookup = place.connection.lookups.get(&key);
            Ok(Begun { saves, lookup, server_time: place.platform.server_time() })
        })
        .await
}

/// The data unit's entry in the listing of label rows.
pub(crate) struct Listed {
    pub(crate) info: Arc<LabelRowMetadata>,
    /// `true` if the agent of the call has a transaction on the label row.
    pub(super) saves: bool,
}

/// Requests the data unit's entry in the listing of label rows. A call with a transaction on the row locks it first.
pub(crate) async fn listed(call: &EditorCall) -> Result<Arc<Listed>, AgentError> {
    call.of_task()
        .once(async || {
            let (place, begun) = (Place::from_call(call)?, begun(call).await?);
            let info = entry(&place, &call.label_row_request().filter(place.data)).await?;
            if begun.saves {
                // The labels are read after this time, so the row is at least as old then.
                let server_time = match begun.label_hash() {
                    Some(_) => begun.server_time,
                    None => place.platform.server_time(),
                };
                let distinct_time = info.last_edited_at.clone().filter(|edited| has_distinct_time(edited, server_time));
                call.row_transaction().set_distinct_time(distinct_time);
            }
            place.connection.lookups.update(place.row(call), |lookup| {
                if lookup.label_hash != info.label_hash {
                    (lookup.label_hash, lookup.times_agree) = (info.label_hash.clone(), false);
                }
                if lookup.item != info.backing_item_uuid {
                    (lookup.item, lookup.folder_of_children) = (info.backing_item_uuid, None);
                }
            });
            Ok(Listed { info, saves: begun.saves })
        })
        .await
}

/// Requests the listing, and concurrently `guess`. Returns the response to the guess only if it fits the listing; otherwise the
/// request is cancelled.
async fn listed_with<T>(
    call: &EditorCall,
    guess: impl Future<Output = T>,
    fits: impl FnOnce(&LabelRowMetadata) -> bool,
) -> Result<(Arc<Listed>, Option<T>), AgentError> {
    let (mut listing, mut guess) = (pin!(listed(call)), pin!(guess));
    let mut early = None;
    let listed = loop {
        tokio::select! {
            biased;
            listed = &mut listing => break listed?,
            response = &mut guess, if early.is_none() => early = Some(response),
        }
    };
    if !fits(&listed.info) {
        return Ok((listed, None));
    }
    let response = match early {
        Some(response) => response,
        None => guess.await,
    };
    Ok((listed, Some(response)))
}

/// Requests the label row that an earlier call has found, concurrently with the listing. Returns no row if there is none to guess, or
/// if the listing names another one.
pub(super) async fn listed_with_row(call: &EditorCall) -> Result<(Arc<Listed>, Option<Box<RawValue>>), AgentError> {
    let (place, begun) = (Place::from_call(call)?, begun(call).await?);
    let Some(hash) = begun.label_hash() else { return Ok((listed(call).await?, None)) };
    let read = call.label_row_request().read();
    let guess = place.platform.label_row(place.project, hash, &read);
    let (listed, row) = listed_with(call, guess, |info| info.label_hash.as_ref() == Some(hash)).await?;
    Ok((listed, row.transpose()?))
}

/// Requests the storage item behind the data unit, with its signed URL.
pub(crate) async fn storage_item(call: &EditorCall) -> Result<Arc<StorageItem>, AgentError> {
    call.of_task()
        .once(async || {
            let (place, begun) = (Place::from_call(call)?, begun(call).await?);
            let request = |item| place.platform.storage_item(item, SignedUrl::Wanted);
            let (listed, guessed) = match begun.lookup.item {
                Some(item) => listed_with(call, request(item), |info| info.backing_item_uuid == Some(item)).await?,
                None => (listed(call).await?, None),
            };
            let missing = || AgentError::absent("The data unit has no storage item.");
            let item = listed.info.backing_item_uuid.ok_or_else(missing)?;
            match guessed {
                Some(response) => Ok(response?),
                None => Ok(request(item).await?),
            }
        })
        .await
}

pub(super) async fn entry(place: &Place, filter: &LabelRowFilter) -> Result<Arc<LabelRowMetadata>, AgentError> {
    let rows = place.platform.list_label_rows(place.project, filter).await?;
    let wanted = |row: &LabelRowMetadata| place.data == row.data_hash.as_str();
    rows.into_iter().find(wanted).map(Arc::new).ok_or_else(|| {
        let message = format!("The project has no data unit {}, or the agent may not see it.", place.data);
        AgentError::absent(message)
    })
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

/// Creates the error of a response that cannot be read.
pub(super) fn nonsense(what: &str) -> AgentError {
    AgentError::new(ErrorStatus::BadGateway, format!("The platform sent {what} in a form that cannot be read."))
}
