//! Taking back the changes of a run.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use agent_platform::client::PlatformClient;
use futures_util::StreamExt;

use super::error::BatchError;
use super::journal::{Done, Journal, JournalReader, Outcome, Record, Start};
use super::label_rows::{CurrentRow, LabelRows};
use super::labels_digest::labels_digest;

/// Number of rows that are put back at once.
const CONCURRENCY: usize = 4;

/// Takes back the changes of a run.
#[derive(Debug)]
pub struct Undo {
    journal: PathBuf,
    rows: LabelRows,
    effect: UndoEffect,
    recovered: RecoveredUnits,
    /// Lock of the journal.
    _lock: File,
}

/// Effect of taking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoEffect {
    /// Rows are saved.
    Save,
    /// Nothing is saved.
    DryRun,
}

/// Treatment of data units whose call was interrupted: somebody else may have made their changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveredUnits {
    /// Keep them as they are.
    Keep,
    /// Put them back.
    PutBack,
}

/// Result for a data unit that the run may have changed.
#[derive(Debug)]
pub enum Undone {
    /// The labels are as before the run.
    PutBack,
    /// The labels were as before the run already.
    Already,
    /// Somebody has changed the labels since the run.
    ChangedSince,
    /// The call was interrupted, so that the changes may be somebody else's.
    Interrupted,
    /// The row cannot be read or saved.
    Failed(String),
}

/// Positions of the records of a data unit in the journal.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    done: Option<u64>,
}

impl Undo {
    /// Locks a journal, and reads the ontology of its project.
    ///
    /// # Errors
    /// The journal cannot be opened, or is in use, or the platform cannot be read.
    pub async fn open(
        journal: PathBuf,
        platform: PlatformClient,
        effect: UndoEffect,
        recovered: RecoveredUnits,
    ) -> Result<Self, BatchError> {
        let header = JournalReader::open(&journal)?.header()?;
        let lock = Journal::lock(&journal)?;
        let rows = LabelRows::open(platform, header.project).await?;
        Ok(Self { journal, rows, effect, recovered, _lock: lock })
    }

    /// Takes back all changes, and calls a function with the title or data hash of each data unit and the result.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn run(&self, mut each: impl FnMut(&str, &Undone)) -> Result<(), BatchError> {
        let spans = changed_units(&self.journal)?;
        let undone = futures_util::stream::iter(spans).map(|span| self.undo(span)).buffer_unordered(CONCURRENCY);
        let mut undone = std::pin::pin!(undone);
        while let Some(result) = undone.next().await {
            let (start, undone) = result?;
            each(start.unit.title.as_deref().unwrap_or(&start.unit.data), &undone);
        }
        Ok(())
    }

    async fn undo(&self, span: Span) -> Result<(Start, Undone), BatchError> {
        let (start, done) = read_span(&self.journal, span)?;
        let undone = match self.put_back(&start, done.as_ref()).await {
            Ok(undone) => undone,
            Err(error @ BatchError::Platform(_)) => Undone::Failed(error.to_string()),
            Err(error) => return Err(error),
        };
        Ok((start, undone))
    }

    async fn put_back(&self, start: &Start, done: Option<&Done>) -> Result<Undone, BatchError> {
        let label = done.and_then(|done| done.label.as_deref()).or(start.unit.label.as_deref());
        let current = self.rows.current(&start.unit.data, label).await?;
        let Some(current) = current else { return Ok(Undone::Already) };
        let wanted = match self.row_before(start, &current)? {
            Ok(wanted) => wanted,
            Err(reason) => return Ok(Undone::Failed(reason)),
        };
        let (now, before) = (current.digest(), labels_digest(&wanted));
        if now == before {
            return Ok(Undone::Already);
        }
        let is_own = match done {
            Some(Done { outcome: Outcome::Recovered, .. }) | None => self.recovered == RecoveredUnits::PutBack,
            Some(_) => true,
        };
        if !is_own {
            return Ok(Undone::Interrupted);
        }
        if done.is_some_and(|done| done.digest.as_deref() != Some(&*now)) {
            return Ok(Undone::ChangedSince);
        }
        if self.effect == UndoEffect::Save {
            self.rows.save(&current.label, &wanted).await?;
            let saved = self.rows.current(&start.unit.data, Some(&current.label)).await?;
            if saved.is_none_or(|saved| saved.digest() != before) {
                return Ok(Undone::Failed("the row was saved, but has other labels now".to_owned()));
            }
        }
        Ok(Undone::PutBack)
    }

    /// Returns the row from before the run. A row that did not exist then cannot be deleted: it had no labels.
    fn row_before(&self, start: &Start, current: &CurrentRow) -> Result<Result<String, String>, BatchError> {
        let rows = Journal::rows_path(&self.journal);
        match &start.before {
            Some(before) => before.stored.read(&rows).map(Ok).map_err(BatchError::read(&rows)),
            None => Ok(match self.rows.parse(&current.text) {
                Ok(row) => Ok(row.without_labels().to_json()),
                Err(error) => Err(format!("the row cannot be parsed: {error}")),
            }),
        }
    }
}

/// Returns the data units that a run started and may have changed.
fn changed_units(journal: &Path) -> Result<Vec<Span>, BatchError> {
    let mut reader = JournalReader::open(journal)?;
    let mut spans = BTreeMap::new();
    loop {
        let position = reader.end();
        match reader.next()? {
            Some(Record::Start(start)) => {
                spans.insert(start.number, Span { start: position, done: None });
            }
            Some(Record::Done(done)) if done.outcome == Outcome::Unchanged => {
                spans.remove(&done.number);
            }
            Some(Record::Done(done)) => {
                if let Some(span) = spans.get_mut(&done.number) {
                    span.done = Some(position);
                }
            }
            Some(Record::Run(_) | Record::Call(_)) => {}
            None => return Ok(spans.into_values().collect()),
        }
    }
}

fn read_span(journal: &Path, span: Span) -> Result<(Start, Option<Done>), BatchError> {
    let has_changed = || BatchError::read(journal)(std::io::Error::other("the journal has changed"));
    let Some(Record::Start(start)) = JournalReader::open_at(journal, span.start)?.next()? else {
        return Err(has_changed());
    };
    let Some(position) = span.done else { return Ok((start, None)) };
    match JournalReader::open_at(journal, position)?.next()? {
        Some(Record::Done(done)) => Ok((start, Some(done))),
        _ => Err(has_changed()),
    }
}
