//! Totals of a run.

use super::records::{Done, Outcome};
use crate::change_counts::ChangeCounts;

/// Totals of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Data units whose labels changed.
    pub changed: usize,
    /// Data units without a change.
    pub unchanged: usize,
    /// Data units for which the agent was not called.
    pub skipped: usize,
    /// Data units whose call failed.
    pub failed: usize,
    /// Data units whose call was interrupted, and whose labels have changed since.
    pub recovered: usize,
    /// Number of responses.
    pub calls: u64,
    /// Changed labels.
    pub changes: ChangeCounts,
}

impl Tally {
    /// Adds the result of a data unit.
    pub(crate) fn add(&mut self, done: &Done) {
        *match done.outcome {
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
            Outcome::Recovered => &mut self.recovered,
        } += 1;
        self.calls += done.calls;
        self.changes += done.changes;
    }

    /// Returns the number of data units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.changed + self.unchanged + self.skipped + self.failed + self.recovered
    }
}
