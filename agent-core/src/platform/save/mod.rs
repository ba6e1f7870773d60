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
use agent_platform::labels;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::connection::Connection;
use super::row_locks::RowGuard;
use crate::agent::OnConflict;
use crate::agent::call::EditorCall;
use crate::error::AgentError;

pub(crate) use basis::Basis;
pub(crate) use row_access::RowAccess;

use checked::Checked;

/// A changed row, and everything that is needed to save it.
pub(crate) struct Save {
    pub(crate) call: EditorCall,
    pub(crate) access: RowAccess,
    pub(crate) info: Arc<LabelRowMetadata>,
    pub(crate) row: Arc<labels::LabelRow>,
    pub(crate) basis: Basis,
    pub(crate) connection: Arc<Connection>,
    /// The row lock: held until the save is verified, even if nobody waits for that any more.
    pub(crate) guard: Arc<RowGuard>,
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
    /// Saves the row and verifies that the edits are in it.
    ///
    /// The save is carried out to its end even if the caller goes away, so that no other agent of this process reads a row
    /// that is about to change. Once the platform has acknowledged it, the call does not wait for the verification beyond its
    /// deadline; the verification goes on.
    pub(crate) async fn run(self) -> Result<Saved, AgentError> {
        let draft = self.draft().await?;
        let checked = self.check(draft).await?;
        let call = self.call.clone();
        let _committing = call.commit();
        let (acknowledge, acknowledged) = oneshot::channel();
        let mut saving = tokio::spawn(self.carry_out(checked, acknowledge));
        tokio::select! {
            biased;
            done = &mut saving => done?,
            sent = unverified_at(call.deadline(), acknowledged) => Ok(Saved::Sent(sent)),
        }
    }

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
        let saved = self.verify(draft, asked.elapsed()).await;
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
