//! Access to the bytes of a video.

use std::io::{Read, Seek, SeekFrom};

use super::exclusive::Exclusive;
use super::{VideoError, VideoLimits};

trait ReadSeek: Read + Seek + Send {}

impl<R: Read + Seek + Send> ReadSeek for R {}

/// Bytes per buffered read, for short pieces such as Matroska block headers.
const WINDOW: usize = 4096;

/// A file, or another seekable reader, of known length.
pub(super) struct Source {
    reader: Exclusive<Box<dyn ReadSeek>>,
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
        Ok(Self { reader: Exclusive::new(reader), length, window: Vec::new(), window_at: 0 })
    }

    /// Returns the length of the file, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Returns the end of `size` bytes from `at`, and checks that the file is long enough.
    pub(super) fn end_of(&self, what: &'static str, at: u64, size: u64) -> Result<u64, VideoError> {
        let end = at.saturating_add(size);
        if end > self.length { Err(VideoError::Truncated { what, end, length: self.length }) } else { Ok(end) }
    }

    /// Returns up to `most` bytes at `at` (at most [`WINDOW`]), fewer at the end of the file.
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

    /// Reads a description after checking its size against the limits.
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

    /// Fills `bytes` from position `at`.
    pub(super) fn read_exact(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), VideoError> {
        self.reader.get().seek(SeekFrom::Start(at))?;
        self.reader.get().read_exact(bytes)?;
        Ok(())
    }
}
