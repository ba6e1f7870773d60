//! The totals of a run.

use std::path::Path;

use agent_batch::Finished;

use crate::cli::table::Table;
use crate::cli::terminal::{BAD, NOTE, styled};

/// Returns the totals of a run.
pub(super) fn summary(finished: &Finished, units: usize, journal: &Path) -> Table {
    let tally = &finished.tally;
    let mut table = Table::default();
    table.section("Data units");
    let mut count = |name: &str, number: usize| {
        if number > 0 {
            table.row(name, number.to_string());
        }
    };
    count("changed", tally.changed);
    count("unchanged", tally.unchanged);
    count("skipped", tally.skipped);
    if tally.recovered > 0 {
        let text = format!("{}: interrupted, and changed since; not called again", tally.recovered);
        table.row("recovered", styled(NOTE, text));
    }
    if tally.failed > 0 {
        table.row("failed", styled(BAD, tally.failed));
    }
    let left = units.saturating_sub(tally.units());
    if left > 0 {
        table.row("left", left.to_string());
    }
    table.section("Labels");
    for (name, counts) in [("objects", tally.changes.objects), ("classifications", tally.changes.classifications)] {
        table.row(name, format!("{} added, {} changed, {} removed", counts.added, counts.changed, counts.removed));
    }
    table.section("Run");
    table.row("calls", tally.calls.to_string());
    table.row("journal", journal.display().to_string());
    if left > 0 {
        table.row("continue", format!("agent-studio run --resume '{}'", journal.display()));
    } else if tally.failed > 0 {
        table.row("repeat", format!("agent-studio run --resume '{}' --retry-failed", journal.display()));
    }
    table
}
