//! Destination of a download: memory while it is small, then a file.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;

use bytes::Bytes;

use super::temporary_file::TemporaryFile;

/// Size of one write to the file, in bytes.
const WRITE_SIZE: usize = 256 * 1024;

/// The contents of a downloaded file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Memory(Bytes),
    File(Arc<TemporaryFile>),
}

/// The received part of a download.
pub(super) struct Sink {
    /// Maximum bytes in memory.
    in_memory: usize,
    suffix: String,
    /// Bytes that are not written to the file yet.
    buffer: Vec<u8>,
    file: Option<(TemporaryFile, Option<File>)>,
    /// Bytes written to the file.
    written: u64,
}

impl Sink {
    pub(super) fn new(in_memory: usize, suffix: &str) -> Self {
        Self { in_memory, suffix: suffix.to_owned(), buffer: Vec::new(), file: None, written: 0 }
    }

    /// Returns the number of received bytes.
    pub(super) fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Reserves memory for the announced length, as far as it is kept in memory. The reservation is bounded, because
    /// the announcement may be wrong.
    pub(super) fn expect(&mut self, announced: u64) {
        let most = if self.file.is_some() { WRITE_SIZE } else { self.in_memory.min(8 * WRITE_SIZE) };
        self.buffer.reserve(usize::try_from(announced).unwrap_or(usize::MAX).min(most));
    }

    pub(super) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(chunk);
        if self.file.is_none() && self.buffer.len() > self.in_memory {
            self.open()?;
        }
        if self.file.is_some() && self.buffer.len() >= WRITE_SIZE { self.flush().await } else { Ok(()) }
    }

    /// Discards the received bytes.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        self.buffer.clear();
        self.written = 0;
        if let Some((_, Some(file))) = &mut self.file {
            file.set_len(0)?;
            file.rewind()?;
        }
        Ok(())
    }

    pub(super) async fn finish(mut self) -> io::Result<Content> {
        // A caller that keeps nothing in memory expects a file, even if it is empty.
        if self.file.is_none() && self.in_memory == 0 {
            self.open()?;
        }
        if self.file.is_none() {
            return Ok(Content::Memory(self.buffer.into()));
        }
        self.flush().await?;
        self.file.map(|(file, _)| Content::File(Arc::new(file))).ok_or_else(interrupted)
    }

    fn open(&mut self) -> io::Result<()> {
        let (temporary, file) = TemporaryFile::create(&self.suffix)?;
        self.file = Some((temporary, Some(file)));
        Ok(())
    }

    /// Writes the buffer to disk on a blocking thread.
    async fn flush(&mut self) -> io::Result<()> {
        let mut file = self.file.as_mut().and_then(|(_, file)| file.take()).ok_or_else(interrupted)?;
        let buffer = std::mem::take(&mut self.buffer);
        let write = move || file.write_all(&buffer).map(|()| (file, buffer));
        let (file, mut buffer) = tokio::task::spawn_blocking(write).await.map_err(io::Error::other)??;
        self.written += buffer.len() as u64;
        buffer.clear();
        self.buffer = buffer;
        if let Some((_, slot)) = &mut self.file {
            *slot = Some(file);
        }
        Ok(())
    }
}

/// Error: an earlier write was cancelled.
fn interrupted() -> io::Error {
    io::Error::other("an earlier write was cancelled")
}
