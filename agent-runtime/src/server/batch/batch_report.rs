//! The report of a run.

use std::fmt;
use std::path::PathBuf;

use agent_batch::{Counts, Tally};

/// The totals of a run over a project. The journal has the result of each data unit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BatchReport {
    /// The data units by outcome, and the label changes.
    pub tally: Tally,
    /// `true` if the run was stopped before its end.
    pub is_stopped: bool,
    /// Number of data units that were interrupted, and whose labels could not be read. They stay open.
    pub left_open: usize,
    /// Number of data units of the run.
    pub units: usize,
    /// The journal.
    pub journal: PathBuf,
}

impl BatchReport {
    /// Returns the number of data units that failed or stay open.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.tally.failed + self.left_open
    }
}

impl fmt::Display for BatchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { changed, unchanged, skipped, failed, recovered, calls, changes, .. } = self.tally;
        writeln!(f, "data units       {changed} changed, {unchanged} unchanged, {skipped} skipped, {failed} failed")?;
        if recovered > 0 {
            writeln!(f, "                 {recovered} interrupted, and changed since; not called again")?;
        }
        let left = self.units.saturating_sub(self.tally.units());
        if left > 0 {
            writeln!(f, "                 {left} left")?;
        }
        for (name, Counts { added, changed, removed }) in
            [("objects", changes.objects), ("classifications", changes.classifications)]
        {
            writeln!(f, "{name:<16} {added} added, {changed} changed, {removed} removed")?;
        }
        writeln!(f, "calls            {calls}")?;
        write!(f, "journal          {}", self.journal.display())
    }
}
