//! The read-back after a save: whether somebody else's save has replaced the row, unseen by either.

use std::sync::Arc;
use std::time::Duration;

use agent_platform::labels::Presence;

use super::draft::Draft;
use super::failure::replaced;
use super::rebase::presence;
use super::{Save, Saved};
use crate::error::AgentError;
use crate::platform::connection::Connection;

/// Maximum number of times that edits are saved again because somebody else's save has replaced them.
const MAX_REPAIRS: u32 = 8;

impl Save {
    /// Verifies an acknowledged save, and saves edits again that somebody else's save has replaced.
    ///
    /// `gap` is the time from the request that checked the row to the acknowledgement.
    ///
    /// A row that cannot be read back counts as saved: the platform has acknowledged it.
    ///
    /// # Errors
    /// 409 if the edits were replaced, and cannot be put back.
    pub(crate) async fn verify(&self, mut draft: Draft, mut gap: Duration) -> Result<Saved, AgentError> {
        let mut repairs = 0;
        let Connection { save_verification, recent_gaps, .. } = &*self.connection;
        while let Some(delay) = save_verification.delay(recent_gaps.longest_with(gap)) {
            tokio::time::sleep(delay).await;
            let asked = std::time::Instant::now();
            let found = match self.read_back(&draft).await {
                Ok(found) => found,
                Err(error) => {
                    self.call.save_counts().unread.add_one();
                    let (agent, trace) = (self.call.agent(), self.call.trace().id().as_str());
                    tracing::warn!(agent, trace, cause = ?error, "a saved label row was not read back");
                    break;
                }
            };
            let (Presence::Missing, newer) = found else { return Ok(Saved::Read(found.1)) };
            self.call.save_counts().overwritten.add_one();
            if repairs == MAX_REPAIRS {
                return Err(replaced());
            }
            repairs += 1;
            let (agent, trace) = (self.call.agent(), self.call.trace().id().as_str());
            tracing::warn!(
                agent,
                trace,
                repairs,
                "another save replaced the labels of the agent; they are saved again"
            );
            let checked = self.rebase(&draft, newer, asked).await.map_err(|error| replaced().with_cause(error))?;
            draft = checked.draft;
            // Whatever keeps the edits from being put back, they are not on the platform.
            self.send(&draft).await.map_err(|error| replaced().with_cause(format!("{error:?}")))?;
            gap = checked.asked.elapsed();
        }
        Ok(Saved::Sent(Arc::clone(&draft.text)))
    }

    async fn read_back(&self, draft: &Draft) -> Result<(Presence, Box<str>), AgentError> {
        presence(&self.call, draft, self.access.read(&draft.label_hash).await?).await
    }
}
