//! Reports of a run.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::html::HtmlReport;
use crate::batch::{Done, Finished, Journal, JournalReader, Record};
use crate::cli::failure::Failure;
use crate::cli::table::Table;
use crate::cli::terminal::{BAD, NOTE, styled};

/// Checks that the format of a report can be told from its name.
pub(super) fn check_name(path: &Path) -> Result<(), Failure> {
    match extension(path) {
        "jsonl" | "html" => Ok(()),
        _ => Err(Failure::new(format!("{} is not a report: its name must end with .jsonl or .html.", path.display()))),
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Writes a report, record by record.
pub(super) fn write(path: &Path, journal: &Path) -> Result<(), Failure> {
    if is_html(path) { write_html(path, journal) } else { write_lines(path, journal) }
}

/// Returns whether a report has pictures.
pub(super) fn is_html(path: &Path) -> bool {
    extension(path) == "html"
}

fn write_html(path: &Path, journal: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::write(path, &error);
    let header = JournalReader::open(journal)?.header()?;
    let file = BufWriter::new(File::create(path).map_err(failed)?);
    let mut report = HtmlReport::start(file, &header).map_err(failed)?;
    let pictures = Journal::rows_path(journal);
    for_each_result(journal, |done| {
        let picture = done.picture.map(|picture| picture.read(&pictures)).transpose()?;
        report.row(&done, picture.as_deref())
    })?
    .map_err(failed)?;
    report.finish().map_err(failed)
}

fn write_lines(path: &Path, journal: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::write(path, &error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for_each_result(journal, |done| {
        // The picture is a position in another file.
        let done = Done { picture: None, ..done };
        serde_json::to_writer(&mut file, &done).map_err(std::io::Error::from)?;
        file.write_all(b"\n")
    })?
    .map_err(failed)?;
    file.flush().map_err(failed)
}

/// Calls a function with the last result of each data unit, in the order of the journal, until it fails.
pub(super) fn for_each_result(
    journal: &Path,
    mut each: impl FnMut(Done) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, Failure> {
    let repeated = repeated(journal)?;
    let mut reader = JournalReader::open(journal)?;
    let mut position = 0_usize;
    while let Some(record) = reader.next()? {
        position += 1;
        let Record::Done(done) = record else { continue };
        if repeated.get(&done.number).is_some_and(|last| *last != position) {
            continue;
        }
        if let Err(error) = each(done) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Returns the position of the last result of each data unit that has several, because it failed first.
fn repeated(journal: &Path) -> Result<HashMap<usize, usize>, Failure> {
    let mut reader = JournalReader::open(journal)?;
    let (mut last, mut position) = (HashMap::new(), 0);
    let mut failed = HashMap::new();
    while let Some(record) = reader.next()? {
        position += 1;
        let Record::Done(done) = record else { continue };
        if failed.contains_key(&done.number) {
            last.insert(done.number, position);
        }
        if done.outcome == crate::batch::Outcome::Failed {
            failed.insert(done.number, ());
        }
    }
    Ok(last)
}

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
