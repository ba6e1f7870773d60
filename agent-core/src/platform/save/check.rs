//! The check before a save: whether the row on the platform is still the one that was edited.

use std::time::Instant;

use agent_platform::labels::same_labels;

use super::Save;
use super::basis::Basis;
use super::checked::Checked;
use super::draft::Draft;
use super::failure::{conflict, overlap};
use crate::error::AgentError;
use crate::platform::fetch;

impl Save {
    /// Checks that nobody else has saved the row since it was read; where edits are merged, rebases them on the newer row.
    ///
    /// Takes one request if nobody has.
    pub(crate) async fn check(&self, draft: Draft) -> Result<Checked, AgentError> {
        let asked = Instant::now();
        let Some(newer) = self.newer(&draft).await? else { return Ok(Checked { draft, asked }) };
        if !self.merges() {
            return Err(conflict(&self.call));
        }
        self.rebase(&draft, newer, asked).await.map_err(|error| overlap(error, &self.call))
    }

    /// Returns the row on the platform, if somebody else has changed its labels since it was read.
    async fn newer(&self, draft: &Draft) -> Result<Option<Box<str>>, AgentError> {
        match &self.basis {
            Basis::Edited(then) => {
                if self.access.last_edited_at(&draft.label_hash).await?.as_ref() == Some(then) {
                    return Ok(None);
                }
            }
            Basis::Content => {}
            // It was without labels when it was created: they could not have been put into it otherwise.
            Basis::Absent => return Ok(None),
        }
        let stored = self.access.read(&draft.label_hash).await?;
        let row = draft.row.clone();
        fetch::offload(&self.call, stored.len(), move || (!same_labels(&stored, row.original_json())).then_some(stored))
            .await
    }
}
