//! Reports of a run, written from its journal.

mod html;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use html::HtmlReport;

use crate::error::BatchError;
use crate::journal::{Done, Journal, JournalReader, Outcome, Record};

/// Format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// A line of JSON for each data unit: `.jsonl`.
    JsonLines,
    /// A page with pictures: `.html`.
    Html,
}

impl ReportFormat {
    /// Returns the format of a report by the extension of its name.
    ///
    /// # Errors
    /// The extension is unknown.
    pub fn from_path(path: &Path) -> Result<Self, BatchError> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("jsonl") => Ok(Self::JsonLines),
            Some("html") => Ok(Self::Html),
            _ => Err(BatchError::ReportName(path.to_owned())),
        }
    }
}

/// Writes a report, record by record.
///
/// # Errors
/// The journal cannot be read, or the report cannot be written.
pub fn write(path: &Path, journal: &Path) -> Result<(), BatchError> {
    match ReportFormat::from_path(path)? {
        ReportFormat::JsonLines => write_lines(path, journal),
        ReportFormat::Html => write_html(path, journal),
    }
}

fn write_html(path: &Path, journal: &Path) -> Result<(), BatchError> {
    let failed = |error: std::io::Error| BatchError::write(path)(error);
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

fn write_lines(path: &Path, journal: &Path) -> Result<(), BatchError> {
    let failed = |error: std::io::Error| BatchError::write(path)(error);
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
///
/// # Errors
/// The journal cannot be read. The inner result is that of the function.
pub fn for_each_result(
    journal: &Path,
    mut each: impl FnMut(Done) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, BatchError> {
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
fn repeated(journal: &Path) -> Result<HashMap<usize, usize>, BatchError> {
    let mut reader = JournalReader::open(journal)?;
    let (mut last, mut position) = (HashMap::new(), 0);
    let mut failed = HashMap::new();
    while let Some(record) = reader.next()? {
        position += 1;
        let Record::Done(done) = record else { continue };
        if failed.contains_key(&done.number) {
            last.insert(done.number, position);
        }
        if done.outcome == Outcome::Failed {
            failed.insert(done.number, ());
        }
    }
    Ok(last)
}
