//! Reading a journal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::records::{FORMAT, Header, Outcome, Record, Start};
use super::tally::Tally;
use crate::error::BatchError;

/// Reads the records of a journal one by one. Ignores a torn last line.
#[derive(Debug)]
pub(crate) struct JournalReader {
    path: PathBuf,
    file: BufReader<File>,
    line: usize,
    /// End of the last complete record.
    end: u64,
}

/// A data unit that was started and not finished.
#[derive(Debug, Clone)]
pub(crate) struct OpenUnit {
    pub(crate) start: Start,
    /// Frames of successful calls.
    pub(crate) frames: Vec<u64>,
    /// Digest of the labels after the last successful call, or before the first.
    pub(crate) digest: Option<String>,
}

/// The state of a run according to its journal.
#[derive(Debug)]
pub(crate) struct JournalState {
    pub(crate) finished: UnitSet,
    pub(crate) open: BTreeMap<usize, OpenUnit>,
    pub(crate) tally: Tally,
    /// End of the last complete record.
    pub(crate) end: u64,
}

/// A set of positions in the plan: one bit each.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnitSet(Vec<u64>);

/// Treatment of failed data units when a run continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// They are finished.
    Keep,
    /// They are called again.
    Retry,
}

impl UnitSet {
    pub(crate) fn insert(&mut self, number: usize) {
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}

impl JournalReader {
    /// Opens a journal.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, BatchError> {
        let file = File::open(path).map_err(BatchError::read(path))?;
        Ok(Self { path: path.to_owned(), file: BufReader::new(file), line: 0, end: 0 })
    }

    /// Opens a journal at the position of a record.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open_at(path: &Path, position: u64) -> Result<Self, BatchError> {
        let mut reader = Self::open(path)?;
        reader.file.seek(SeekFrom::Start(position)).map_err(BatchError::read(path))?;
        reader.end = position;
        Ok(reader)
    }

    /// Returns the next record; `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read, or a line before the last one is damaged.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, BatchError> {
        let mut line = Vec::new();
        let length = self.file.read_until(b'\n', &mut line).map_err(BatchError::read(&self.path))?;
        self.line += 1;
        // A line without its end is torn.
        if line.last() != Some(&b'\n') {
            return Ok(None);
        }
        match serde_json::from_slice(&line) {
            Ok(record) => {
                self.end += length as u64;
                Ok(Some(record))
            }
            // After a power failure, the end of the file may not have been written, only its length.
            Err(_) if self.is_at_end()? => Ok(None),
            Err(error) => {
                Err(BatchError::Damaged { path: self.path.clone(), line: self.line, reason: error.to_string() })
            }
        }
    }

    fn is_at_end(&mut self) -> Result<bool, BatchError> {
        Ok(self.file.fill_buf().map_err(BatchError::read(&self.path))?.is_empty())
    }

    /// Returns the end of the last complete record, in bytes.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Returns the settings of the run, its first record.
    ///
    /// # Errors
    /// The file is not a journal, or has a newer format.
    pub(crate) fn header(&mut self) -> Result<Header, BatchError> {
        let damaged =
            |reason: &str| BatchError::Damaged { path: self.path.clone(), line: 1, reason: reason.to_owned() };
        match JournalReader::open(&self.path)?.next() {
            Ok(Some(Record::Run(header))) if header.format <= FORMAT => {
                self.next()?;
                Ok(header)
            }
            Ok(Some(Record::Run(_))) => Err(damaged("it was written by a newer version of agent-studio")),
            _ => Err(damaged("it is not the journal of a run")),
        }
    }
}

impl JournalState {
    /// Returns the state of a run that begins.
    pub(crate) fn new() -> Self {
        Self { finished: UnitSet::default(), open: BTreeMap::new(), tally: Tally::default(), end: 0 }
    }

    /// Reads the settings and the state of a run, record by record.
    ///
    /// # Errors
    /// The journal cannot be read, or is damaged.
    pub(crate) fn read(path: &Path, failed: Failed) -> Result<(Header, Self), BatchError> {
        let mut reader = JournalReader::open(path)?;
        let (header, mut state) = (reader.header()?, Self::new());
        while let Some(record) = reader.next()? {
            state.add(record, failed);
        }
        state.end = reader.end();
        Ok((header, state))
    }

    fn add(&mut self, record: Record, failed: Failed) {
        match record {
            Record::Run(_) => {}
            Record::Start(start) => {
                let digest = start.before.as_ref().map(|before| before.digest.clone());
                self.open.insert(start.number, OpenUnit { start, frames: Vec::new(), digest });
            }
            Record::Call(call) => {
                if let Some(unit) = self.open.get_mut(&call.number) {
                    unit.frames.push(call.frame);
                    unit.digest = call.digest;
                }
            }
            Record::Done(done) => {
                // A data unit that is called again is like an interrupted one: frames that succeeded are not repeated.
                if done.outcome != Outcome::Failed || failed == Failed::Keep {
                    self.open.remove(&done.number);
                    self.finished.insert(done.number);
                    self.tally.add(&done);
                }
            }
        }
    }
}
