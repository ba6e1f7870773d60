//! Saving a label row without losing anybody's labels.
//!
//! The platform replaces a row as a whole, so before a row is saved it is compared with what was read, and after a save
//! whose answer was lost the row is read before anything is repeated.

use std::sync::Arc;
use std::time::Duration;

use agent_platform::client::{Error, LabelRowFilter, LabelRowMetadata, LabelRowToSave, Platform, ReadLabels};
use agent_platform::labels::{self, TransferError, same_labels};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::fetch;
use super::label_row_request::LabelRowRequest;
use super::row_locks::RowGuard;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};

/// How often a save is sent whose answers are lost, though each time the row shows that nothing was saved.
const TRIES: u32 = 3;

/// Before a row is read whose save was not answered: the platform may still be at it.
const A_MOMENT: Duration = Duration::from_millis(250);

/// What the row on the platform was when it was read.
#[derive(Debug, Clone)]
pub(super) enum Basis {
    /// Last edited at this time, as the listing says.
    Edited(Option<String>),
    /// Just created, and so without labels.
    Created,
    /// Not there.
    Absent,
}

/// A changed row, and all that is needed to save it.
pub(super) struct Save {
    pub(super) call: EditorCall,
    pub(super) platform: Platform,
    pub(super) project: Uuid,
    pub(super) request: &'static LabelRowRequest,
    pub(super) info: Arc<LabelRowMetadata>,
    pub(super) row: Arc<labels::LabelRow>,
    pub(super) basis: Basis,
    /// The turn to change the row: kept until the platform has answered, even if nobody waits for that any more.
    pub(super) guard: Arc<RowGuard>,
}

/// A row as it is sent.
pub(super) struct Written {
    label_hash: String,
    pub(super) text: Box<RawValue>,
    /// The row before the agent changed it is this one's original.
    row: Arc<labels::LabelRow>,
}

impl Save {
    /// Saves the row, if it is as it was read.
    pub(super) async fn run(&self) -> Result<Written, AgentError> {
        let written = match self.basis {
            Basis::Edited(_) | Basis::Created => written(Arc::clone(&self.row)).await?,
            Basis::Absent => self.written_into_a_created_row().await?,
        };
        if !self.is_as_it_was_read(&written).await? {
            return Err(conflict());
        }
        // From here on the platform may be writing. Whoever waits for the answer may go away: the save is finished, so that
        // no other agent of this process reads a row that is about to change.
        let _committing = self.call.commit();
        let sending = send(self.platform.clone(), self.project, written, Arc::clone(&self.guard));
        let saved = tokio::spawn(sending).await??;
        self.call.saved();
        Ok(saved)
    }

    /// What the row on the platform is after it was saved.
    pub(super) async fn basis_after(&self, saved: &Written) -> Result<Basis, AgentError> {
        let now = self.listing(&saved.label_hash).await?;
        Ok(Basis::Edited(now.and_then(|row| row.last_edited_at)))
    }

    /// Creates the row, and puts the labels into it.
    async fn written_into_a_created_row(&self) -> Result<Written, AgentError> {
        let created = fetch::create(&self.platform, self.project, &self.info).await?;
        let created = labels::LabelRow::parse(Box::<str>::from(created), Arc::clone(self.row.ontology()));
        let row = created.map_err(AgentError::internal)?;
        let filled = row.with_labels_of(&self.row).map_err(|cause| match cause {
            TransferError::LabelledMeanwhile => conflict().with_cause(cause),
            other => AgentError::internal(other),
        })?;
        written(Arc::new(filled)).await
    }

    async fn is_as_it_was_read(&self, written: &Written) -> Result<bool, AgentError> {
        match &self.basis {
            Basis::Edited(then) => {
                let now = self.listing(&written.label_hash).await?;
                Ok(now.is_some_and(|now| now.last_edited_at == *then))
            }
            Basis::Created => {
                let whole = ReadLabels::default();
                let stored = self.platform.label_row(self.project, &written.label_hash, &whole).await?;
                Ok(same_labels(stored.get(), written.row.original_json()))
            }
            // The row that was created is without labels: they could not have been put into it otherwise.
            Basis::Absent => Ok(true),
        }
    }

    /// The row's entry in the listing, with no more than it takes to see when it was last edited.
    async fn listing(&self, label_hash: &str) -> Result<Option<LabelRowMetadata>, AgentError> {
        let filter = LabelRowFilter {
            include_workflow_graph_node: false,
            include_children: self.request.children,
            branch_name: self.request.branch.map(ToOwned::to_owned),
            ..LabelRowFilter::default()
        };
        let rows = self.platform.list_label_rows(self.project, &filter.label_hashes([label_hash])).await?;
        Ok(rows.into_iter().find(|row| row.label_hash.as_deref() == Some(label_hash)))
    }
}

/// The row as it is sent. Making a large text takes a thread of its own.
async fn written(row: Arc<labels::LabelRow>) -> Result<Written, AgentError> {
    let made = fetch::apart(row.original_json().len(), move || {
        let text = RawValue::from_string(row.to_json())?;
        serde_json::Result::Ok(Written { label_hash: row.label_hash().into_owned(), text, row })
    });
    Ok(made.await??)
}

/// Sends the row until it is known whether the platform has it.
async fn send(
    platform: Platform,
    project: Uuid,
    written: Written,
    _guard: Arc<RowGuard>,
) -> Result<Written, AgentError> {
    let mut tries = 0;
    loop {
        let row = LabelRowToSave { label_hash: &written.label_hash, row: &written.text };
        let Err(error) = platform.save_label_row(project, row, false).await else { return Ok(written) };
        if !error.may_have_acted() {
            return Err(error.into());
        }
        tries += 1;
        tokio::time::sleep(A_MOMENT).await;
        let stored = platform.label_row(project, &written.label_hash, &ReadLabels::default()).await;
        let stored = stored.map_err(|again| unknown(&error).with_cause(again))?;
        if same_labels(stored.get(), written.text.get()) {
            return Ok(written);
        }
        if !same_labels(stored.get(), written.row.original_json()) {
            return Err(unknown(&error).with_cause(error));
        }
        if tries == TRIES {
            return Err(error.into());
        }
    }
}

/// Somebody else saved the row meanwhile, and nothing has been written.
fn conflict() -> AgentError {
    let message = "Somebody else saved these labels while the agent was at work, so the agent changed nothing. \
                   Reload the task and run the agent again.";
    AgentError::new(ErrorStatus::Conflict, message).repeatable()
}

/// The save was not answered, and the row does not tell whether it was done.
fn unknown(error: &Error) -> AgentError {
    let status = match error {
        Error::Timeout(_) => ErrorStatus::GatewayTimeout,
        _ => ErrorStatus::BadGateway,
    };
    let message =
        "The platform did not confirm that the labels were saved. Reload the task to see whether they are there.";
    AgentError::new(status, message)
}
