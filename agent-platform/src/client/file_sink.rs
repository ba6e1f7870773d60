//! Where a download goes: memory while it is small, then a file.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;

use bytes::Bytes;

use super::temporary_file::TemporaryFile;

/// How much is written at once, in bytes.
const PIECE: usize = 256 * 1024;

/// What was downloaded.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Memory(Bytes),
    File(Arc<TemporaryFile>),
}

/// What has arrived of a download.
pub(super) struct Sink {
    /// How much is kept in memory, in bytes.
    in_memory: usize,
    suffix: String,
    /// What is not in the file.
    buffer: Vec<u8>,
    file: Option<(TemporaryFile, Option<File>)>,
    /// How much is in the file.
    written: u64,
}

impl Sink {
    pub(super) fn new(in_memory: usize, suffix: &str) -> Self {
        Self { in_memory, suffix: suffix.to_owned(), buffer: Vec::new(), file: None, written: 0 }
    }

    /// How much has arrived.
    pub(super) fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Makes room for what is announced, as far as it is kept in memory. What announces much and sends little takes little.
    pub(super) fn expect(&mut self, announced: u64) {
        let most = if self.file.is_some() { PIECE } else { self.in_memory.min(8 * PIECE) };
        self.buffer.reserve(usize::try_from(announced).unwrap_or(usize::MAX).min(most));
    }

    pub(super) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(chunk);
        if self.file.is_none() && self.buffer.len() > self.in_memory {
            self.open()?;
        }
        if self.file.is_some() && self.buffer.len() >= PIECE { self.flush().await } else { Ok(()) }
    }

    /// Forgets what has arrived.
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
        // Who wants nothing in memory wants a file, be it empty.
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

    /// Writes to the disk, on a thread that may wait for it.
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

/// A write was given up half-way.
fn interrupted() -> io::Error {
    io::Error::other("an earlier write did not end")
}
