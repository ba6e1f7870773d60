//! Sending a row until it is known whether the platform has it.

use std::sync::Arc;
use std::time::Duration;

use agent_platform::labels::{Presence, same_labels};

use super::Save;
use super::draft::Draft;
use super::failure::unconfirmed;
use super::rebase::presence;
use super::row_access::RowAccess;
use crate::call::{EditorCall, SaveOutcome, SentSave};
use crate::error::AgentError;

/// Maximum number of requests for a save whose responses are lost, though the row shows each time that nothing was saved.
const MAX_TRIES: u32 = 3;

/// Delay before a row is read whose save was not acknowledged: the platform may still be saving it.
const SETTLING_TIME: Duration = Duration::from_millis(250);

impl Save {
    /// Sends the row. After a lost response the row is read before anything is repeated, so that no save takes effect twice.
    pub(crate) async fn send(&self, draft: &Draft) -> Result<(), AgentError> {
        self.call.remember_save(|| sent_save(self.access.clone(), draft.clone()));
        let mut tries = 0;
        loop {
            let Err(error) = self.access.replace(&draft.label_hash, &draft.text).await else { return Ok(()) };
            if !error.may_have_acted() {
                return Err(error.into());
            }
            tries += 1;
            tokio::time::sleep(SETTLING_TIME).await;
            let stored = self.access.read(&draft.label_hash).await;
            let stored = stored.map_err(|again| unconfirmed(&error).with_cause(again))?;
            let is_old = same_labels(&stored, draft.base());
            if presence(&self.call, draft, stored).await?.0 == Presence::Present {
                return Ok(());
            }
            if !is_old {
                return Err(unconfirmed(&error).with_cause(error));
            }
            if tries == MAX_TRIES {
                return Err(error.into());
            }
        }
    }
}

/// Returns the lookup of a save: whether the row on the platform has the edits of the draft.
fn sent_save(access: RowAccess, draft: Draft) -> SentSave {
    let sent = Arc::new((access, draft));
    Arc::new(move |call: &EditorCall| {
        let sent = Arc::clone(&sent);
        Box::pin(async move {
            let (access, draft) = &*sent;
            let stored = access.read(&draft.label_hash).await?;
            let is_old = same_labels(&stored, draft.base());
            Ok(match presence(call, draft, stored).await?.0 {
                Presence::Present => SaveOutcome::Saved,
                _ if is_old => SaveOutcome::Unsaved,
                _ => SaveOutcome::Unclear,
            })
        })
    })
}
