//! Saving a label row without losing anybody's labels.
//!
//! The platform replaces a row as a whole. A save therefore has four steps: the row is compared with what was read
//! ([`check`]), it is sent until the outcome is known ([`send`]), and after a delay it is read back ([`verify`]). Edits that
//! meet a newer row are rebased on it ([`rebase`]).

mod basis;
mod check;
mod checked;
mod draft;
mod failure;
mod rebase;
mod rebase_error;
mod row_access;
mod send;
mod verify;

use std::sync::Arc;
use std::time::Instant;

use agent_platform::client::LabelRowMetadata;
use agent_platform::labels::LabelRow;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::connection::Connection;
use super::fetch::{self, Place};
use crate::call::EditorCall;
use crate::definition::OnConflict;
use crate::error::AgentError;
use crate::row_locks::RowGuard;
use crate::spans;

use basis::Basis;
use checked::Checked;
use row_access::RowAccess;

/// A changed row, and everything that is needed to save it.
pub(crate) struct Save {
    call: EditorCall,
    access: RowAccess,
    info: Arc<LabelRowMetadata>,
    row: LabelRow,
    basis: Basis,
    connection: Arc<Connection>,
    /// The row lock: held until the save is verified, even if nobody waits for that any more.
    guard: Arc<RowGuard>,
}

/// A save whose row was checked.
pub(crate) struct PreparedSave {
    save: Save,
    checked: Checked,
    /// The step of the call's transactions in which the row was checked.
    step: u32,
}

/// The row after a save: the base of later edits.
pub(crate) enum Saved {
    /// As it was sent. It was not read back.
    Sent(Arc<RawValue>),
    /// As it was read back.
    Read(Box<str>),
}

impl Saved {
    pub(crate) fn into_text(self) -> Box<str> {
        match self {
            Self::Sent(text) => text.get().into(),
            Self::Read(text) => text,
        }
    }
}

impl Save {
    /// Creates the save of the call's label row. Waits for the row lock, unless a transaction of the call holds it.
    ///
    /// # Errors
    /// 500 if saving the row would lose labels, or if it is the row of another data unit.
    pub(crate) async fn new(call: &EditorCall, row: &LabelRow) -> Result<Self, AgentError> {
        let (place, request) = (Place::from_call(call)?, *call.label_row_request());
        if let Some(key) = request.unsavable() {
            let agent = call.agent();
            let message = format!(
                "the label row was read with `{key}`, so saving it would lose labels: remove the key from `{agent}`"
            );
            return Err(AgentError::internal(message));
        }
        let info = Arc::clone(&fetch::listed(call).await?.info);
        if row.data_hash() != info.data_hash {
            let message =
                "only the label row of the call can be saved: save others with `PlatformClient::save_label_row`";
            return Err(AgentError::internal(message));
        }
        let (key, transaction) = (place.row(call), call.row_transaction());
        let guard = match transaction.guard(&key) {
            Some(guard) => guard,
            None => Arc::new(place.connection.rows.lock(key).instrument(spans::row_lock()).await),
        };
        let basis = match transaction.distinct_time(&key) {
            _ if !row.is_on_platform() => Basis::Absent,
            Some(time) => Basis::Edited(time),
            None => Basis::Content,
        };
        let access = RowAccess { platform: place.platform, project: place.project, request };
        let (call, row) = (call.clone(), row.clone());
        Ok(Self { call, access, info, row, basis, connection: place.connection, guard })
    }

    /// Returns the label changes of the save as JSON, for a dry run.
    pub(crate) async fn difference(self) -> Result<String, AgentError> {
        let (row, length) = (self.row.clone(), self.row.original_json().len());
        let write = move || {
            let base = row.original().map_err(AgentError::internal)?;
            serde_json::to_string(&row.difference_from(&base)).map_err(AgentError::internal)
        };
        fetch::offload(&self.call, length, write).await?
    }

    /// Checks that the row can be saved. Writes nothing, except that a row that is not on the platform is created.
    pub(crate) async fn prepare(self) -> Result<PreparedSave, AgentError> {
        let checked = self.check(self.draft().await?).await?;
        let step = self.call.step();
        Ok(PreparedSave { save: self, checked, step })
    }
}

impl PreparedSave {
    /// Saves the row and verifies that the edits are in it. Checks the row again first if another transaction of the call was
    /// prepared or committed since it was checked.
    ///
    /// The save is carried out to its end even if the caller goes away, so that no other agent of this process reads a row
    /// that is about to change. Once the platform has acknowledged it, the call does not wait for the verification beyond its
    /// deadline; the verification goes on.
    pub(crate) async fn commit(self) -> Result<Saved, AgentError> {
        let Self { save, mut checked, step } = self;
        let call = save.call.clone();
        if call.step() > step + 1 {
            checked = save.check(checked.draft).await?;
        }
        let _committing = call.commit();
        let (acknowledge, acknowledged) = oneshot::channel();
        let mut saving = tokio::spawn(save.carry_out(checked, acknowledge).in_current_span());
        tokio::select! {
            biased;
            done = &mut saving => done?,
            sent = unverified_at(call.deadline(), acknowledged) => Ok(Saved::Sent(sent)),
        }
    }
}

impl Save {
    async fn carry_out(
        self,
        Checked { draft, asked }: Checked,
        acknowledge: oneshot::Sender<Arc<RawValue>>,
    ) -> Result<Saved, AgentError> {
        // The call counts as running until the row is saved and verified.
        let _permit = self.call.guard();
        self.send(&draft).await?;
        self.call.save_counts().saves.add_one();
        // Nobody listens any more if the caller has gone away.
        let _ = acknowledge.send(Arc::clone(&draft.text));
        let saved = self.verify(draft, asked.elapsed()).instrument(spans::verification()).await;
        drop(self.guard);
        saved
    }

    /// Returns whether edits are rebased on a row that somebody else saved meanwhile.
    fn merges(&self) -> bool {
        self.call.definition().on_conflict == OnConflict::Merge
    }
}

/// Returns the row as it was sent, once it is acknowledged and the deadline is over.
async fn unverified_at(deadline: Option<Instant>, acknowledged: oneshot::Receiver<Arc<RawValue>>) -> Arc<RawValue> {
    if let (Ok(sent), Some(deadline)) = (acknowledged.await, deadline) {
        tokio::time::sleep_until(deadline.into()).await;
        return sent;
    }
    std::future::pending().await
}
