//! The bytes of a video, wherever they are.

use std::io::{Read, Seek, SeekFrom};

use super::{VideoError, VideoLimits};

trait ReadSeek: Read + Seek + Send {}

impl<R: Read + Seek + Send> ReadSeek for R {}

/// How much is read at once where short pieces are wanted: the header of a Matroska block and what follows it.
const WINDOW: usize = 4096;

/// A file, or what is read like one, of known length.
pub(super) struct Source {
    reader: Box<dyn ReadSeek>,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl Source {
    pub(super) fn new(reader: impl Read + Seek + Send + 'static) -> Result<Self, VideoError> {
        let mut reader = Box::new(reader);
        let length = reader.seek(SeekFrom::End(0))?;
        if length == 0 {
            return Err(VideoError::Empty);
        }
        Ok(Self { reader, length, window: Vec::new(), window_at: 0 })
    }

    /// How long the file is, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Where `size` bytes from `at` on end, if the file has them.
    pub(super) fn end_of(&self, what: &'static str, at: u64, size: u64) -> Result<u64, VideoError> {
        let end = at.saturating_add(size);
        if end > self.length { Err(VideoError::Truncated { what, end, length: self.length }) } else { Ok(end) }
    }

    /// The bytes at `at`: up to `most`, which is at most [`WINDOW`], and fewer at the end of the file.
    pub(super) fn peek(&mut self, at: u64, most: usize) -> Result<&[u8], VideoError> {
        let most = usize::try_from(self.length.saturating_sub(at)).unwrap_or(most).min(most);
        let inside = at.checked_sub(self.window_at).and_then(|skip| usize::try_from(skip).ok());
        let skip = match inside {
            Some(skip) if skip + most <= self.window.len() => skip,
            _ => {
                let size = usize::try_from(self.length.saturating_sub(at)).unwrap_or(WINDOW).min(WINDOW);
                let mut window = std::mem::take(&mut self.window);
                window.resize(size, 0);
                self.read_exact(at, &mut window)?;
                (self.window, self.window_at) = (window, at);
                0
            }
        };
        Ok(&self.window[skip..skip + most])
    }

    /// The bytes of a description, which the limits must allow.
    pub(super) fn description(
        &mut self,
        what: &'static str,
        at: u64,
        size: u64,
        limits: &VideoLimits,
    ) -> Result<Vec<u8>, VideoError> {
        self.end_of(what, at, size)?;
        limits.check_description(size)?;
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        self.read_exact(at, &mut bytes)?;
        Ok(bytes)
    }

    /// Fills `bytes` with what is at `at`.
    pub(super) fn read_exact(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), VideoError> {
        self.reader.seek(SeekFrom::Start(at))?;
        self.reader.read_exact(bytes)?;
        Ok(())
    }
}
