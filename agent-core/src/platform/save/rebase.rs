//! Edits and newer rows: whether the edits are in them, and how they get there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_platform::labels::{LabelRow, Presence, RowError, same_labels};

use super::Save;
use super::checked::Checked;
use super::draft::Draft;
use super::rebase_error::RebaseError;
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::platform::fetch;

/// Age of a row up to which it is saved without another look, besides the time that requests take.
const MAX_AGE: Duration = Duration::from_millis(10);

/// Maximum number of newer rows that are met one after the other, each while edits are being merged into the one before.
const MAX_MERGES: usize = 10;

impl Save {
    /// Rebases the edits of a draft on a newer row. The row is looked at again if that took a while.
    pub(crate) async fn rebase(
        &self,
        draft: &Draft,
        mut newer: Box<str>,
        mut asked: Instant,
    ) -> Result<Checked, RebaseError> {
        for _ in 0..MAX_MERGES {
            let answered = Instant::now();
            let draft = merged(&self.call, draft, newer).await?;
            self.call.save_counts().merges.add_one();
            if answered.elapsed() <= MAX_AGE {
                return Ok(Checked { draft, asked });
            }
            asked = Instant::now();
            newer = self.access.read(&draft.label_hash).await?;
            if same_labels(&newer, draft.base()) {
                return Ok(Checked { draft, asked });
            }
        }
        Err(RebaseError::Busy)
    }
}

/// Merges the edits of a draft into a newer row.
async fn merged(call: &EditorCall, draft: &Draft, newer: Box<str>) -> Result<Draft, RebaseError> {
    let row = draft.row.clone();
    let work = move || {
        let theirs = LabelRow::parse(newer, Arc::clone(row.ontology()))?;
        Ok(Draft::new(LabelRow::merge(&row.original()?, &row, &theirs)?)?)
    };
    fetch::offload(call, draft.base().len(), work).await.map_err(RebaseError::Work)?
}

/// Returns whether the edits of a draft are in a row, and the row again.
pub(crate) async fn presence(
    call: &EditorCall,
    draft: &Draft,
    stored: Box<str>,
) -> Result<(Presence, Box<str>), AgentError> {
    let (row, sent) = (draft.row.clone(), Arc::clone(&draft.text));
    let work = move || {
        if same_labels(sent.get(), &stored) {
            return Ok((Presence::Present, stored));
        }
        let found = LabelRow::parse(&*stored, Arc::clone(row.ontology()))?;
        let presence = row.difference_from(&row.original()?).presence_in(&found);
        Ok::<_, RowError>((presence, stored))
    };
    Ok(fetch::offload(call, draft.base().len(), work).await??)
}
