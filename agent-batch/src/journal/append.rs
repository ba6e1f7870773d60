//! Appending to a journal.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::records::Record;
use super::stored_rows::{StoredRow, compressed};
use crate::error::BatchError;

/// Maximum number of records that are written together.
const MAX_GROUP: usize = 1024;

/// An open journal. A thread of its own writes it, so that workers share one sync.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    queue: Mutex<Queue>,
    error: Arc<Mutex<Option<io::Error>>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Queue {
    /// Closed when the journal is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    /// End of the file of rows, including queued ones.
    rows_end: u64,
}

/// Something to write.
#[derive(Debug)]
enum Job {
    Row(Vec<u8>),
    Line { line: Vec<u8>, synced: Option<oneshot::Sender<()>> },
}

impl Journal {
    /// Returns the path of the list of data units.
    pub(crate) fn plan_path(journal: &Path) -> PathBuf {
        journal.with_extension("plan")
    }

    /// Returns the path of the label rows from before the run.
    pub(crate) fn rows_path(journal: &Path) -> PathBuf {
        journal.with_extension("rows")
    }

    /// Creates a journal.
    ///
    /// # Errors
    /// The file exists, or cannot be created.
    pub(crate) fn create(path: &Path) -> Result<Self, BatchError> {
        let file = OpenOptions::new().append(true).create_new(true).open(path).map_err(BatchError::write(path))?;
        lock(path, &file)?;
        Self::start(path, file)
    }

    /// Opens a journal, and cuts off what follows its last complete record at `end`.
    ///
    /// # Errors
    /// The file cannot be opened, or another process uses it.
    pub(crate) fn resume(path: &Path, end: u64) -> Result<Self, BatchError> {
        let file = Self::lock(path)?;
        file.set_len(end).map_err(BatchError::write(path))?;
        Self::start(path, file)
    }

    /// Locks a journal, so that no run appends to it. The lock is held until the file is dropped.
    ///
    /// # Errors
    /// The file cannot be opened, or another process uses it.
    pub(crate) fn lock(path: &Path) -> Result<File, BatchError> {
        let file = OpenOptions::new().append(true).open(path).map_err(BatchError::write(path))?;
        lock(path, &file)?;
        Ok(file)
    }

    fn start(path: &Path, journal: File) -> Result<Self, BatchError> {
        let rows_path = Self::rows_path(path);
        let rows = OpenOptions::new().append(true).create(true).open(&rows_path);
        let rows = rows.map_err(BatchError::write(&rows_path))?;
        let rows_end = rows.metadata().map_err(BatchError::read(&rows_path))?.len();
        sync_folder(path).map_err(BatchError::write(path))?;
        let (jobs, received) = mpsc::channel();
        let error = Arc::new(Mutex::new(None));
        let reported = Arc::clone(&error);
        let thread = std::thread::spawn(move || {
            if let Err(error) = write_all(&received, journal, rows) {
                *reported.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        });
        let queue = Mutex::new(Queue { jobs: Some(jobs), rows_end });
        Ok(Self { path: path.to_owned(), queue, error, thread: Some(thread) })
    }

    /// Stores a label row, which is on disk before any record that is appended later.
    pub(crate) fn store(&self, row: &str) -> StoredRow {
        let bytes = compressed(row);
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = StoredRow { offset: queue.rows_end, length: bytes.len() as u64 };
        queue.rows_end += stored.length;
        if let Some(jobs) = &queue.jobs {
            // Fails only after a write error, which the next synced record reports.
            let _ = jobs.send(Job::Row(bytes));
        }
        stored
    }

    /// Appends a record.
    pub(crate) fn append(&self, record: &Record) {
        self.send(record, None);
    }

    /// Appends a record, and returns when it is on disk.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) async fn append_synced(&self, record: &Record) -> Result<(), BatchError> {
        let (synced, is_synced) = oneshot::channel();
        self.send(record, Some(synced));
        is_synced.await.map_err(|_| self.write_error())
    }

    fn send(&self, record: &Record, synced: Option<oneshot::Sender<()>>) {
        let mut line = serde_json::to_vec(record).unwrap_or_default();
        line.push(b'\n');
        self.enqueue(line, synced);
    }

    fn enqueue(&self, line: Vec<u8>, synced: Option<oneshot::Sender<()>>) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jobs) = &queue.jobs {
            let _ = jobs.send(Job::Line { line, synced });
        }
    }

    /// Returns when all records are on disk.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) async fn sync(&self) -> Result<(), BatchError> {
        let (synced, is_synced) = oneshot::channel();
        self.enqueue(Vec::new(), Some(synced));
        // The thread drops its end of the channel when it fails.
        is_synced.await.map_err(|_| self.write_error())
    }

    /// Returns the path of the journal.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn write_error(&self) -> BatchError {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner).take();
        BatchError::write(&self.path)(error.unwrap_or_else(|| io::Error::other("the journal is closed")))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(jobs: &mpsc::Receiver<Job>, mut journal: File, mut rows: File) -> io::Result<()> {
    while let Ok(first) = jobs.recv() {
        let (mut blobs, mut lines, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(jobs.try_iter().take(MAX_GROUP)) {
            match job {
                Job::Row(bytes) => blobs.extend(bytes),
                Job::Line { line, synced } => {
                    lines.extend(line);
                    waiting.extend(synced);
                }
            }
        }
        rows.write_all(&blobs)?;
        if !blobs.is_empty() {
            rows.sync_data()?;
        }
        journal.write_all(&lines)?;
        if !waiting.is_empty() {
            journal.sync_data()?;
        }
        for synced in waiting {
            let _ = synced.send(());
        }
    }
    journal.sync_data()
}

fn lock(path: &Path, journal: &File) -> Result<(), BatchError> {
    match journal.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(BatchError::Locked(path.to_owned())),
        // A file system without locks.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(BatchError::write(path)(error)),
    }
}

/// Syncs the folder of a file, so that the file's name survives a power failure.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
