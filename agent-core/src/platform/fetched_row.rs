//! The label row of a call, fetched once for all parameters.

use std::sync::Arc;

use agent_platform::client::{DataType, LabelRowFilter, LabelRowMetadata};
use agent_platform::labels::{LabelRow, RowError, RowMetadata};
use agent_platform::memory::BytePermit;
use agent_platform::ontology::Ontology;

use super::fetch::{LARGE, Listed, Place, create, entry, listed_with_row, nonsense, offload, ontology};
use super::memory_error;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};
use crate::spans;

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
    call.of_task()
        .once(async || {
            let ((listed, labels), ontology) = tokio::try_join!(labels(call), ontology(call))?;
            let (row, memory) = match labels {
                Labels::None { entry } => (LabelRow::empty(entry.json().get(), ontology).map_err(malformed)?, None),
                Labels::Text { text, guessed } => on_platform(call, &listed, text, guessed, &ontology).await?,
            };
            // Its labels would be saved into a row that nobody has looked at.
            if row.data_hash() != listed.info.data_hash {
                return Err(AgentError::new(ErrorStatus::BadGateway, "The platform sent the label row of other data."));
            }
            remember(call, &listed.info, &row)?;
            Ok(FetchedRow { row, _memory: memory })
        })
        .await
}

/// Parses the label row. For a saving call a guessed row that was read before the listing is read again if it may have changed in
/// between: the check before the save compares with the listing.
async fn on_platform(
    call: &EditorCall,
    listed: &Listed,
    text: Box<str>,
    guessed: bool,
    ontology: &Arc<Ontology>,
) -> Result<(LabelRow, Option<BytePermit>), AgentError> {
    let parsed = parsed(call, listed, text, ontology).await?;
    if !(guessed && listed.saves) || has_time_of_listing(&parsed.0, &listed.info) {
        return Ok(parsed);
    }
    drop(parsed);
    let text = read(call, &listed.info).await?;
    self::parsed(call, listed, text.unwrap_or_default(), ontology).await
}

async fn parsed(
    call: &EditorCall,
    listed: &Listed,
    text: Box<str>,
    ontology: &Arc<Ontology>,
) -> Result<(LabelRow, Option<BytePermit>), AgentError> {
    let memory = if text.len() >= LARGE { Some(retained(call, text.len())?) } else { None };
    let (listing, ontology) = (RowMetadata::parse(listed.info.json().get()), Arc::clone(ontology));
    let length = text.len();
    let parse = move || spans::row_parsing(length).in_scope(|| LabelRow::parse(text, ontology));
    let row = offload(call, length, parse).await?.map_err(malformed)?;
    Ok((row.with_metadata(listing), memory))
}

/// Acquires the memory of a large label row: its text, and the index over it. The call may hold other memory, so it does not
/// wait.
fn retained(call: &EditorCall, length: usize) -> Result<BytePermit, AgentError> {
    call.memory().try_acquire(2 * length as u64).map_err(|error| memory_error::refused("the label row", error))
}

fn malformed(cause: RowError) -> AgentError {
    nonsense("the label row").with_cause(cause)
}

/// Returns `true` if the row and the listing have the same text as the time of the last change.
fn has_time_of_listing(row: &LabelRow, listing: &LabelRowMetadata) -> bool {
    let time = row.member_json("last_edited_at").and_then(|text| serde_json::from_str::<String>(&text).ok());
    time.is_some() && time == listing.last_edited_at
}

/// Remembers the row for later calls.
fn remember(call: &EditorCall, listing: &LabelRowMetadata, row: &LabelRow) -> Result<(), AgentError> {
    if row.is_on_platform() {
        let place = Place::from_call(call)?;
        let times_agree = has_time_of_listing(row, listing);
        place.connection.lookups.update(place.row(call), |lookup| {
            (lookup.label_hash, lookup.times_agree) = (Some(row.label_hash()), times_agree);
        });
    }
    Ok(())
}

/// The labels of a data unit on the platform.
enum Labels {
    /// The label row as JSON text.
    Text {
        text: Box<str>,
        /// `true` if the row was requested at the same time as the listing.
        guessed: bool,
    },
    /// No label row. None is created; the listing entry describes the empty row.
    None { entry: Arc<LabelRowMetadata> },
}

async fn labels(call: &EditorCall) -> Result<(Arc<Listed>, Labels), AgentError> {
    let (listed, guess) = listed_with_row(call).await?;
    if let Some(row) = guess {
        return Ok((listed, Labels::Text { text: row.into(), guessed: true }));
    }
    let info = &listed.info;
    if let Some(text) = read(call, info).await? {
        return Ok((listed, Labels::Text { text, guessed: false }));
    }
    let (place, request) = (Place::from_call(call)?, call.label_row_request());
    let labels = match &info.data_type {
        _ if listed.saves && !call.is_dry_run() => {
            let text = create(&place.platform, place.project, info).await?.into();
            Labels::Text { text, guessed: false }
        }
        // Of the images of a group the listing says nothing unless asked. Nearly all groups have labels, so it is asked late.
        DataType::ImageGroup if !request.images_data => {
            let filter = LabelRowFilter { include_images_data: true, ..request.filter(place.data) };
            let entry = entry(&place, &filter).await?;
            Labels::None { entry }
        }
        _ => Labels::None { entry: Arc::clone(info) },
    };
    Ok((listed, labels))
}

/// Requests the label row of a listing's entry. `None` if there is no label row.
async fn read(call: &EditorCall, info: &LabelRowMetadata) -> Result<Option<Box<str>>, AgentError> {
    let Some(hash) = &info.label_hash else { return Ok(None) };
    let place = Place::from_call(call)?;
    let row = place.platform.label_row(place.project, hash, &call.label_row_request().read()).await?;
    Ok(Some(row.into()))
}
