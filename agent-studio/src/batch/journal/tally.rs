//! Totals of a run.

use super::records::{Done, Outcome};
use crate::batch::change_counts::ChangeCounts;

/// Totals of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) changed: usize,
    pub(crate) unchanged: usize,
    pub(crate) skipped: usize,
    pub(crate) failed: usize,
    pub(crate) recovered: usize,
    /// Number of responses.
    pub(crate) calls: u64,
    pub(crate) changes: ChangeCounts,
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
    pub(crate) fn units(&self) -> usize {
        self.changed + self.unchanged + self.skipped + self.failed + self.recovered
    }
}
